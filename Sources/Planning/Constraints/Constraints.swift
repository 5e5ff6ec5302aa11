package import GGUF

/// What a plan has to respect besides its budget.
package struct Constraints: Sendable {
  /// Types that are given: of the rules that match a tensor the first one holds. Neither `floors`
  /// nor `types` are asked, but a pin below a floor is an error.
  package var pins: [TypeRule]
  /// Least qualities: every rule that matches a tensor holds. A type is at least as good as another
  /// where it has at least as many bits per weight, row headers not counted.
  package var floors: [TypeRule]
  /// The only types to choose from, or nil for all that are offered.
  package var types: [TensorType]?
  /// The program that is to load the file; types it refuses are not chosen.
  package var runtime: Runtime

  /// Constraints; none by default but that ik_llama.cpp loads the file.
  package init(
    pins: [TypeRule] = [], floors: [TypeRule] = [], types: [TensorType]? = nil,
    runtime: Runtime = .ik
  ) {
    self.pins = pins
    self.floors = floors
    self.types = types
    self.runtime = runtime
  }

  /// The pin that holds for a tensor, or nil.
  package func pin(for name: String) -> TypeRule? { pins.first { $0.pattern.matches(name) } }

  /// Those of `offered` that a tensor may take, in that order; the pinned type alone, also where it
  /// is not among `offered`, for a pinned tensor; none where no type fits the shape.
  ///
  /// Throws where a pin cannot be kept, and where types fit the shape but none reaches the floors.
  package func allowedTypes(
    for name: String, shape: TensorShape, from offered: [TensorType]
  ) throws(ConstraintError) -> [TensorType] {
    let floors = floors.filter { $0.pattern.matches(name) }
    if let pin = pin(for: name) {
      try check(pin, for: name, shape: shape, floors: floors)
      return [pin.type]
    }
    let fitting = offered.filter {
      shape.allows($0) && runtime.loads($0) && types?.contains($0) ?? true
    }
    let allowed = fitting.filter { type in floors.allSatisfy { type.isAtLeastAsFine(as: $0.type) } }
    if allowed.isEmpty, !fitting.isEmpty { throw .floorTooHigh(tensor: name, floors: floors) }
    return allowed
  }

  private func check(
    _ pin: TypeRule, for name: String, shape: TensorShape, floors: [TypeRule]
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
  }
}

extension TensorType {
  /// Whether the type has at least as many bits per weight as `floor`, row headers not counted.
  fileprivate func isAtLeastAsFine(as floor: TensorType) -> Bool {
    nominalBitsPerWeight >= floor.nominalBitsPerWeight
  }
}
