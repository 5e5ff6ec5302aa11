import LinearAlgebra
import Threads

/// The norms of queries and of keys, each over the features of a head or of all heads together.
struct HeadNorms: Sendable {
  let queries: any Norm
  let keys: any Norm
  let place: Place

  /// Where the norms stand.
  enum Place: Sendable {
    case beforeRotation
    case behindRotation
  }
}
