extension RecipeSource {
  /// Adds the rules of a text: a rule a line, or several with commas or white space between them;
  /// `#` begins a comment, at the start of a line or after white space; any line ends.
  ///
  /// - Parameter firstLine: the number of the line that the text begins in.
  mutating func read(rules text: String, firstLine: Int) throws(RecipeError) {
    let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.endsLine)
    for (number, line) in zip(firstLine..., lines) {
      if rules.isEmpty, line.first(where: { !$0.isWhitespace }) == "#" {
        provenance.read(comment: line)
      }
      for rule in Self.words(of: line).flatMap(Self.rules) {
        do throws(TypeRuleError) {
          rules.append(
            Rule(rule: try TypeRule(rule), line: number, typeName: Self.typeName(of: rule)))
        } catch {
          throw RecipeError(line: number, problem: .rule(error))
        }
      }
    }
  }

  /// The words of a line before its comment.
  private static func words(of line: Substring) -> [Substring] {
    let words = line.split(whereSeparator: \.isASCIISpace)
    return Array(words.prefix { $0.first != "#" })
  }

  /// Divides a word at the commas between its rules.
  ///
  /// A comma within a pattern, as in `[0-9]{1,3}`, is not such a one: it divides only where a whole
  /// rule precedes it, which ends in `=` and a name.
  private static func rules(of word: Substring) -> [Substring] {
    var rules: [Substring] = []
    var start = word.startIndex
    for comma in word.indices where word[comma] == "," {
      let rule = word[start..<comma]
      guard rule.isEmpty || isWholeRule(rule) else { continue }
      rules.append(rule)
      start = word.index(after: comma)
    }
    rules.append(word[start...])
    return rules.filter { !$0.isEmpty }
  }

  private static func isWholeRule(_ text: Substring) -> Bool {
    guard let equals = text.lastIndex(of: "="), equals > text.startIndex else { return false }
    let name = text[text.index(after: equals)...]
    // After `(?=` stands a pattern, not a type.
    return text[text.index(before: equals)] != "?" && !name.isEmpty
      && name.utf8.allSatisfy(ByteSet.words.contains)
  }

  /// What follows the last `=` of a rule.
  private static func typeName(of rule: Substring) -> String {
    rule.split(separator: "=").last.map(String.init) ?? ""
  }
}

extension Character {
  /// Whether the character ends a line. `"\r\n"` is one; a name may hold those that Unicode has besides.
  fileprivate var endsLine: Bool { self == "\n" || self == "\r\n" || self == "\r" }

  /// Whether the character is white space to programs that divide rules byte by byte.
  fileprivate var isASCIISpace: Bool { isASCII && isWhitespace }
}
