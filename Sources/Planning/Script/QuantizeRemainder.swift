package import GGUF

/// What a call of `llama-quantize` says about the tensors that no rule matches.
package struct QuantizeRemainder: Sendable, Equatable {
  /// The mix that they follow, in capitals; nil where all get one type.
  package let mix: String?
  /// The type that most of them get; nil where they keep theirs.
  let type: TensorType?
  /// The type of the embeddings of a model in which they are the output matrix too.
  let tiedOutput: TensorType?
  /// Whether `output.weight` keeps its type.
  let keepsOutput: Bool
  /// The program that is called.
  let runtime: Runtime
  /// The line of the call.
  let line: Int
}

extension RecipeSource {
  /// The recipe with rules for what its remainder says.
  ///
  /// - Parameters:
  ///   - mix: the remainder's mix; nil where there is none, or none that is known. A mix that is not known is
  ///     taken for its type, with a remark.
  ///   - model: whose tensors they are; nil where none is given. Then what takes one is a remark.
  ///   - imatrix: whether the model is to be quantized with an importance matrix.
  /// - Throws: the pattern that takes too long to search for.
  package func settled(
    mix: Skeleton?, model: ModelOutline?, imatrix: Bool
  ) throws(TensorPatternError) -> RecipeSource {
    guard let remainder else { return self }
    var settled = self
    settled.remainder = nil
    guard let model else {
      if remainder.keepsOutput { settled.remark(.outputNeedsModel, remainder) }
      guard !rules.contains(where: \.matchesAll) else { return settled }
      if let doubt = remainder.doubt(mix: mix) { settled.remark(doubt, remainder) }
      if let name = remainder.mix, mix != nil {
        settled.remark(.mixNeedsModel(name), remainder)
      } else if let type = remainder.type {
        settled.add([TypeRule(pattern: TensorPattern(trusted: "."), type: type)], remainder)
      }
      return settled
    }
    if remainder.keepsOutput,
      let output = model.tensors.first(where: { $0.name == "output.weight" })
    {
      let recipe = Recipe(assigning: [(name: output.name, type: output.type)])
      settled.rules = recipe.rules.map { Rule($0, line: remainder.line) } + rules
    }
    let types = (mix ?? remainder.type.map(Skeleton.init(uniform:)))?.types(
      for: model, imatrix: imatrix)
    let places = try settled.recipe.assignment(of: model.tensors.map(\.name)).places
    var rest: [(name: String, type: TensorType)] = []
    for (index, tensor) in model.tensors.enumerated()
    where places[index] == nil && tensor.isQuantizable {
      let isTied = model.isTied && tensor.name == "token_embd.weight"
      guard let type = (isTied ? remainder.tiedOutput : nil) ?? types?[index] else { continue }
      rest.append((tensor.name, type))
    }
    if !rest.isEmpty, let doubt = remainder.doubt(mix: mix) { settled.remark(doubt, remainder) }
    settled.add(Recipe(assigning: rest).rules, remainder)
    return settled
  }

  private mutating func add(_ rules: [TypeRule], _ remainder: QuantizeRemainder) {
    self.rules += rules.map { Rule($0, line: remainder.line) }
  }

  private mutating func remark(_ matter: RecipeRemark.Matter, _ remainder: QuantizeRemainder) {
    remarks.append(RecipeRemark(matter: matter, line: remainder.line))
  }
}

extension RecipeSource.Rule {
  fileprivate init(_ rule: TypeRule, line: Int) {
    self.rule = rule
    self.line = line
    typeName = rule.type.name
  }

  /// Whether every name matches, as far as the pattern shows it.
  fileprivate var matchesAll: Bool {
    [".", ".*", ".+", "^.*$", "^.*", ".*$"].contains(rule.pattern.text)
  }
}

extension RecipeSource {
  /// The recipe as a skeleton, whose last rules are those of the remainder, and the remarks about it.
  ///
  /// - Parameter mix: the remainder's mix; nil where there is none, or none that is known.
  package func skeleton(mix: Skeleton?) -> (skeleton: Skeleton, remarks: [RecipeRemark]) {
    var rules = self.rules.map { SkeletonRule(typeRule: $0.rule, conditions: []) }
    var remarks = remarks
    if let remainder {
      if let type = remainder.tiedOutput {
        let rule = TypeRule(pattern: TensorPattern(trusted: #"^token_embd\.weight$"#), type: type)
        rules.append(SkeletonRule(typeRule: rule, conditions: [.tied]))
      }
      rules += (mix ?? remainder.type.map(Skeleton.init(uniform:)))?.rules ?? []
      let matters: [RecipeRemark.Matter?] = [
        remainder.keepsOutput ? .outputNeedsModel : nil, remainder.doubt(mix: mix),
      ]
      remarks += matters.compactMap { $0 }.map { RecipeRemark(matter: $0, line: remainder.line) }
    }
    return (Skeleton(provenance: provenance, rules: rules), remarks)
  }
}

extension QuantizeRemainder {
  /// Why the rules of `mix`, or of no mix, may not be those that the program goes by; nil where they are.
  fileprivate func doubt(mix known: Skeleton?) -> RecipeRemark.Matter? {
    guard let mix else { return nil }
    if known == nil { return .plainBase(mix) }
    return runtime == .mainline ? .mixOfOtherProgram(mix) : nil
  }
}

extension Skeleton {
  /// One type for all tensors.
  fileprivate init(uniform type: TensorType) {
    let rule = TypeRule(pattern: TensorPattern(trusted: "."), type: type)
    self.init(
      provenance: Provenance(), rules: [SkeletonRule(typeRule: rule, conditions: [])])
  }
}
