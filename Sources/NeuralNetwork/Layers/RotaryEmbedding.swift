import Codecs
import KernelsC
import LinearAlgebra
import Threads

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// Turns pairs of features of every head by angles that grow with the token's position.
package struct RotaryEmbedding: Sendable {
  /// Which features make a pair.
  package enum Pairing: Sendable {
    /// Features 2k and 2k + 1: ggml's normal RoPE.
    case neighbours
    /// Features k and k + n / 2: ggml's NeoX RoPE.
    case halves
  }

  private let constants: Constants
  /// The cosine of every pair's angle, `positions × pairs`.
  private let cosines: Matrix
  /// The sine of every pair's angle, `positions × pairs`.
  private let sines: Matrix

  /// A table for positions up to `length`.
  ///
  /// - Parameter factors: what each pair's frequency is divided by, from a tensor of the model.
  init(_ constants: Constants, factors: [Float]?, length: Int) {
    self.constants = constants
    let pairs = constants.dimensions / 2
    cosines = Matrix(rows: length, columns: pairs)
    sines = Matrix(rows: length, columns: pairs)
    for pair in 0..<pairs {
      let frequency = constants.frequency(pair: pair, factor: Double(factors?[pair] ?? 1))
      for position in 0..<length {
        let angle = Double(position) * frequency
        cosines[position][pair] = Float(cos(angle) * constants.magnitude)
        sines[position][pair] = Float(sin(angle) * constants.magnitude)
      }
    }
  }

  /// Turns every head of some columns of tokens.
  ///
  /// - Parameter inverse: Turns back: the gradient at the input, given that at the output.
  func rotate(_ x: Matrix, at positions: [Int], inverse: Bool = false, on workers: Workers) {
    workers.forEachRange(of: x.rows, size: 32) { rows in
      let kernels = Kernels.active.pointee
      let rotation =
        switch constants.pairing {
        case .neighbours: kernels.rotate_neighbours!
        case .halves: kernels.rotate_halves!
        }
      for row in rows {
        let position = positions[row]
        for head in Swift.stride(from: 0, to: x.columns, by: constants.headWidth) {
          rotation(
            x[row] + head, Int32(2 * cosines.columns), cosines[position], sines[position],
            inverse ? -1 : 1)
        }
      }
    }
  }
}
