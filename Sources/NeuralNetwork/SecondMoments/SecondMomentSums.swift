import LinearAlgebra
import Statistics
import Threads

/// Sums up the second moments of what some sites read, each once for all of its weights.
///
/// The first weight of a site speaks for all: other projections read the same, or, as experts do, parts of it. Experts
/// that have one slice together are taken at all visits.
final class SecondMomentSums: InputObserver, @unchecked Sendable {
  // Unchecked: used by the thread alone that runs the network.
  private let sites: [String: SecondMomentSite]
  private let arithmetic: Arithmetic
  private var sums: [String: [TriangleSums?]] = [:]

  init(_ sites: [SecondMomentSite], _ arithmetic: Arithmetic) {
    self.sites = Dictionary(uniqueKeysWithValues: sites.map { ($0.weights[0], $0) })
    self.arithmetic = arithmetic
  }

  func observe(_ x: Matrix, of weight: String, slice: Int, on workers: Workers) {
    guard let site = sites[weight] else { return }
    guard let tiles = TriangleTiles(columns: x.columns) else {
      preconditionFailure("features of no size")
    }
    var slices = sums.removeValue(forKey: weight) ?? Array(repeating: nil, count: site.slices)
    let own = site.slices == 1 ? 0 : slice
    let sum = slices[own] ?? TriangleSums(tiles)
    sum.add(x, arithmetic, on: workers)
    slices[own] = sum
    sums[weight] = slices
  }

  /// The sums of a site, slice by slice, nil for slices that no token reached; they are forgotten.
  func take(_ site: SecondMomentSite) -> [TriangleSums?] {
    sums.removeValue(forKey: site.weights[0]) ?? Array(repeating: nil, count: site.slices)
  }
}
