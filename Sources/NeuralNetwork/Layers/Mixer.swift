import LinearAlgebra
import Threads

/// The half of a block in which the tokens of a sequence see each other, its weights in memory.
///
/// A mixer reads features behind a norm or as they are, and the output is added to what stands before the norm (see `Block`).
protocol Mixer: Sendable {
  /// What a run over whole sequences leaves for the gradient.
  associatedtype Trace
  /// What is kept of the tokens so far of sequences that grow token by token.
  associatedtype State: MixerState

  /// The output for whole sequences, `tokens × width`, and how it came about.
  func callAsFunction(
    _ x: Matrix, in batch: Batch, on workers: Workers
  ) -> (output: Matrix, trace: Trace)

  /// The output for one more token of every sequence, which `state` takes in.
  func callAsFunction(_ x: Matrix, after state: State, on workers: Workers) -> Matrix

  /// The gradient at the input, given that at the output; `sums` gets what every linear layer met.
  func gradient(
    _ dy: Matrix, along trace: Trace, in batch: Batch, sums: inout CalibrationSums,
    on workers: Workers
  ) -> Matrix
}

/// What a mixer keeps of the tokens so far.
protocol MixerState: AnyObject {}

/// Where a model keeps the weights of a mixer, and what its state takes.
protocol MixerTensors: Sendable {
  /// All linear layers of the mixer.
  var projections: [ProjectionTensors] { get }

  /// Reads the weights.
  ///
  /// - Parameter rotations: the rotary embeddings of all layers, for as many positions as will be met.
  func load(
    _ rotations: Rotations, from loader: WeightLoader, on workers: Workers
  ) throws -> any Mixer

  /// The layer whose state the mixer reads, where it has none of its own.
  var stateLayer: Int? { get }

  /// The state of sequences that have no token yet, with room for `capacity` tokens of each.
  func makeState(sequences: Int, capacity: Int) -> any MixerState

  /// The bytes that the state of one sequence takes, with room for `capacity` tokens.
  func stateBytes(capacity: Int) -> Int
}

extension MixerTensors {
  var stateLayer: Int? { nil }
}
