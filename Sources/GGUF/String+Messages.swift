/// How names that a file gives stand in messages.
extension String {
  /// The text with every character that could disturb a terminal (controls, line and direction
  /// marks) written as `\u{…}`. Names in a file are chosen by whoever made it.
  package var escaped: String {
    var text = ""
    for scalar in unicodeScalars {
      switch scalar.properties.generalCategory {
      case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .unassigned:
        text += "\\u{\(String(scalar.value, radix: 16))}"
      default:
        text.unicodeScalars.append(scalar)
      }
    }
    return text
  }

  /// The escaped text between quotation marks, for messages.
  package var quoted: String { "\"\(escaped)\"" }

  /// What follows the last slash of a path.
  package var fileName: String { split(separator: "/").last.map(String.init) ?? self }
}

extension [String] {
  /// Up to three of the names, escaped, and how many more there are.
  package var summary: String {
    let shown = prefix(3).map(\.escaped).joined(separator: ", ")
    return count > 3 ? "\(shown) and \(count - 3) more" : shown
  }
}
