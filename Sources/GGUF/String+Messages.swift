/// How names that a file gives stand in messages.
extension String {
  /// The text with every character that could disturb a terminal (controls, line and direction
  /// marks) written as `\u{…}`. Names in a file are chosen by whoever made it.
  package var escaped: String { escaped { $0.isDisturbing } }

  /// The text with every such character escaped but line feeds and tabs: what may be printed, whatever has been
  /// put into it.
  package var printable: String {
    escaped { $0.isDisturbing && $0 != "\n" && $0 != "\t" }
  }

  private func escaped(where isUnwanted: (Unicode.Scalar) -> Bool) -> String {
    guard unicodeScalars.contains(where: isUnwanted) else { return self }
    var text = ""
    for scalar in unicodeScalars {
      if isUnwanted(scalar) {
        text += "\\u{\(String(scalar.value, radix: 16))}"
      } else {
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

extension Unicode.Scalar {
  /// Whether the character could disturb a terminal, or turn what stands around it about: controls, line ends,
  /// marks of direction, and characters without a width or a meaning.
  package var isDisturbing: Bool {
    if value < 0x7F { return value < 0x20 }
    return switch properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .unassigned: true
    default: false
    }
  }
}

extension [String] {
  /// Up to three of the names, escaped, and how many more there are.
  package var summary: String {
    let shown = prefix(3).map(\.escaped).joined(separator: ", ")
    return count > 3 ? "\(shown) and \(count - 3) more" : shown
  }
}

extension [Int] {
  /// All of some rising numbers, in words: `2, 4 to 7, 9`.
  package var inWords: String {
    var runs: [ClosedRange<Int>] = []
    for number in self {
      if let last = runs.last, last.upperBound + 1 == number {
        runs[runs.count - 1] = last.lowerBound...number
      } else {
        runs.append(number...number)
      }
    }
    return runs.map { run in
      switch run.count {
      case 1: "\(run.lowerBound)"
      case 2: "\(run.lowerBound), \(run.upperBound)"
      default: "\(run.lowerBound) to \(run.upperBound)"
      }
    }.joined(separator: ", ")
  }
}
