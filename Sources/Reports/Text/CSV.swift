import GGUF

/// Comma-separated values after RFC 4180, with lines that end in a line feed.
enum CSV {
  /// A record: its fields, quoted where they must be, divided by commas.
  static func line(_ fields: [String]) -> String {
    fields.map { quoted(harmless($0.escaped)) }.joined(separator: ",") + "\n"
  }

  /// A number as a field, which is empty where the number is NaN or infinite.
  static func number(_ value: Double) -> String { value.isFinite ? "\(value)" : "" }

  /// A field that a spreadsheet would take for a formula has an apostrophe before it, as is customary.
  private static func harmless(_ field: String) -> String {
    guard let first = field.unicodeScalars.first, ["=", "+", "-", "@"].contains(first),
      Double(field) == nil
    else { return field }
    return "'" + field
  }

  /// A field with a comma or a quote stands in quotes. By scalars, since to a `Character` a quote with an accent is
  /// no quote.
  private static func quoted(_ field: String) -> String {
    guard field.unicodeScalars.contains(where: { $0 == "," || $0 == "\"" }) else { return field }
    var text = String.UnicodeScalarView()
    for scalar in field.unicodeScalars {
      if scalar == "\"" { text.append("\"") }
      text.append(scalar)
    }
    return "\"\(String(text))\""
  }
}
