import GGUF

/// Weights that read the same features, of which second moments are kept once: queries, keys and values of a layer,
/// or gates and what they gate.
package struct SecondMomentSite: Sendable, Hashable {
  /// The names of the weights, at least one. The entries of the site are named after the first.
  package let weights: [String]
  /// Features that they read.
  package let columns: Int
  /// Slices that read features of their own, as experts do behind their gates; 1 where all slices read the same.
  package let slices: Int

  package init(weights: [String], columns: Int, slices: Int) {
    self.weights = weights
    self.columns = columns
    self.slices = slices
  }
}

extension SecondMomentSite {
  /// The parts of the text that second moments are kept of apart, so that what was fitted to one can be tried on the
  /// other.
  static let halves = 2

  /// What a file has of each site, in the order of the file.
  enum Part: String, CaseIterable {
    case squares = ".moment_squares"
    case counts = ".moment_counts"
    case correlations = ".moment"

    var type: TensorType {
      switch self {
      case .squares, .counts: .F32
      case .correlations: .F16
      }
    }
  }

  /// The name of an entry.
  func entry(_ part: Part) -> String { weights[0] + part.rawValue }

  /// The shape of an entry, fastest dimension first; nil where there is none for so many columns.
  func shape(_ part: Part) -> [Int]? {
    switch part {
    case .squares: [columns, slices, Self.halves]
    case .counts: [1, slices, Self.halves]
    case .correlations:
      TriangleTiles(columns: columns).map {
        [TriangleTiles.side, TriangleTiles.side * $0.count, slices, Self.halves]
      }
    }
  }

  /// Where what belongs to a slice in a half stands among all that do.
  func place(slice: Int, half: Int) -> Int { half * slices + slice }
}
