package import LinearAlgebra
package import Threads

/// Sees what linear layers read while a network runs.
package protocol InputObserver: AnyObject, Sendable {
  /// Called before a projection works on its input, by the thread that runs the network.
  ///
  /// - Parameters:
  ///   - x: the input, `tokens × columns`.
  ///   - weight: the name of the projection's first weight.
  ///   - slice: the number of the expert that it belongs to; 0 without experts.
  func observe(_ x: Matrix, of weight: String, slice: Int, on workers: Workers)
}
