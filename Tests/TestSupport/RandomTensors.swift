/// Tensors of a random model in `f32`, the same on every machine.
package struct RandomTensors {
  package private(set) var all: [GGUFFixture.Tensor] = []
  private var random: SeededGenerator

  package init(seed: UInt64) { random = SeededGenerator(seed: seed) }

  /// Adds a tensor of values that are spread evenly.
  ///
  /// - Parameters:
  ///   - shape: columns first, as GGUF has it.
  ///   - spread: how far values lie from the centre; by default as far as keeps features of one size from layer
  ///     to layer.
  package mutating func add(
    _ name: String, _ shape: [Int], around centre: Float = 0, spread: Float? = nil
  ) {
    let spread = spread ?? 2.4 / Float(shape[0]).squareRoot()
    all.append(
      .f32(
        name, shape.map(Int64.init),
        (0..<shape.reduce(1, *)).map { _ in
          centre + spread * Float.random(in: -1...1, using: &random)
        }))
  }

  /// Adds a tensor of given values.
  package mutating func add(_ tensor: GGUFFixture.Tensor) { all.append(tensor) }

  /// Adds the weight of a norm, and its bias if it has one.
  package mutating func addNorm(
    _ name: String, _ width: Int = TestNetwork.width, hasBias: Bool = false
  ) {
    add("\(name).weight", [width], around: 1, spread: 0.4)
    if hasBias { add("\(name).bias", [width], spread: 0.5) }
  }
}
