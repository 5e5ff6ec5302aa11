#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

extension RotaryEmbedding {
  /// What the angles of a model depend on, and what is turned by them.
  struct Constants: Sendable, Hashable {
    /// Which features of a head make a pair.
    let pairing: Pairing
    /// Features of a head.
    let headWidth: Int
    /// Features of a head that are turned; the rest stay.
    let dimensions: Int
    /// What positions' frequencies fall from 1 to the inverse of, over the pairs.
    private(set) var base: Double
    /// What positions are multiplied by, to fit a longer text into the trained one.
    private var scale = 1.0
    /// Whether tensors of the model stretch it further.
    private(set) var isStretched = true
    /// What cosines and sines are multiplied by.
    private(set) var magnitude: Double
    /// The length of text that the model was trained on.
    let trainedLength: Int
    /// YaRN: the pairs between which scaled frequencies pass into unscaled ones.
    private var ramp: Ramp?

    /// A pair, with a fraction, where a change begins, and one where it ends.
    private struct Ramp: Hashable {
      let low: Double
      let high: Double
    }
  }
}

extension RotaryEmbedding.Constants {
  /// Reads the keys of a model.
  ///
  /// - Parameter suffix: what the names of the keys of dimensions and base end with.
  init(
    _ keys: ArchitectureKeys, pairing: RotaryEmbedding.Pairing, headWidth: Int,
    suffix: String = ""
  ) throws(NetworkError.Problem) {
    self.pairing = pairing
    self.headWidth = headWidth
    let dimensionKey = "rope.dimension_count\(suffix)"
    dimensions = try keys.count(dimensionKey, default: headWidth)
    guard dimensions <= headWidth, dimensions % 2 == 0 else {
      throw keys.unknown(dimensionKey, "\(dimensions)")
    }
    let baseKey = "rope.freq_base\(suffix)"
    base = try keys.number(baseKey, default: 10_000)
    guard base > 1 else { throw keys.unknown(baseKey, "\(base)") }
    magnitude = try keys.number("rope.scaling.attn_factor", default: 1)
    trainedLength = try keys.count(
      "rope.scaling.original_context_length", default: keys.count("context_length"))

    // Before llama.cpp had types of scaling, there was the linear one.
    let type = keys.text("rope.scaling.type") ?? "linear"
    let legacy = try keys.number("rope.scale_linear", default: 0)
    let factor = try keys.number("rope.scaling.factor", default: legacy)
    switch type {
    case "none":
      break
    case "linear", "yarn":
      if factor > 0 { scale = 1 / factor }
      if type == "yarn" {
        ramp = Ramp(
          low: max(0, pair(turning: 32).rounded(.down)),
          high: min(Double(dimensions - 1), pair(turning: 1).rounded(.up)))
        // The sharper attention of the paper, unless the model was trained without some of it: what
        // `mscale` and `mscale_all_dim` are in transformers (`modeling_rope_utils.py`).
        let multiplier = try keys.number("rope.scaling.yarn_log_multiplier", default: 0)
        let growth = 0.1 * max(0, log(1 / scale))
        magnitude *= (1 + growth) / (1 + multiplier * growth)
      }
    case "longrope":
      // The factors are in tensors.
      break
    default:
      throw keys.unknown("rope.scaling.type", type)
    }
  }

  /// These constants without scaling, and on another base unless it is nil.
  func unscaled(base: Double?) -> Self {
    var constants = self
    if let base { constants.base = base }
    constants.scale = 1
    constants.magnitude = 1
    constants.ramp = nil
    constants.isStretched = false
    return constants
  }

  /// These constants with cosines and sines as they are.
  func unmagnified() -> Self {
    var constants = self
    constants.magnitude = 1
    return constants
  }

  /// How many times as long as the trained text is the one that positions are made to fit.
  var stretch: Double { 1 / scale }

  /// The angle from one position to the next, in radians.
  ///
  /// - Parameter factor: what the tensors of a model divide it by.
  func frequency(pair: Int, factor: Double) -> Double {
    let original = pow(base, -2 * Double(pair) / Double(dimensions)) / factor
    guard let ramp else { return scale * original }
    // YaRN (Peng et al. 2023, section 3.2): fast pairs stay as they are, slow ones are scaled.
    let slow = (Double(pair) - ramp.low) / max(0.001, ramp.high - ramp.low)
    let kept = 1 - min(1, max(0, slow))
    return original * (scale * (1 - kept) + kept)
  }

  /// The pair, with a fraction, that turns so often in the length of the training text.
  private func pair(turning turns: Double) -> Double {
    Double(dimensions) * log(Double(trainedLength) / (turns * 2 * .pi)) / (2 * log(base))
  }
}
