/// What may hold rules in a shell script or command, as people publish them.
struct RecipeScript {
  /// The options that take rules: of ik_llama.cpp, and of llama.cpp.
  private static let options: Set<Substring> = ["--custom-q", "--tensor-type"]

  /// Variables that are set to a text with an equals sign, in order.
  private var variables: [(name: Substring, value: ShellWords.Word)] = []
  /// The values of the options, in order.
  private var passed: [ShellWords.Word] = []
  /// What else is quoted and has an equals sign, in order.
  private var quoted: [ShellWords.Word] = []

  /// Whether a text is a script: it begins like one, or a line sets a variable to something quoted,
  /// begins with a quote or passes one of the options. No rule looks like any of these.
  static func isScript(_ text: String) -> Bool {
    text.hasPrefix("#!") || text.split(whereSeparator: \.isNewline).contains(where: isOfScript)
  }

  private static func isOfScript(_ line: Substring) -> Bool {
    let words = line.split(whereSeparator: \.isWhitespace).prefix { $0.first != "#" }
    guard let first = words.first else { return false }
    let value = assignment(first)?.value ?? first
    return value.first == "\"" || value.first == "'" || words.contains(where: options.contains)
  }

  /// Reads a script. Throws where a quote is not closed.
  init(_ text: String) throws(RecipeError) {
    var words = ShellWords(text)
    var isValue = false
    while let word = try words.next() {
      if isValue {
        passed.append(word)
      } else if let (name, value) = Self.assignment(word.text[...]),
        word.quote.map({ $0 > name.utf8.count }) ?? true
      {
        if value.contains("="), !value.hasPrefix("$(") {
          variables.append((name, ShellWords.Word(text: String(value), line: word.line)))
        }
      } else if word.quote != nil, word.text.contains("=") {
        quoted.append(word)
      }
      isValue = Self.options.contains(word.text[...])
    }
  }

  /// The texts that hold rules, in order, each with its first line: the values of the options, where
  /// a variable stands for the text it was first set to; without options the first variable that is
  /// set to rules; else what is quoted.
  func values() throws(RecipeError) -> [ShellWords.Word] {
    if passed.isEmpty {
      let values = variables.first.map { [$0.value] } ?? quoted
      if values.isEmpty { throw RecipeError(line: nil, problem: .noRules) }
      return values
    }
    var values: [ShellWords.Word] = []
    for word in passed { values.append(try resolved(word)) }
    return values
  }

  private func resolved(_ word: ShellWords.Word) throws(RecipeError) -> ShellWords.Word {
    guard word.text.first == "$" else { return word }
    let name = word.text.filter { !"${}".contains($0) }
    guard let variable = variables.first(where: { $0.name == name }) else {
      throw RecipeError(line: word.line, problem: .unknownVariable(name))
    }
    return variable.value
  }

  /// Divides `name=value`.
  private static func assignment(_ word: Substring) -> (name: Substring, value: Substring)? {
    guard let equals = word.firstIndex(of: "="), equals > word.startIndex else { return nil }
    let name = word[..<equals]
    guard name.utf8.allSatisfy(ByteSet.words.contains) else { return nil }
    return (name, word[word.index(after: equals)...])
  }
}
