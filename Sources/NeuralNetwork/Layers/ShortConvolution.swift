import Codecs
import KernelsC
import LinearAlgebra
import Threads

/// A causal convolution over a few tokens, of each feature by itself: y(t) = Σ w(i) ∘ x(t − n + 1 + i) over n taps i.
/// Before a sequence there are zeros.
struct ShortConvolution: Sendable {
  /// The weights of a tap for all features, `taps × features`; the last tap weighs the token itself.
  private let taps: Matrix
  /// The same with the last tap first.
  private let reversed: Matrix

  /// - Parameter weights: the taps of each feature, feature after feature.
  init(weights: [Float], taps count: Int) {
    let features = weights.count / count
    taps = Matrix(rows: count, columns: features)
    reversed = Matrix(rows: count, columns: features)
    for tap in 0..<count {
      for feature in 0..<features {
        taps[tap][feature] = weights[feature * count + tap]
        reversed[count - 1 - tap][feature] = taps[tap][feature]
      }
    }
  }

  /// How many tokens the convolution sees, the present one among them.
  var length: Int { taps.rows }

  /// The convolved features of whole sequences, whose rows follow one another.
  func callAsFunction(_ x: Matrix, in sequences: [Range<Int>], on workers: Workers) -> Matrix {
    let y = Matrix(rows: x.rows, columns: x.columns)
    forEachRow(of: sequences, on: workers) { row, sequence in
      let seen = min(length, row + 1 - sequence.lowerBound)
      Kernels.active.pointee.multiply_rows(
        x[row + 1 - seen], Int32(x.stride), taps[length - seen], Int32(seen), Int32(x.columns),
        y[row])
    }
    return y
  }

  /// The convolved features of the last token of each sequence, of which the tokens that the convolution sees are there.
  func last(_ seen: Matrix, in sequences: [Range<Int>], on workers: Workers) -> Matrix {
    let y = Matrix(rows: sequences.count, columns: seen.columns)
    workers.forEach(sequences.count) { sequence in
      Kernels.active.pointee.multiply_rows(
        seen[sequences[sequence].lowerBound], Int32(seen.stride), taps[0], Int32(length),
        Int32(seen.columns), y[sequence])
    }
    return y
  }

  /// Sets the gradient at the features, given that at the convolved ones.
  func setGradient(
    _ dx: Matrix, at dy: Matrix, in sequences: [Range<Int>], on workers: Workers
  ) {
    forEachRow(of: sequences, on: workers) { row, sequence in
      let seeing = min(length, sequence.upperBound - row)
      Kernels.active.pointee.multiply_rows(
        dy[row], Int32(dy.stride), reversed[0], Int32(seeing), Int32(dy.columns), dx[row])
    }
  }

  private func forEachRow(
    of sequences: [Range<Int>], on workers: Workers, _ body: @Sendable (Int, Range<Int>) -> Void
  ) {
    let owners = sequences.flatMap { Array(repeating: $0, count: $0.count) }
    workers.forEachRange(of: owners.count, size: 32) { rows in
      for row in rows { body(row, owners[row]) }
    }
  }
}
