package import GGUF

/// What a plan has to respect besides its budget.
package struct Constraints: Sendable {
  /// Types that are given: of the rules that match a tensor the first one holds. Neither `floors`,
  /// `ceilings` nor `types` are asked, but a pin outside them is an error.
  package var pins: [TypeRule]
  /// Least qualities: every rule that matches a tensor holds. A type is at least as good as another
  /// where it has at least as many bits per weight, row headers not counted.
  package var floors: [TypeRule]
  /// Greatest sizes: every rule that matches a tensor holds, compared as floors are.
  package var ceilings: [TypeRule]
  /// The floor of tensors that draft. It gives way to pins and ceilings, and where none of the types to choose from
  /// reaches it, its own type is chosen.
  package var draftFloor: TypeRule?
  /// Tensors that are to have the same type.
  package var ties: [Tie]
  /// The only types to choose from, or nil for all that are offered.
  package var types: [TensorType]?
  /// The program that is to load the file; types it refuses are not chosen.
  package var runtime: Runtime

  /// Constraints; none by default but that ik_llama.cpp loads the file.
  package init(
    pins: [TypeRule] = [], floors: [TypeRule] = [], ceilings: [TypeRule] = [],
    draftFloor: TypeRule? = nil, ties: [Tie] = [], types: [TensorType]? = nil,
    runtime: Runtime = .ik
  ) {
    self.pins = pins
    self.floors = floors
    self.ceilings = ceilings
    self.draftFloor = draftFloor
    self.ties = ties
    self.types = types
    self.runtime = runtime
  }

  /// The pin that holds for a tensor, or nil.
  package func pin(for name: String) -> TypeRule? { pins.first { $0.pattern.matches(name) } }

  /// Whether the floor of tensors that draft is about a tensor: it matches, and no pin is.
  package func protectsDraft(_ name: String) -> Bool {
    draftFloor?.pattern.matches(name) == true && pin(for: name) == nil
  }

  /// The types of `offered` that a tensor may take, in that order; the pinned type alone, also where it
  /// is not among `offered`, for a pinned tensor; none where no type fits the shape.
  ///
  /// Throws where a pin cannot be kept, and where types fit the shape but none lies between the floors
  /// and the ceilings.
  package func allowedTypes(
    for name: String, shape: TensorShape, from offered: [TensorType]
  ) throws(ConstraintError) -> [TensorType] {
    let floors = floors.filter { $0.pattern.matches(name) }
    let ceilings = ceilings.filter { $0.pattern.matches(name) }
    if let pin = pin(for: name) {
      try check(pin, for: name, shape: shape, floors: floors, ceilings: ceilings)
      return [pin.type]
    }
    let fitting = fittingTypes(shape: shape, from: offered)
    let allowed = fitting.filter { type in
      floors.allSatisfy { type.isAtLeastAsFine(as: $0.type) }
        && ceilings.allSatisfy { $0.type.isAtLeastAsFine(as: type) }
    }
    if allowed.isEmpty, !fitting.isEmpty {
      throw .outOfReach(tensor: name, floors: floors, ceilings: ceilings)
    }
    guard protectsDraft(name), let draftFloor else { return allowed }
    return draftTypes(among: allowed, atLeast: draftFloor.type, shape: shape, ceilings: ceilings)
  }

  /// Those of the allowed types that a tensor that drafts may take: down to the floor, or the floor's own where none of
  /// them reaches it; all, where a ceiling or the shape denies that too.
  private func draftTypes(
    among allowed: [TensorType], atLeast floor: TensorType, shape: TensorShape,
    ceilings: [TypeRule]
  ) -> [TensorType] {
    let fine = allowed.filter { $0.isAtLeastAsFine(as: floor) }
    guard fine.isEmpty else { return fine }
    let isPossible =
      shape.allows(floor) && runtime.loads(floor)
      && ceilings.allSatisfy { $0.type.isAtLeastAsFine(as: floor) }
    return isPossible ? [floor] : allowed
  }

  /// The types of `offered` that a tensor could take if no rule were about it.
  package func fittingTypes(shape: TensorShape, from offered: [TensorType]) -> [TensorType] {
    offered.filter { shape.allows($0) && runtime.loads($0) && types?.contains($0) ?? true }
  }

  /// The constraints with `other` as further limits of the types.
  func limited(to other: [TensorType]?) -> Constraints {
    guard let other else { return self }
    var limited = self
    limited.types = types.map { $0.filter(other.contains) } ?? other
    return limited
  }

  private func check(
    _ pin: TypeRule, for name: String, shape: TensorShape, floors: [TypeRule],
    ceilings: [TypeRule]
  ) throws(ConstraintError) {
    guard shape.allows(pin.type) else {
      throw .pinDoesNotFit(tensor: name, columns: shape.columns, rows: shape.rows, pin: pin)
    }
    guard runtime.loads(pin.type) else {
      throw .pinNotLoaded(tensor: name, pin: pin, runtime: runtime)
    }
    for floor in floors where !pin.type.isAtLeastAsFine(as: floor.type) {
      throw .pinBelowFloor(tensor: name, pin: pin, floor: floor)
    }
    for ceiling in ceilings where !ceiling.type.isAtLeastAsFine(as: pin.type) {
      throw .pinAboveCeiling(tensor: name, pin: pin, ceiling: ceiling)
    }
  }
}

extension TensorType {
  /// Whether the type has at least as many bits per weight as `other`, row headers not counted.
  fileprivate func isAtLeastAsFine(as other: TensorType) -> Bool {
    nominalBitsPerWeight >= other.nominalBitsPerWeight
  }
}
