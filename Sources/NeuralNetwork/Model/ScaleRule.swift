/// A factor that a model multiplies features by: where its value is from.
package enum ScaleRule: Sendable {
  /// Nothing is multiplied.
  case none
  /// The square root of the features between layers.
  case rootOfWidth
  /// The value of a key, which must be there.
  case stated(String)
  /// 1 by the value of a key, which must be there.
  case inverse(String)

  /// The factor in a model of so many features.
  func value(
    _ keys: ArchitectureKeys, width: Int
  ) throws(NetworkError.Problem) -> Float {
    switch self {
    case .none: 1
    case .rootOfWidth: Float(width).squareRoot()
    case .stated(let name): try keys.factor(name)
    case .inverse(let name): try 1 / keys.factor(name)
    }
  }
}
