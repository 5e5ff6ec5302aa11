import GGUF

extension RecipeSource {
  /// Adds what scripts pass to `llama-quantize`, or what they hold of rules where they call no program. Parts of
  /// a page are followed one after the other, as one script.
  mutating func read(
    _ parts: [RecipeText.Part], files: @escaping (String) throws -> [UInt8]?
  ) throws {
    var run = ShellRun(files: files)
    var recipes: [(line: Int, source: RecipeSource)] = []
    var fault: RecipeError?
    for part in parts {
      if part.areRules {
        var source = RecipeSource()
        try source.read(rules: part.bytes, firstLine: part.firstLine)
        recipes.append((source.rules.first?.line ?? part.firstLine, source))
        continue
      }
      var parser = ShellParser(part.bytes, firstLine: part.firstLine)
      let script: ShellNode
      do throws(RecipeError) {
        script = try parser.parse()
      } catch {
        // A page has other things between fences too.
        guard parts.count > 1, !part.saysTypes else { throw error }
        fault = fault ?? error
        continue
      }
      run.state.hasEnded = false
      try run.run(script)
    }
    let calls = try run.invocations.compactMap { try QuantizeCommand($0) }
    let withRules = calls.filter(\.saysTypes)
    for call in withRules.isEmpty && recipes.isEmpty ? calls : withRules {
      recipes.append((call.line, try call.recipe { try run.file($0, line: $1) }))
    }
    if recipes.isEmpty { recipes = try run.heldRecipes() }
    guard let first = recipes.first else {
      throw fault ?? RecipeError(line: nil, problem: .noRules)
    }
    guard recipes.allSatisfy({ $0.source.says(first.source) }) else {
      throw RecipeError(line: nil, problem: .severalRecipes(recipes.map(\.line).sorted()))
    }
    self = first.source
    for call in calls where !call.saysTypes && !withRules.isEmpty {
      remarks.append(RecipeRemark(matter: .passedOver, line: call.line))
    }
  }

  /// Whether both give the same types.
  private func says(_ other: RecipeSource) -> Bool {
    recipe.rules == other.recipe.rules && remainder.says(other.remainder)
  }
}

extension QuantizeRemainder? {
  /// Whether both mean the same, wherever they stand.
  fileprivate func says(_ other: QuantizeRemainder?) -> Bool {
    guard let self, let other else { return self == nil && other == nil }
    return self.mix == other.mix && self.type == other.type && self.tiedOutput == other.tiedOutput
      && self.keepsOutput == other.keepsOutput
  }
}

extension RecipeText.Part {
  /// Whether an option that says types stands in it.
  fileprivate var saysTypes: Bool {
    bytes.split(whereSeparator: ByteSet.spaces.contains).contains {
      QuantizeOption.named(String(decoding: $0, as: UTF8.self))?.saysTypes == true
    }
  }
}

extension ShellRun {
  /// The recipes that a script holds which passes none to a program: in variables, or in quotes.
  fileprivate func heldRecipes() throws(RecipeError) -> [(line: Int, source: RecipeSource)] {
    let values = state.variables.values.map(\.joined).sorted {
      $0.firstLine ?? 0 < $1.firstLine ?? 0
    }
    let words = invocations.flatMap(\.words)
    for texts in [values, words] {
      let found = texts.filter(\.holdsRules)
      if let broken = found.lazy.compactMap(\.gaps.first).first { throw broken.error }
      guard !found.isEmpty else { continue }
      var recipes: [(line: Int, source: RecipeSource)] = []
      for text in found {
        var source = RecipeSource()
        try source.read(rules: text)
        recipes.append((source.rules.first?.line ?? 1, source))
      }
      return recipes
    }
    return []
  }
}

extension ShellState.Value {
  /// The elements, a line each.
  fileprivate var joined: ScriptText {
    var text = ScriptText()
    for element in elements {
      if !text.isEmpty { text.append(UInt8(ascii: "\n"), line: element.firstLine ?? 1) }
      text.append(element)
    }
    return text
  }
}

extension ScriptText {
  /// Whether a word of it is a rule, or would be one without a gap.
  fileprivate var holdsRules: Bool {
    split(at: ByteSet("\n\r")).contains { line in
      let words = RuleWords(of: line.bytes[...])
      return words.words.contains { word in
        if let name = words.typeName(of: word) { return TensorType.named(name) != nil }
        let bytes = line.bytes[word]
        return bytes.contains(UInt8(ascii: "=")) && bytes.last == Self.gapMark
      }
    }
  }
}
