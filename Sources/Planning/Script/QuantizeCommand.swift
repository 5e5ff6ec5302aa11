import GGUF

/// A call of `llama-quantize`: its options, and what it makes of the tensors that no option is about.
struct QuantizeCommand {
  /// An option with its value.
  struct Use {
    let option: QuantizeOption
    let value: ScriptText
    let line: Int
  }

  /// The line that it begins in.
  let line: Int
  /// The options that are known, in order.
  private(set) var uses: [Use] = []
  /// Those that are not.
  private(set) var unknown: [(name: String, line: Int)] = []
  /// The words behind the options: the model, the output, the mix and the number of threads.
  private(set) var operands: [ScriptText] = []

  /// Whether a word names the program.
  static func isProgram(_ word: String) -> Bool {
    let name = word.split(separator: "/").last ?? ""
    return name.lowercased().contains("quantize") && !name.hasPrefix("-")
  }

  /// The call that a command is; nil where it is none.
  init?(_ invocation: ShellRun.Invocation) throws(RecipeError) {
    let words = invocation.words
    let program = words.firstIndex { Self.isProgram($0.string) }
    let option = words.firstIndex { QuantizeOption.named($0.string)?.saysTypes == true }
    let first = words.firstIndex { QuantizeOption.named($0.string) != nil }
    if let program, program < option ?? .max {
      try self.init(line: invocation.line, arguments: words[(program + 1)...])
    } else if option != nil, let first {
      try self.init(line: invocation.line, arguments: words[first...])
    } else {
      return nil
    }
    if !saysTypes, base == nil { return nil }
  }

  private init(line: Int, arguments: ArraySlice<ScriptText>) throws(RecipeError) {
    self.line = line
    var rest = arguments
    while let word = rest.popFirst() {
      let line = word.firstLine ?? line
      guard word.bytes.starts(with: Array("--".utf8)) else {
        if operands.isEmpty, let gap = word.gaps.first, gap.isDivided, word.count == 1,
          rest.first?.bytes.starts(with: Array("--".utf8)) == true
        {
          // Before other options it can only stand for options.
          throw gap.error
        }
        operands.append(word)
        continue
      }
      guard let option = QuantizeOption.named(word.string) else {
        unknown.append((word.string, line))
        // A word between options is the value of the one before.
        if let value = rest.first, !value.bytes.starts(with: Array("--".utf8)),
          rest.dropFirst().first?.bytes.starts(with: Array("--".utf8)) == true
        {
          rest.removeFirst()
        }
        continue
      }
      var value = ScriptText()
      if option.takesValue {
        guard let next = rest.popFirst() else {
          throw RecipeError(line: line, problem: .missingValue(option.name))
        }
        value = next
      }
      uses.append(Use(option: option, value: value, line: line))
    }
  }

  /// Whether options say the types of tensors.
  var saysTypes: Bool { uses.contains { $0.option.saysTypes } }

  /// The word for what all other tensors get, where the programs look for it: behind the model, or behind model
  /// and output.
  var base: ScriptText? {
    let others = operands.dropFirst()
    return others.first { $0.gaps.isEmpty && QuantizeMix($0.string) != nil }
      ?? others.dropFirst().first
  }

  /// The program that has its options.
  var runtime: Runtime {
    get throws(RecipeError) {
      let ik = uses.first { $0.option.runtime == .ik }
      let mainline = uses.first { $0.option.runtime == .mainline }
      if let ik, let mainline {
        throw RecipeError(
          line: line, problem: .mixedOptions(ik.option.name, mainline.option.name))
      }
      return mainline == nil ? .ik : .mainline
    }
  }
}

extension QuantizeOption {
  fileprivate var takesValue: Bool {
    switch effect {
    case .rules, .ruleFile, .type: true
    case .pure, .leavesOutput: false
    case .none(let takesValue), .beyond(_, let takesValue): takesValue
    }
  }
}
