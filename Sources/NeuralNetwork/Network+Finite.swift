import Codecs
import Threads

extension Network {
  /// Checks that a layer has given numbers: after one that is NaN, all statistics would be.
  func checkFinite(_ x: Matrix, behind layer: Int) throws {
    try workers.forEach(x.rows) { row in
      guard UnsafeBufferPointer(x.row(row)).firstNonFinite == nil else {
        throw NetworkError(path: path, .features(layer: layer))
      }
    }
  }
}
