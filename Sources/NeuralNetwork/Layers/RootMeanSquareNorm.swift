import Codecs
import KernelsC

/// Scales a group of features to a root mean square of 1 and then each by its weight:
/// y = w x r with r = 1 / √(mean(x²) + ε).
struct RootMeanSquareNorm: Norm {
  /// Those of one group for all, or of as many groups as stand side by side.
  let weights: [Float]
  let epsilon: Float
  let width: Int

  /// - Parameter width: features of a group; nil where all groups share the weights.
  init(weights: [Float], epsilon: Float, width: Int? = nil) {
    self.weights = weights
    self.epsilon = epsilon
    self.width = width ?? weights.count
  }

  func normalize(_ x: UnsafePointer<Float>, group: Int, into y: UnsafeMutablePointer<Float>) {
    withWeights(of: group) { weights in
      Kernels.active.pointee.scaled_product(x, weights, inverseRoot(x), Int32(width), y)
    }
  }

  /// dx = d − r² mean(d x) x with d = r w dy.
  func setGradient(
    _ dx: UnsafeMutablePointer<Float>, at x: UnsafePointer<Float>, _ dy: UnsafePointer<Float>,
    group: Int
  ) {
    let kernels = Kernels.active.pointee
    let (inverse, count) = (inverseRoot(x), Int32(width))
    withWeights(of: group) { kernels.scaled_product(dy, $0, inverse, count, dx) }
    let mean = kernels.dot(dx, x, count) / Float(width)
    kernels.add_combination(-inverse * inverse * mean, x, 0, x, count, dx)
  }

  private func inverseRoot(_ x: UnsafePointer<Float>) -> Float {
    1 / (Kernels.active.pointee.dot(x, x, Int32(width)) / Float(width) + epsilon).squareRoot()
  }

  private func withWeights(of group: Int, _ body: (UnsafePointer<Float>) -> Void) {
    weights.withUnsafeBufferPointer { body($0.baseAddress! + group * width % weights.count) }
  }
}
