import GGUF

extension RecipeSource {
  /// Adds the rules of a text: a rule a line, or several with commas or white space between them;
  /// `#` begins a comment, at the start of a line or after white space.
  mutating func read(rules text: [UInt8], firstLine: Int = 1) throws(RecipeError) {
    var number = firstLine
    var start = 0
    while start <= text.count {
      let end = text[start...].firstIndex(of: UInt8(ascii: "\n")) ?? text.count
      try read(line: text[start..<end]) { _ in number }
      start = end + 1
      number += 1
    }
  }

  /// Adds the rules of a text that a script makes.
  mutating func read(rules text: ScriptText) throws(RecipeError) {
    if let gap = text.gaps.first { throw gap.error }
    var start = 0
    while start <= text.count {
      let end = text.bytes[start...].firstIndex { ByteSet("\n\r").contains($0) } ?? text.count
      let words = RuleWords(of: text.bytes[start..<end])
      if let comment = words.comment, !words.words.isEmpty,
        text.lines[comment] != text.lines[end - 1]
      {
        throw RecipeError(line: Int(text.lines[comment]), problem: .swallowedRules)
      }
      try read(line: text.bytes[start..<end]) { Int(text.lines[$0]) }
      start = end + 1
    }
  }

  /// Adds the rules of a line.
  ///
  /// - Parameter number: the number of the line that a byte stands in.
  private mutating func read(
    line: ArraySlice<UInt8>, number: (Int) -> Int
  ) throws(RecipeError) {
    let words = RuleWords(of: line)
    if rules.isEmpty, words.words.isEmpty, let comment = words.comment {
      provenance.read(comment: String(decoding: line[comment...], as: UTF8.self))
    }
    for word in words.words {
      let text = words.text(word)
      let number = number(word.lowerBound)
      do throws(TypeRuleError) {
        // It would be read as a comment where it stands alone.
        guard text.utf8.first != UInt8(ascii: "#") else { throw .comment(text) }
        let rule = try TypeRule(text)
        rules.append(
          Rule(
            rule: rule, line: number,
            typeName: words.typeName(of: word) ?? rule.type.name))
        if let character = text.oddCharacter {
          remarks.append(
            RecipeRemark(matter: .oddCharacter(character, rule: text), line: number))
        }
      } catch {
        throw RecipeError(line: number, problem: .rule(error))
      }
    }
  }
}

extension String {
  /// The first character that looks like a space or like nothing, by its code: `U+00A0`.
  fileprivate var oddCharacter: String? {
    guard utf8.contains(where: { $0 >= 0x80 || $0 < 0x20 }) else { return nil }
    let odd = unicodeScalars.first { scalar in
      switch scalar.properties.generalCategory {
      case .control, .format, .spaceSeparator, .lineSeparator, .paragraphSeparator: true
      default: false
      }
    }
    return odd.map {
      "U+" + String(repeating: "0", count: max(0, 4 - Self.code($0).count)) + Self.code($0)
    }
  }

  private static func code(_ scalar: Unicode.Scalar) -> String {
    String(scalar.value, radix: 16, uppercase: true)
  }
}
