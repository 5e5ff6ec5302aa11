import GGUF
import Threads

/// The sizes of a layer's gated delta net.
struct GatedDeltaParameters: Sendable {
  /// Tokens that the convolution sees.
  let taps: Int
  /// Heads of queries and keys.
  let keyHeads: Int
  /// Heads of values, each with a state.
  let heads: Int
  /// Features of a query, a key and a value.
  let headWidth: Int

  /// Reads the keys that the programs load such models by (`src/llama-hparams.cpp` of ik_llama.cpp, 8337e4cd).
  init(_ keys: ArchitectureKeys) throws(NetworkError.Problem) {
    taps = try keys.count("ssm.conv_kernel")
    keyHeads = try keys.count("ssm.group_count")
    heads = try keys.count("ssm.time_step_rank")
    headWidth = try keys.count("ssm.state_size")
    guard headWidth <= Self.widest else { throw keys.unknown("ssm.state_size", "\(headWidth)") }
    guard heads % keyHeads == 0 else { throw keys.unknown("ssm.group_count", "\(keyHeads)") }
    let values = try keys.count("ssm.inner_size")
    guard values == heads * headWidth else { throw keys.unknown("ssm.inner_size", "\(values)") }
  }

  /// The widest head that is taken for one, several times those of models. A state has its square in values, far more
  /// than any tensor states.
  private static let widest = 1024
}

/// Where a model keeps the weights of a layer's gated delta net.
struct GatedDeltaTensors: MixerTensors {
  private let parameters: GatedDeltaParameters
  private let epsilon: Float
  private let heads: DeltaHeads
  private let input: ProjectionTensors
  private let order: ColumnOrder?
  private let convolution: TensorDescriptor
  private let rates: TensorDescriptor
  private let biases: TensorDescriptor
  private let norm: TensorDescriptor
  private let output: ProjectionTensors

  /// Finds the tensors of a layer and checks their shapes.
  ///
  /// β and α are in a tensor each, or in `ssm_ba`, of key head after key head. In models with the former, heads that
  /// share one of keys stand as far apart as there are key heads; in those with the latter they are neighbours. Early
  /// files of these have queries, keys, values and gates of the output in one tensor, `ssm_in`, of key head after key
  /// head as well (`src/llama-delta-net.cpp` of ik_llama.cpp, 8337e4cd).
  ///
  /// - Parameter model: the constants of the whole model.
  init(
    _ tensors: inout LayerTensors, _ parameters: GatedDeltaParameters, of model: Hyperparameters
  ) throws(NetworkError.Problem) {
    self.parameters = parameters
    epsilon = model.epsilon
    let isFused = tensors.has("ssm_ba.weight")
    let heads = DeltaHeads(
      keyHeads: parameters.keyHeads, count: parameters.heads, width: parameters.headWidth,
      sharing: isFused ? .inGroups : .inTurns)
    self.heads = heads
    let (features, values, count) = (heads.features, heads.valueWidth, heads.count)
    let standTogether = isFused && tensors.has("ssm_in.weight")
    input =
      if standTogether {
        try ProjectionTensors(
          &tensors, ["ssm_in": features + values, "ssm_ba": 2 * count], inputs: model.width)
      } else if isFused {
        try ProjectionTensors(
          &tensors, ["attn_qkv": features, "attn_gate": values, "ssm_ba": 2 * count],
          inputs: model.width)
      } else {
        try ProjectionTensors(
          &tensors,
          ["attn_qkv": features, "attn_gate": values, "ssm_beta": count, "ssm_alpha": count],
          inputs: model.width)
      }
    order =
      isFused
      ? ColumnOrder(heads.runs(standTogether: standTogether)) : nil
    convolution = try tensors.take("ssm_conv1d.weight", shape: [parameters.taps, features])
    rates = try tensors.take("ssm_a", shape: [count])
    biases = try tensors.take("ssm_dt.bias", shape: [count])
    norm = try tensors.take("ssm_norm.weight", shape: [heads.width])
    output = try ProjectionTensors(&tensors, ["ssm_out": model.width], inputs: values)
  }

  var projections: [ProjectionTensors] { [input, output] }

  func load(
    _ rotations: Rotations, from loader: WeightLoader, on workers: Workers
  ) throws -> any Mixer {
    GatedDeltaNet(
      input: try input.load(from: loader, on: workers), order: order,
      convolution: ShortConvolution(
        weights: try loader.values(convolution), taps: parameters.taps),
      lengths: (queries: lengthNorm(1 / Float(heads.width)), keys: lengthNorm(1)),
      gates: DeltaGateRule(rates: try loader.vector(rates), biases: try loader.vector(biases)),
      rule: DeltaRule(heads: heads), norm: try loader.norm(norm, epsilon: epsilon),
      output: try output.load(from: loader, on: workers))
  }

  func makeState(sequences: Int, capacity: Int) -> any MixerState {
    DeltaState(
      sequences: sequences, length: parameters.taps, features: heads.features,
      heads: DeltaRule(heads: heads).makeStates(sequences: sequences))
  }

  func stateBytes(capacity: Int) -> Int {
    (parameters.taps * heads.features + heads.valueWidth * heads.width) * MemoryLayout<Float>.size
  }

  /// The norm that gives a head a length whose square is this: x √s / √(Σ x² + ε).
  private func lengthNorm(_ square: Float) -> RootMeanSquareNorm {
    let width = Float(heads.width)
    return RootMeanSquareNorm(
      weights: Array(repeating: (square / width).squareRoot(), count: heads.width),
      epsilon: epsilon / width)
  }
}

extension DeltaHeads {
  /// Where queries, keys, values, gates of the output, β and α stand in tensors that have β and α of key head after key
  /// head.
  ///
  /// - Parameter standTogether: whether the others stand in that way, too.
  fileprivate func runs(standTogether: Bool) -> [Range<Int>] {
    let shared = count / keyHeads
    let start = features + valueWidth
    let others =
      standTogether
      ? ColumnOrder.runs(
        partingHeads: keyHeads, into: [width, width, shared * width, shared * width], from: 0)
      : [0..<start]
    return others
      + ColumnOrder.runs(partingHeads: keyHeads, into: [shared, shared], from: start)
  }
}
