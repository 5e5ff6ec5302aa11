import GGUF
package import Statistics

/// Whether what a recipe promises can still be expected of the file that it makes.
package enum PromiseStanding: Sendable, Equatable {
  /// The recipe promises nothing.
  case none
  /// Recipe, model and statistics are those of the plan.
  case holds(Promise)
  /// The recipe promises something, but not of this file.
  case void([Reason])

  /// Why a promise is void.
  package enum Reason: Sendable, Equatable {
    /// The recipe has no seal: it comes from a version that wrote none, or the seal was taken out.
    case unsealed
    /// Rules or comments are not those that the plan wrote.
    case edited
    /// What should be the promise, this text, is no number that a loss can be.
    case noNumber(String)
    /// The model has other tensors than the one that was planned for, which had this name.
    case otherModel(String)
    /// The plan was made with statistics of this name; others were given, or none (nil).
    case otherStatistics(planned: String, given: String?)
    /// The plan was made without statistics, and some were given.
    case statisticsGiven(String)
    /// The plan compensates errors with second moments of this name; others were given, or none (nil).
    case otherMoments(planned: String, given: String?)
    /// The plan compensates no errors, and second moments were given.
    case momentsGiven(String)
  }

  /// What can be expected; nil where nothing was promised or the promise is void.
  package var promise: Promise? {
    if case .holds(let promise) = self { promise } else { nil }
  }
}

extension PromiseStanding.Reason: CustomStringConvertible {
  /// A clause about the recipe.
  package var description: String {
    switch self {
    case .unsealed: "it has no seal, so nothing ties it to a model"
    case .edited: "it was edited after it was planned"
    case .noNumber(let text): "‘\(text.escaped)’ is no loss"
    case .otherModel(let planned): "it was planned for another model, \(planned.escaped)"
    case .otherStatistics(let planned, let given):
      "it was planned with --statistics \(planned.escaped), which is "
        + (given.map { "not \($0.escaped)" } ?? "not given")
    case .statisticsGiven(let given):
      "it was planned without statistics, and \(given.escaped) is given"
    case .otherMoments(let planned, let given):
      "it was planned with --compensate \(planned.escaped), which is "
        + (given.map { "not \($0.escaped)" } ?? "not given")
    case .momentsGiven(let given):
      "it was planned without --compensate, and \(given.escaped) is given"
    }
  }
}

extension PromiseStanding {
  /// Whether the plan's figures are those of other rules or of another model.
  package var isOfOtherRules: Bool {
    guard case .void(let reasons) = self else { return false }
    return reasons.contains { reason in
      switch reason {
      case .edited, .otherModel: true
      case .unsealed, .noNumber, .otherStatistics, .statisticsGiven, .otherMoments, .momentsGiven:
        false
      }
    }
  }
}

extension RecipeOutcome {
  /// The recipe with its seal, for the tensors of the model that it was planned for.
  package func sealed() -> Recipe {
    var sealed = recipe
    sealed.provenance[PlanRecord.Key.seal] = seal.text
    return sealed
  }

  private var seal: PlanSeal {
    PlanSeal(of: recipe.provenance, types: all.map { ($0.name, $0.type.name) })
  }

  /// Whether the recipe has a seal, and rules or comments that are not those it was set on.
  package var isEdited: Bool {
    recipe.provenance[PlanRecord.Key.seal].map { $0 != seal.text } ?? false
  }

  /// Whether the recipe's promise holds for this model.
  ///
  /// - Parameters:
  ///   - fingerprint: of the model's tensors, hexadecimal.
  ///   - statistics: those that encoders will use.
  ///   - moments: the second moments that errors will be compensated with.
  package func promise(
    modelFingerprint fingerprint: String, statistics: PlanRecord.StatisticsRecord?,
    moments: PlanRecord.StatisticsRecord? = nil
  ) -> PromiseStanding {
    let provenance = recipe.provenance
    guard let entry = provenance.promiseEntry else { return .none }
    guard let promised = provenance.promise else { return .void([.noNumber(entry.text)]) }
    var reasons: [PromiseStanding.Reason] = []
    if let found = provenance[PlanRecord.Key.seal] {
      if provenance[PlanRecord.Key.modelFingerprint] != fingerprint {
        reasons.append(.otherModel(provenance[PlanRecord.Key.model] ?? ""))
      } else if found != seal.text {
        reasons.append(.edited)
      }
    } else {
      reasons.append(.unsealed)
    }
    if let reason = difference(ofStatistics: statistics) { reasons.append(reason) }
    if let reason = difference(ofMoments: moments) { reasons.append(reason) }
    return reasons.isEmpty ? .holds(promised) : .void(reasons)
  }

  /// That the recipe is for another model, as far as it says so: by the fingerprint of tensors, else by the
  /// name of the file; nil where the model may be the one.
  package func difference(
    ofModel name: String, fingerprint: String
  ) -> PromiseStanding.Reason? {
    let provenance = recipe.provenance
    let isOther =
      provenance[PlanRecord.Key.modelFingerprint].map { $0 != fingerprint }
      ?? provenance.model.map { $0 != name } ?? false
    return isOther ? .otherModel(provenance.model ?? "") : nil
  }

  /// How the statistics differ from those that the recipe says it was planned with; nil where they do not,
  /// or where the recipe does not say.
  package func difference(
    ofStatistics given: PlanRecord.StatisticsRecord?
  ) -> PromiseStanding.Reason? {
    let provenance = recipe.provenance
    guard let planned = provenance[PlanRecord.Key.statistics] else {
      return provenance.promise == nil ? nil : given.map { .statisticsGiven($0.name) }
    }
    // Recipes of older versions have the name alone.
    let isSame =
      provenance[PlanRecord.Key.statisticsDigest].map { $0 == given?.digest }
      ?? (planned == given?.name)
    return isSame ? nil : .otherStatistics(planned: planned, given: given?.name)
  }

  /// How the second moments differ from those that the recipe says it was planned with; nil where they do not, or
  /// where the recipe does not say.
  package func difference(
    ofMoments given: PlanRecord.StatisticsRecord?
  ) -> PromiseStanding.Reason? {
    let provenance = recipe.provenance
    guard let planned = provenance[PlanRecord.Key.moments] else {
      return provenance.promise == nil ? nil : given.map { .momentsGiven($0.name) }
    }
    return provenance[PlanRecord.Key.momentsDigest] == given?.digest
      ? nil : .otherMoments(planned: planned, given: given?.name)
  }
}

extension Provenance {
  /// What stands where the recipe promises something, be it a number or not.
  package var promiseEntry: (unit: LossUnit, text: String)? {
    LossUnit.allCases.lazy.compactMap { unit in
      self[unit.predictionName].map { (unit: unit, text: $0) }
    }.first
  }

  /// What the recipe promises; nil where it promises nothing, or nothing that a loss can be.
  package var promise: Promise? {
    guard let entry = promiseEntry, let loss = Double(entry.text), loss.isFinite, loss >= 0 else {
      return nil
    }
    return Promise(unit: entry.unit, loss: loss)
  }

  /// The entries without what came of the plan, which holds for its rules and its model only.
  package var withoutResults: Provenance {
    var rest = self
    for (key, _) in entries where PlanRecord.Key.isOfResult(key) { rest[key] = nil }
    return rest
  }

  /// What encoders minimised where the recipe was planned; nil where it does not say.
  package var weighting: String? { self[PlanRecord.Key.weighting] }

  /// What predictions rested on where the recipe was planned; nil where it does not say.
  package var sensitivity: String? { self[PlanRecord.Key.sensitivity] }

  /// The name of the model that the recipe is for; nil where it does not say.
  package var model: String? {
    get { self[PlanRecord.Key.model] }
    set { self[PlanRecord.Key.model] = newValue }
  }
}
