package import Codecs
import GGUF
package import Measurement
package import Planning

/// What `ration plan` is asked for.
package struct PlanRequest: Sendable {
  package var model: String
  package var statistics: String?
  package var target: Target
  package var constraints: Constraints
  package var sampling: Sampling
  /// What encoders minimise.
  package var weighting: Weighting
  /// The cache file; nil keeps measurements in memory.
  package var cache: String?
  package var allowRequantize: Bool
  /// Of the program, for provenance.
  package var version: String

  /// What limits the plan.
  package enum Target: Sendable, Equatable {
    /// Bits per weight over all tensors, their bytes alone counted, as llama.cpp prints it.
    case bitsPerWeight(Double)
    /// Bytes of the whole file.
    case fileBytes(Int)
  }

  package init(
    model: String, statistics: String?, target: Target, constraints: Constraints,
    sampling: Sampling, weighting: Weighting = .importance, cache: String?, allowRequantize: Bool,
    version: String
  ) {
    self.model = model
    self.statistics = statistics
    self.target = target
    self.constraints = constraints
    self.sampling = sampling
    self.weighting = weighting
    self.cache = cache
    self.allowRequantize = allowRequantize
    self.version = version
  }
}

extension PlanRequest.Target {
  /// Whether the whole file counts, not its tensors alone.
  var countsFile: Bool { if case .fileBytes = self { true } else { false } }
}
