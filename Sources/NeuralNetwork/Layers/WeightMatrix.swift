import LinearAlgebra
import Synchronization
import Threads

/// The weights of a linear layer, `outputs × inputs`.
enum WeightMatrix: Sendable {
  case float(Matrix)
  case bfloat(BFloatMatrix)
  case blockFloat(BlockFloatWeights)

  /// Weights for products in some arithmetic.
  init(_ matrix: Matrix, _ arithmetic: Arithmetic, on workers: Workers) {
    if let matrix = arithmetic.bfloat(matrix) {
      self = .bfloat(matrix)
    } else if arithmetic == .float {
      self = .float(matrix)
    } else {
      self = .blockFloat(
        BlockFloatWeights(BlockFloatPanels(transposing: matrix, on: workers)))
    }
  }

  /// Weights some outputs of which will be taken alone.
  init(divisible matrix: Matrix, _ arithmetic: Arithmetic) {
    self = arithmetic.bfloat(matrix).map(Self.bfloat) ?? .float(matrix)
  }

  /// Features that the layer reads.
  var inputs: Int {
    switch self {
    case .float(let matrix): matrix.columns
    case .bfloat(let matrix): matrix.columns
    case .blockFloat(let weights): weights.panels.rows
    }
  }

  /// The weights of some outputs, in the same memory.
  ///
  /// - Precondition: the weights are divisible.
  func rows(_ range: Range<Int>) -> WeightMatrix {
    switch self {
    case .float(let matrix): .float(matrix.rows(range))
    case .bfloat(let matrix): .bfloat(matrix.rows(range))
    case .blockFloat: preconditionFailure("panels are not divided")
    }
  }

  /// What the weights take in memory, padding aside.
  var bytes: Int {
    switch self {
    case .float(let matrix): matrix.rows * matrix.columns * MemoryLayout<Float>.size
    case .bfloat(let matrix): matrix.rows * matrix.columns * MemoryLayout<UInt16>.size
    case .blockFloat(let weights): weights.panels.bytes
    }
  }

  /// Sets `y` to x Wᵀ.
  func multiply(_ x: Matrix, into y: Matrix, on workers: Workers) {
    switch self {
    case .float(let matrix): y.assign(x, timesTransposed: matrix, on: workers)
    case .bfloat(let matrix): y.assign(x, timesTransposed: matrix, on: workers)
    case .blockFloat(let weights): y.assign(x, times: weights.panels, on: workers)
    }
  }

  /// Sets `dx` to dy W, or adds that to it.
  func multiplyBack(_ dy: Matrix, into dx: Matrix, adding: Bool, on workers: Workers) {
    switch self {
    case .float(let matrix): dx.assign(dy, times: matrix, adding: adding, on: workers)
    case .bfloat(let matrix): dx.assign(dy, times: matrix, adding: adding, on: workers)
    case .blockFloat(let weights):
      dx.assign(dy, times: weights.transposed(on: workers), adding: adding, on: workers)
    }
  }
}

/// Weights in block floating point, packed for products, and when gradients first ask for them for products with the
/// transposed matrix too.
final class BlockFloatWeights: Sendable {
  /// The weights as `inputs × outputs`.
  let panels: BlockFloatPanels
  private let transposed = Mutex<BlockFloatPanels?>(nil)

  init(_ panels: BlockFloatPanels) { self.panels = panels }

  /// The weights as `outputs × inputs`.
  func transposed(on workers: Workers) -> BlockFloatPanels {
    transposed.withLock { transposed in
      let panels = transposed ?? BlockFloatPanels(transposing: panels, on: workers)
      transposed = panels
      return panels
    }
  }
}

extension Arithmetic {
  /// A matrix in `bf16`, where that is how to multiply with it.
  fileprivate func bfloat(_ matrix: Matrix) -> BFloatMatrix? {
    multipliesBFloat ? BFloatMatrix(exactly: matrix) : nil
  }
}
