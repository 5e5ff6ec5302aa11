/// One value per trial: sixteen trials run side by side in a kernel.
typealias Lanes = SIMD16<Float>

/// Sixteen ways to reconstruct a block: a scale each, and a shift of the values.
struct Trials {
  var scales = Lanes()
  var shifts = Lanes()
}

extension SIMD16<Float> {
  /// Calls `body` with the address of the first lane.
  @inline(__always)
  mutating func withPointer<R>(_ body: (UnsafeMutablePointer<Float>) -> R) -> R {
    withUnsafeMutableBytes(of: &self) {
      body($0.baseAddress!.assumingMemoryBound(to: Float.self))
    }
  }
}

/// Calls `body` with the addresses of the first lanes of `a` and `b`.
@inline(__always)
func withLanes<R>(
  _ a: Lanes, _ b: Lanes, _ body: (UnsafePointer<Float>, UnsafePointer<Float>) -> R
) -> R {
  var a = a
  var b = b
  return a.withPointer { a in b.withPointer { b in body(a, b) } }
}
