import GGUF

/// What a call makes of its options.
extension QuantizeCommand {
  /// The recipe that it makes.
  ///
  /// Types of `token_embd` and `output` beat rules, rules beat the types of `--attn-…` and `--ffn-…`, and those
  /// beat the mix. Under a mix of floats both programs look at the first kind alone. `--pure` makes
  /// ik_llama.cpp do so too, and takes the mix's own type in place of the mix.
  ///
  /// - Parameter files: reads a file that the command names.
  func recipe(
    files: (ScriptText, Int) throws -> ScriptText?
  ) throws -> RecipeSource {
    let runtime = try runtime
    var source = RecipeSource()
    let mix = base.flatMap { $0.gaps.isEmpty ? QuantizeMix($0.string) : nil }
    let isPure = uses.contains { if case .pure = $0.option.effect { true } else { false } }
    let isCopy = mix.map { $0.type == nil } ?? false
    let takesRules = !(mix?.isUniform ?? false) && !(isPure && runtime == .ik)
    if !isCopy { try addTypes(to: &source, beatingRules: true, runtime) }
    for use in uses where takesRules {
      switch use.option.effect {
      case .rules: try source.read(rules: use.value)
      case .ruleFile:
        guard let text = try files(use.value, use.line) else {
          throw RecipeError(line: use.line, problem: .missingFile(use.value.string))
        }
        try source.read(rules: text)
      case .type, .pure, .leavesOutput, .none, .beyond: break
      }
    }
    if takesRules { try addTypes(to: &source, beatingRules: false, runtime, under: mix) }
    source.remarks += remarks(takesRules: takesRules, isCopy: isCopy, isPure: isPure, mix)
    if !isCopy { source.remainder = try remainder(mix, isPure: isPure, runtime) }
    return source
  }

  /// Adds rules for the types of options, the last of each kind.
  private func addTypes(
    to source: inout RecipeSource, beatingRules: Bool, _ runtime: Runtime,
    under mix: QuantizeMix? = nil
  ) throws(RecipeError) {
    for target in QuantizeOption.Target.allCases where target.beatsRules == beatingRules {
      guard beatingRules || mix?.heeds(target) ?? target.isHeeded else { continue }
      guard let (type, use) = try type(for: target) else { continue }
      for pattern in target.patterns(by: runtime) {
        source.rules.append(
          RecipeSource.Rule(
            rule: TypeRule(pattern: TensorPattern(trusted: pattern), type: type), line: use.line,
            typeName: type.name))
      }
    }
  }

  private func type(
    for target: QuantizeOption.Target
  ) throws(RecipeError) -> (type: TensorType, use: Use)? {
    let use = uses.last { if case .type(target) = $0.option.effect { true } else { false } }
    guard let use else { return nil }
    if let gap = use.value.gaps.first { throw gap.error }
    guard let type = TensorType.named(use.value.string) else {
      throw RecipeError(
        line: use.line, problem: .optionType(option: use.option.name, value: use.value.string))
    }
    return (type, use)
  }

  /// What all other tensors get.
  private func remainder(
    _ mix: QuantizeMix?, isPure: Bool, _ runtime: Runtime
  ) throws(RecipeError) -> QuantizeRemainder? {
    let keepsOutput = uses.contains {
      if case .leavesOutput = $0.option.effect { true } else { false }
    }
    let output = try type(for: .output)?.type
    guard mix != nil || keepsOutput else { return nil }
    let isUniform = isPure || mix?.isUniform ?? true
    return QuantizeRemainder(
      mix: isUniform ? nil : mix?.name, type: mix?.type, tiedOutput: isUniform ? nil : output,
      keepsOutput: keepsOutput, runtime: runtime, line: base?.firstLine ?? line)
  }

  private func remarks(
    takesRules: Bool, isCopy: Bool, isPure: Bool, _ mix: QuantizeMix?
  ) -> [RecipeRemark] {
    var remarks = unknown.map { RecipeRemark(matter: .unknown($0.name), line: $0.line) }
    var ignored: [String] = []
    for use in uses {
      switch use.option.effect {
      case .beyond(let effect, _):
        remarks.append(
          RecipeRemark(matter: .beyond(use.option.name, effect: effect), line: use.line))
      case .type(let target):
        let isHeeded =
          target.beatsRules ? !isCopy : takesRules && mix?.heeds(target) ?? target.isHeeded
        if !isHeeded { ignored.append(use.option.name) }
      case .rules, .ruleFile: if !takesRules { ignored.append(use.option.name) }
      case .pure, .leavesOutput, .none: break
      }
    }
    if !ignored.isEmpty {
      let base = (mix?.isUniform ?? false) || !isPure ? mix?.name ?? "any type" : "--pure"
      var seen: Set<String> = []
      let names = ignored.filter { seen.insert($0).inserted }
      remarks.append(RecipeRemark(matter: .ignored(names, under: base), line: line))
    }
    if mix == nil, let base {
      remarks.append(RecipeRemark(matter: .unknownBase(base.string), line: base.firstLine ?? line))
    }
    return remarks
  }
}

extension QuantizeOption.Target {
  /// Whether ik_llama.cpp looks at it under any mix: names with `attn_qkv` have `attn_q` in them, which it looks
  /// for first.
  fileprivate var isHeeded: Bool { self != .attnQKV }
}

extension QuantizeMix {
  /// Whether ik_llama.cpp looks at the option for these tensors under the mix: under some of the smallest it
  /// goes by rules of its own (`llama_tensor_get_type`).
  fileprivate func heeds(_ target: QuantizeOption.Target) -> Bool {
    guard target.isHeeded else { return false }
    switch name {
    case "IQ1_S_R4", "IQ1_M_R4", "IQ1_KT": return target == .ffnDown
    case "IQ2_KT": return false
    case "IQ1_S", "IQ1_M", "IQ2_XXS", "IQ2_XS", "IQ2_S", "IQ2_M", "IQ2_KS", "IQ2_XXS_R4",
      "IQ2_XS_R4",
      "IQ2_M_R4":
      return target == .attnOutput
    default: return true
    }
  }
}
