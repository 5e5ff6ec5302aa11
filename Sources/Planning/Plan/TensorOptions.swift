import GGUF

/// What a plan can do with one tensor: the candidates that constraints leave, and why so few.
struct TensorOptions {
  let tensor: MeasuredTensor
  /// The types to choose from; the type it has, at no loss, where it keeps that.
  let candidates: [Candidate]
  /// Why there is no choice, or nil where there is one.
  let reason: PlanReason?
  /// Whether it drafts, and has a floor for that.
  let isProtectedDraft: Bool

  /// Whether the tensor is to keep its type, whatever the budget.
  var isKept: Bool {
    if case .kept = reason { true } else { false }
  }

  /// Whether the type of this tensor is open, be it to one type only.
  var isMovable: Bool { reason == nil || reason == .onlyType }

  /// The options of `tensor`. Throws where its constraints cannot be kept, or a pin asks for a type
  /// that was not measured.
  init(of tensor: MeasuredTensor, under constraints: Constraints) throws(PlanError) {
    self.tensor = tensor
    isProtectedDraft = constraints.protectsDraft(tensor.name)
    let current = [
      Candidate(type: tensor.type, bytes: tensor.bytes, loss: 0, seconds: tensor.seconds)
    ]
    let rule = KeepRule.first(for: tensor.name, shape: tensor.shape, type: tensor.type)
    if let reason = rule?.reason ?? tensor.keepReason {
      (candidates, self.reason) = (current, .kept(reason))
      return
    }
    let allowed: [TensorType]
    do throws(ConstraintError) {
      allowed = try constraints.allowedTypes(
        for: tensor.name, shape: tensor.shape, from: tensor.candidates.map(\.type))
    } catch {
      throw .constraint(error)
    }
    var left = tensor.candidates.filter { allowed.contains($0.type) }
    // To stay as it is needs no measurement.
    if left.isEmpty, allowed == [tensor.type] { left = current }
    if let pin = constraints.pin(for: tensor.name) {
      guard !left.isEmpty else { throw .unmeasured(tensor: tensor.name, type: pin.type) }
      (candidates, reason) = (left, .pinned(pin))
    } else if left.isEmpty {
      (candidates, reason) = (current, .noTypeFits)
    } else {
      (candidates, reason) = (left, left.count == 1 ? .onlyType : nil)
    }
  }
}
