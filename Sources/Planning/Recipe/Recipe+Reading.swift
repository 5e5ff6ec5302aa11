extension Recipe {
  /// Reads a recipe in any of the forms that are published: a rule a line, several with commas or
  /// white space between them; `#` begins a comment, at the start of a line or after white space;
  /// any line ends.
  package init(parsing text: some StringProtocol) throws(RecipeError) {
    var rules: [TypeRule] = []
    var provenance = Provenance()
    // "\r\n" is one Character, and a new line like "\n".
    let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
    for (index, line) in lines.enumerated() {
      if rules.isEmpty, line.first(where: { !$0.isWhitespace }) == "#" {
        provenance.read(comment: line)
      }
      for word in Self.words(of: line) {
        for rule in Self.rules(of: word) {
          do throws(TypeRuleError) {
            rules.append(try TypeRule(rule))
          } catch {
            throw RecipeError(line: index + 1, problem: error)
          }
        }
      }
    }
    self.init(rules: rules, provenance: provenance)
  }

  /// The words of a line before its comment.
  private static func words<Line: StringProtocol>(of line: Line) -> [Line.SubSequence] {
    let words = line.split(whereSeparator: \.isWhitespace)
    return Array(words.prefix { $0.first != "#" })
  }

  /// Divides a word at the commas between its rules.
  ///
  /// A comma within a pattern, as in `[0-9]{1,3}`, is not such a one: it divides only where a whole
  /// rule precedes it, which ends in `=` and a name.
  private static func rules<Word: StringProtocol>(of word: Word) -> [Word.SubSequence] {
    var rules: [Word.SubSequence] = []
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

  private static func isWholeRule(_ text: some StringProtocol) -> Bool {
    guard let equals = text.lastIndex(of: "="), equals > text.startIndex else { return false }
    let name = text[text.index(after: equals)...]
    // After `(?=` stands a pattern, not a type.
    return text[text.index(before: equals)] != "?" && !name.isEmpty
      && name.utf8.allSatisfy(ByteSet.words.contains)
  }
}

/// A line of a recipe that cannot be read.
package struct RecipeError: Error, Equatable, CustomStringConvertible {
  /// The line, counted from 1.
  package let line: Int
  /// What is wrong with it.
  package let problem: TypeRuleError

  package var description: String { "line \(line): \(problem)" }
}
