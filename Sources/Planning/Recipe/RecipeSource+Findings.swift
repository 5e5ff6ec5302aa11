package import GGUF

extension RecipeSource {
  /// What is the matter with the recipe by itself, or over the tensors of a model: errors first, notes last.
  ///
  /// The rules are read back as each of `runtimes` would read them, and are to mean there what they
  /// mean here.
  ///
  /// - Parameters:
  ///   - tensors: of the model; nil for none, which leaves what only a model can tell.
  ///   - model: the name of the model's file, and the fingerprint of its tensors; nil leaves out whether the
  ///     recipe was planned for it.
  ///   - writable: whether Ration can write a type.
  ///   - needsImportance: whether it does so with importance only. A recipe that was planned with statistics will
  ///     have it.
  /// - Throws: the pattern that takes too long to search for.
  package func findings(
    for tensors: [TensorDescriptor]?, of model: (name: String, fingerprint: String)? = nil,
    readBy runtimes: [Runtime],
    writable: (TensorType) -> Bool, needsImportance: (TensorType) -> Bool
  ) throws(TensorPatternError) -> [RecipeFinding] {
    let outcome = if let tensors { try recipe.outcome(for: tensors) } else { RecipeOutcome?.none }
    let hasStatistics = provenance[PlanRecord.Key.statistics] != nil
    func lacksImportance(_ type: TensorType) -> Bool { !hasStatistics && needsImportance(type) }
    var findings = runtimes.flatMap { misreadings(by: $0, outcome) }
    if let outcome, let model { findings += Self.stale(outcome, model) }
    findings += remarks.map { RecipeFinding(problem: .remark($0), rule: nil, line: nil) }
    if let outcome {
      findings += ruleFindings(outcome, writable, lacksImportance)
      let uncovered = outcome.uncovered.map(\.tensor.name)
      if !uncovered.isEmpty { findings.append(finding(.uncovered(tensors: uncovered))) }
    } else {
      for (place, rule) in rules.enumerated() where lacksImportance(rule.rule.type) {
        findings.append(finding(.needsImportance(tensors: []), place))
      }
    }
    if runtimes.contains(.ik) {
      for (place, rule) in rules.enumerated() where rule.typeName != rule.rule.type.name {
        findings.append(finding(.spelling(rule.typeName), place))
      }
    }
    return [RecipeFinding.Severity.error, .warning, .note].flatMap { severity in
      findings.filter { $0.severity == severity }
    }
  }

  /// That the recipe was planned for another model, or edited since.
  private static func stale(
    _ outcome: RecipeOutcome, _ model: (name: String, fingerprint: String)
  ) -> [RecipeFinding] {
    var reasons: [PromiseStanding.Reason] = []
    if let reason = outcome.difference(ofModel: model.name, fingerprint: model.fingerprint) {
      reasons.append(reason)
    } else if outcome.isEdited {
      reasons.append(.edited)
    }
    return reasons.map { RecipeFinding(problem: .stale($0), rule: nil, line: nil) }
  }

  private func finding(_ problem: RecipeFinding.Problem, _ place: Int? = nil) -> RecipeFinding {
    RecipeFinding(
      problem: problem, rule: place.map { rules[$0].rule }, line: place.flatMap { rules[$0].line })
  }

  /// What a program would read differently. Where there is a model, only what matters for it.
  private func misreadings(by runtime: Runtime, _ outcome: RecipeOutcome?) -> [RecipeFinding] {
    var mismatch: RecipeMismatch?
    if let outcome {
      let types = zip(outcome.entries.map(\.tensor.name), outcome.assigned).map {
        (name: $0, type: $1)
      }
      do throws(RecipeMismatch) {
        try recipe.check(types, readBy: runtime)
        return []
      } catch {
        mismatch = error
      }
    }
    let obstacles = rules.enumerated().compactMap { place, rule in
      runtime.obstacle(to: rule.rule).map { finding(.obstacle($0, runtime), place) }
    }
    return obstacles.isEmpty ? mismatch.map { [finding(.misread($0))] } ?? [] : obstacles
  }

  /// What is the matter with each rule over a model.
  private func ruleFindings(
    _ outcome: RecipeOutcome, _ writable: (TensorType) -> Bool,
    _ lacksImportance: (TensorType) -> Bool
  ) -> [RecipeFinding] {
    var findings = outcome.unmatched.map { finding(.unmatched, $0) }
    findings += outcome.shadowed.map { finding(.shadowed, $0) }
    let groups = Dictionary(grouping: outcome.entries.filter { $0.place != nil }) { $0.place! }
    for (place, entries) in groups.sorted(by: { $0.key < $1.key }) {
      let type = rules[place].rule.type
      let changed = entries.filter { $0.keepReason == nil && $0.type != $0.tensor.type }
      let misfits = changed.filter { !$0.isFitting }.map(\.tensor)
      if let first = misfits.first {
        let shape = TensorShape(first.shape)
        findings.append(
          finding(
            .misfit(tensors: misfits.map(\.name), rows: shape.rows, columns: shape.columns), place))
      }
      if !writable(type), !changed.isEmpty {
        findings.append(finding(.unwritable(tensors: changed.map(\.tensor.name)), place))
      }
      if lacksImportance(type), !changed.isEmpty {
        findings.append(finding(.needsImportance(tensors: changed.map(\.tensor.name)), place))
      }
      if type.rowsPerGroup > 1, let lookup = changed.map(\.tensor.name).first(where: Self.isLookup)
      {
        findings.append(finding(.rearrangedLookup(tensor: lookup), place))
      }
      if entries.allSatisfy({ $0.keepReason != nil && $0.tensor.type != type }) {
        findings.append(finding(.keptOnly(tensors: entries.map(\.tensor.name)), place))
      }
    }
    return findings
  }

  /// Whether rows of a tensor are looked up, one by one: `llama_tensor_get_type` of ik_llama.cpp.
  private static func isLookup(_ name: String) -> Bool {
    name == "token_embd.weight" || name == "per_layer_token_embd.weight"
  }
}
