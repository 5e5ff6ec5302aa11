import GGUF

/// How values stand in Markdown, as Hugging Face and GitHub read it. What a file says is text there and nothing else: it
/// starts no link, no element and no cell.
package enum Markdown {
  /// A value within a line of text or a cell.
  package static func text(_ value: String) -> String {
    let scalars = Array(value.escaped.unicodeScalars)
    return scalars.indices.map { index in
      let scalar = scalars[index]
      switch scalar {
      case "&": return "&amp;"
      case "<": return "&lt;"
      case ">": return "&gt;"
      case "|": return "&#124;"
      case "\\", "`", "*", "[", "]", "~", "#", "$": return "\\\(scalar)"
      case "_":
        let isWithinWord =
          index > 0 && index + 1 < scalars.count
          && isOfWord(scalars[index - 1]) && isOfWord(scalars[index + 1])
        return isWithinWord ? "_" : "\\_"
      default: return String(scalar)
      }
    }.joined()
  }

  /// A value as code, within a line of text or a cell.
  package static func code(_ value: String) -> String {
    let value = value.escaped
    // A table takes a bar for the end of a cell, in code as well, and how to avoid that depends on what stands before it.
    if value.unicodeScalars.contains("|") { return "<code>\(entities(value))</code>" }
    let fence = String(repeating: "`", count: longestRun(of: "`", in: value) + 1)
    let isAmbiguous =
      value.hasPrefix("`") || value.hasSuffix("`")
      || value.hasPrefix(" ") || value.hasSuffix(" ")
    return isAmbiguous ? "\(fence) \(value) \(fence)" : fence + value + fence
  }

  /// Values as code, divided by commas.
  static func codes(_ values: [String]) -> String { values.map(code).joined(separator: ", ") }

  /// Lines of a program, none of which begins with a backtick.
  static func block(_ lines: String, language: String) -> String {
    "```\(language)\n\(lines)```\n"
  }

  /// A path as the target of a link.
  package static func target(_ path: String) -> String {
    path.utf8.map { byte in
      isPlain(byte) ? String(Unicode.Scalar(byte)) : "%" + hexadecimal(byte)
    }.joined()
  }

  private static func isOfWord(_ scalar: Unicode.Scalar) -> Bool {
    scalar.properties.isAlphabetic || scalar.properties.numericType != nil
  }

  /// The value with a reference in place of everything but letters, digits and spaces.
  private static func entities(_ value: String) -> String {
    value.unicodeScalars.map { scalar in
      isOfWord(scalar) || scalar == " " ? String(scalar) : "&#\(scalar.value);"
    }.joined()
  }

  private static func longestRun(of scalar: Unicode.Scalar, in text: String) -> Int {
    var (longest, current) = (0, 0)
    for other in text.unicodeScalars {
      current = other == scalar ? current + 1 : 0
      longest = max(longest, current)
    }
    return longest
  }

  private static func isPlain(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"):
      true
    default: "-._/".utf8.contains(byte)
    }
  }

  private static func hexadecimal(_ byte: UInt8) -> String {
    let digits = String(byte, radix: 16, uppercase: true)
    return digits.count < 2 ? "0" + digits : digits
  }
}

/// A table in Markdown.
struct MarkdownTable {
  /// Where a column's cells stand.
  enum Alignment {
    case left, right
  }

  private let header: [(name: String, alignment: Alignment)]
  private var rows: [[String]] = []

  init(_ header: [(name: String, alignment: Alignment)]) { self.header = header }

  /// Adds a row: for each column a cell in Markdown.
  mutating func add(_ row: [String]) { rows.append(row) }

  /// The lines.
  var markdown: String {
    let rule = header.map { $0.alignment == .left ? "---" : "--:" }
    return ([header.map(\.name), rule] + rows).map { cells in
      "| " + cells.joined(separator: " | ") + " |\n"
    }.joined()
  }
}
