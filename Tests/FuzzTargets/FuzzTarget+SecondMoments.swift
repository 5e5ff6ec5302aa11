import GGUF
import Statistics

extension FuzzTarget {
  /// The reader of second moments. What a file has of its own weights is of their shape, finite, and made of
  /// correlations.
  ///
  /// Tiles take much room. So zeros stand for what the input ends before, and inputs are little more than headers.
  static let secondMoments = FuzzTarget("second-moments") { bytes in
    var padded = Array(bytes)
    padded += Array(repeating: 0, count: max(0, (1 << 20) - padded.count))
    try padded.withUnsafeBytes { try ScratchFile.with($0, read) }
  }

  private static func read(_ path: String) throws {
    let file = try SecondMomentFile.read(path: path)
    for site in file.sites {
      for weight in site.weights {
        let tensor = try TensorDescriptor(
          name: weight, shape: [site.columns, 1, site.slices], type: .F32)
        for slice in 0..<site.slices {
          for half in [0, 1, nil] {
            guard let moment = try file.moment(of: tensor, slice: slice, half: half) else {
              continue
            }
            precondition(moment.columns == site.columns && moment.tokens > 0)
            precondition(moment.meanSquares.allSatisfy { $0.isFinite && $0 >= 0 })
            precondition(moment.correlations.values.allSatisfy { abs($0) <= 1 })
          }
        }
      }
    }
  }
}
