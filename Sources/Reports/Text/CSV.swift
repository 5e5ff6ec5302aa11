/// Comma-separated values after RFC 4180, with lines that end in a line feed.
enum CSV {
  /// A record: its fields, quoted where they must be, divided by commas.
  static func line(_ fields: [String]) -> String {
    fields.map(quoted).joined(separator: ",") + "\n"
  }

  /// A number as a field, which is empty where the number is NaN or infinite.
  static func number(_ value: Double) -> String { value.isFinite ? "\(value)" : "" }

  /// A field with a comma, a quote or a line break stands in quotes. By scalars, since to a
  /// `Character` a quote with an accent is no quote, nor `\r\n` a line feed.
  private static func quoted(_ field: String) -> String {
    guard field.unicodeScalars.contains(where: { [",", "\"", "\r", "\n"].contains($0) }) else {
      return field
    }
    var text = String.UnicodeScalarView()
    for scalar in field.unicodeScalars {
      if scalar == "\"" { text.append("\"") }
      text.append(scalar)
    }
    return "\"\(String(text))\""
  }
}
