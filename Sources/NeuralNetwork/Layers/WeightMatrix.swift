import LinearAlgebra
import Threads

/// The weights of a linear layer, `outputs × inputs`.
enum WeightMatrix: Sendable {
  case float(Matrix)
  case bfloat(BFloatMatrix)

  /// Weights for products in some arithmetic.
  init(_ matrix: Matrix, _ arithmetic: Arithmetic) {
    if arithmetic == .bfloat, Arithmetic.hasBFloat, let matrix = BFloatMatrix(exactly: matrix) {
      self = .bfloat(matrix)
    } else {
      self = .float(matrix)
    }
  }

  /// Features that the layer reads.
  var inputs: Int {
    switch self {
    case .float(let matrix): matrix.columns
    case .bfloat(let matrix): matrix.columns
    }
  }

  /// The weights of some outputs, in the same memory.
  func rows(_ range: Range<Int>) -> WeightMatrix {
    switch self {
    case .float(let matrix): .float(matrix.rows(range))
    case .bfloat(let matrix): .bfloat(matrix.rows(range))
    }
  }

  /// What the weights take in memory, padding aside.
  var bytes: Int {
    switch self {
    case .float(let matrix): matrix.rows * matrix.columns * MemoryLayout<Float>.size
    case .bfloat(let matrix): matrix.rows * matrix.columns * MemoryLayout<UInt16>.size
    }
  }

  /// Sets `y` to x Wᵀ.
  func multiply(_ x: Matrix, into y: Matrix, on workers: Workers) {
    switch self {
    case .float(let matrix): y.assign(x, timesTransposed: matrix, on: workers)
    case .bfloat(let matrix): y.assign(x, timesTransposed: matrix, on: workers)
    }
  }

  /// Sets `dx` to dy W, or adds that to it.
  func multiplyBack(_ dy: Matrix, into dx: Matrix, adding: Bool, on workers: Workers) {
    switch self {
    case .float(let matrix): dx.assign(dy, times: matrix, adding: adding, on: workers)
    case .bfloat(let matrix): dx.assign(dy, times: matrix, adding: adding, on: workers)
    }
  }
}
