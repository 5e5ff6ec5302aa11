import Foundation

/// The name and version of a JSON format that programs may rely on. The version rises whenever a
/// member goes, or changes its name, type or meaning; a member that is added leaves it.
package struct Schema: Encodable, Hashable, Sendable {
  /// What the document is, such as `ration.plan`.
  package let name: String
  /// From 1 on.
  package let version: Int

  /// The format of this name and version.
  package init(name: String, version: Int) {
    self.name = name
    self.version = version
  }
}

/// JSON as the package prints it: indented, keys in snake case and alphabetical order, so that two
/// outputs compare line by line.
package enum JSON {
  /// A document with its schema as the first member, before the document's own.
  ///
  /// - Parameter document: encodes as an object with a member at least.
  package static func text(_ document: some Encodable, schema: Schema) throws -> String {
    // The encoder orders keys; the schema stands first by its own hand.
    let head = try text(["schema": schema])
    let body = try text(document)
    return head.dropLast("\n}\n".count) + "," + body.dropFirst("{".count)
  }

  /// A value on its own. A number that is NaN or infinite, which JSON lacks, is null.
  package static func text(_ value: some Encodable) throws -> String {
    try text(value, [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes])
  }

  /// A value on its own, in one line without spaces.
  package static func compact(_ value: some Encodable) throws -> String {
    try text(value, [.sortedKeys, .withoutEscapingSlashes])
  }

  private static func text(
    _ value: some Encodable, _ formatting: JSONEncoder.OutputFormatting
  ) throws -> String {
    let encoder = JSONEncoder()
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: noNumber, negativeInfinity: noNumber, nan: noNumber)
    encoder.outputFormatting = formatting
    encoder.keyEncodingStrategy = .convertToSnakeCase
    let text = String(decoding: try encoder.encode(value), as: UTF8.self)
    return escaped(text.replacing("\"\(noNumber)\"", with: "null")) + "\n"
  }

  /// The text with the characters escaped that the encoder leaves as they are and that could disturb a terminal.
  /// They stand in strings alone.
  private static func escaped(_ text: String) -> String {
    let isUnwanted = { (scalar: Unicode.Scalar) in scalar.isDisturbing && scalar != "\n" }
    guard text.unicodeScalars.contains(where: isUnwanted) else { return text }
    var result = ""
    for scalar in text.unicodeScalars {
      if isUnwanted(scalar) {
        for unit in String(scalar).utf16 { result += String(format: "\\u%04x", Int(unit)) }
      } else {
        result.unicodeScalars.append(scalar)
      }
    }
    return result
  }

  /// Stands for a number that is none until it becomes null: no text of a report is this one.
  private static let noNumber = "not a number: 0f3c5a4e-7d0e-4c57-9f0b-6a1f2d8b93c1"
}
