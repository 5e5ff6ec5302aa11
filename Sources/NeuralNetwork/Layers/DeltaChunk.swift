import Codecs
import KernelsC
import LinearAlgebra

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// Some tokens in a row of one head under the delta rule (see `DeltaRule`), in products of matrices.
///
/// With γ the sum of the decays from the first token to one, d = σ (v − u) what a token writes, and S₀ the state before
/// the chunk:
///
///     u(t) = e^γ(t) S₀ᵀ k(t) + Σ A(t,s) d(s)    with A(t,s) = e^(γ(t) − γ(s)) k(t)·k(s) for s < t
///     o(t) = e^γ(t) S₀ᵀ q(t) + Σ P(t,s) d(s)    with P(t,s) = e^(γ(t) − γ(s)) q(t)·k(s) for s ≤ t
///     S    = e^γ(n) S₀ + Σ e^(γ(n) − γ(s)) k(s) d(s)ᵀ
///
/// Only the first line goes from token to token. Exponents are of differences, which are not positive, so nothing
/// overflows where states fade.
struct DeltaChunk {
  private let count: Int
  /// γ of each token.
  private let reach: [Float]
  private let strengths: Matrix
  /// The state before the chunk.
  private let state: Matrix
  /// Keys and, below them, queries.
  private let lookups: Matrix
  /// e^γ times the lookups.
  private let fadedLookups: Matrix
  /// A and, below it, P.
  private let weights: Matrix
  /// What the state before the chunk says to each lookup.
  private let recalls: Matrix
  /// v − u of each token.
  private let misses: Matrix
  /// d of each token.
  private let writes: Matrix

  /// - Parameters:
  ///   - decays: the logarithm g of each token, in one column.
  ///   - strengths: σ of each token, in one column.
  ///   - state: the state before the chunk.
  init(
    queries: Matrix, keys: Matrix, values: Matrix, decays: Matrix, strengths: Matrix, state: Matrix
  ) {
    let kernels = Kernels.active.pointee
    let (count, width) = (keys.rows, keys.columns)
    self.count = count
    self.strengths = strengths
    self.state = state
    var sum: Float = 0
    let reach = (0..<count).map { row in
      sum += decays[row][0]
      return sum
    }
    self.reach = reach

    lookups = Matrix(rows: 2 * count, columns: width)
    fadedLookups = Matrix(rows: 2 * count, columns: width)
    for row in 0..<count {
      lookups[row].update(from: keys[row], count: width)
      lookups[count + row].update(from: queries[row], count: width)
      for target in [row, count + row] {
        fadedLookups.setRow(target, to: exp(reach[row]), times: lookups[target])
      }
    }

    weights = Matrix(rows: 2 * count, columns: count)
    weights.assign(lookups, timesTransposed: lookups.rows(0..<count))
    for row in 0..<count {
      for (target, seen) in [(row, row), (count + row, row + 1)] {
        kernels.scale_by_decay(weights[target], reach, reach[row], Int32(seen))
        (weights[target] + seen).update(repeating: 0, count: count - seen)
      }
    }

    recalls = Matrix(rows: 2 * count, columns: width)
    recalls.assign(fadedLookups, times: state)
    misses = Matrix(rows: count, columns: width)
    writes = Matrix(rows: count, columns: width)
    for row in 0..<count {
      let miss = misses[row]
      for column in 0..<width { miss[column] = values[row][column] - recalls[row][column] }
      kernels.subtract_rows(
        weights[row], 1, writes[0], Int32(width), Int32(row), Int32(width), miss)
      writes.setRow(row, to: strengths[row][0], times: miss)
    }
  }

  /// Sets a row for each token to what its query finds.
  func find(into output: Matrix) {
    output.assign(recalls.rows(count..<2 * count))
    output.assign(weights.rows(count..<2 * count), times: writes, adding: true)
  }

  /// Makes the state before the chunk, or a copy of it, that behind it.
  func advance(_ state: Matrix) {
    state.scale(by: exp(reach[count - 1]))
    state.add(transposed: fadedKeys, times: writes)
  }

  /// The keys as the state behind the chunk has them.
  private var fadedKeys: Matrix {
    let faded = Matrix(rows: count, columns: lookups.columns)
    for row in 0..<count { faded.setRow(row, to: fading(of: row), times: lookups[row]) }
    return faded
  }

  /// What is left behind the chunk of what a token writes.
  private func fading(of row: Int) -> Float { exp(reach[count - 1] - reach[row]) }

  /// The gradients of a chunk, a row for each token.
  struct Gradients {
    let queries: Matrix
    let keys: Matrix
    let values: Matrix
    /// One column.
    let decays: Matrix
    /// One column.
    let strengths: Matrix
  }

  /// Adds the gradients at queries, keys and values, and sets those at the gates.
  ///
  /// With D the gradient at d, found from the last token to the first, and w = σ D that at v − u:
  ///
  ///     D(s) = Σ P(t,s) dO(t) + e^(γ(n) − γ(s)) dSᵀ k(s) − Σ A(t,s) w(t)
  ///     dσ = D·(v − u)        dv = w        dA = −w dᵀ        dP = dO dᵀ
  ///
  /// Where a weight is e^(γ(t) − γ(s)) times something, its gradient times the weight adds to the gradient at γ(t), and
  /// takes as much from that at γ(s). The gradient at a decay is the sum of those at γ from its token on.
  ///
  /// - Parameters:
  ///   - dOutput: the gradient at what queries find.
  ///   - dState: that at the state behind the chunk, which becomes that at the state before it.
  func addGradients(_ gradients: Gradients, at dOutput: Matrix, replacing dState: Matrix) {
    let kernels = Kernels.active.pointee
    let width = lookups.columns
    let n = Int32(width)
    let fadedKeys = fadedKeys
    var dReach = [Float](repeating: 0, count: count)

    // What tokens write, found backwards, and the gradients at recalls: −w and, below it, dO.
    let dWrites = Matrix(rows: count, columns: width)
    dWrites.assign(fadedKeys, times: dState)
    dWrites.add(transposed: weights.rows(count..<2 * count), times: dOutput)
    let dMisses = Matrix(rows: count, columns: width)
    let dRecalls = Matrix(rows: 2 * count, columns: width)
    for row in (0..<count).reversed() {
      let later = count - 1 - row
      if later > 0 {
        kernels.subtract_rows(
          weights[row + 1] + row, Int32(weights.stride), dMisses[row + 1], n, Int32(later), n,
          dWrites[row])
      }
      gradients.strengths[row][0] = kernels.dot(dWrites[row], misses[row], n)
      dMisses.setRow(row, to: strengths[row][0], times: dWrites[row])
      dRecalls.setRow(row, to: -1, times: dMisses[row])
      dRecalls[count + row].update(from: dOutput[row], count: width)
      gradients.values.addRow(row, dMisses[row])
    }

    // The weights, and what their decays say.
    let dWeights = Matrix(rows: 2 * count, columns: count)
    dWeights.assign(dRecalls, timesTransposed: writes)
    for row in 0..<count {
      for (target, seen) in [(row, row), (count + row, row + 1)] {
        let (weight, gradient) = (weights[target], dWeights[target])
        for other in 0..<seen { dReach[other] -= weight[other] * gradient[other] }
        dReach[row] += kernels.dot(weight, gradient, Int32(seen))
        kernels.scale_by_decay(gradient, reach, reach[row], Int32(seen))
        (gradient + seen).update(repeating: 0, count: count - seen)
      }
    }

    // Keys and queries: by the state before the chunk, by each other, and by the state behind the chunk.
    let dLookups = Matrix(rows: 2 * count, columns: width)
    dLookups.assign(dRecalls, timesTransposed: state)
    for row in 0..<count {
      for target in [row, count + row] {
        dReach[row] += kernels.dot(dLookups[target], fadedLookups[target], n)
        dLookups.rows(target..<target + 1).scale(by: exp(reach[row]))
      }
    }
    dLookups.assign(dWeights, times: lookups.rows(0..<count), adding: true)
    dLookups.rows(0..<count).add(transposed: dWeights, times: lookups)
    let dFadedKeys = Matrix(rows: count, columns: width)
    dFadedKeys.assign(writes, timesTransposed: dState)
    for row in 0..<count {
      let faded = kernels.dot(dFadedKeys[row], fadedKeys[row], n)
      dReach[row] -= faded
      dReach[count - 1] += faded
      kernels.add_combination(
        fading(of: row), dFadedKeys[row], 1, dLookups[row], n, gradients.keys[row])
      gradients.queries.addRow(row, dLookups[count + row])
    }

    // The state before the chunk.
    let fading = exp(reach[count - 1])
    for row in 0..<state.rows {
      dReach[count - 1] += fading * kernels.dot(dState[row], state[row], Int32(state.columns))
    }
    dState.scale(by: fading)
    dState.add(transposed: fadedLookups, times: dRecalls)

    var sum: Float = 0
    for row in (0..<count).reversed() {
      sum += dReach[row]
      gradients.decays[row][0] = sum
    }
  }
}

extension Matrix {
  /// Sets a row to a multiple of some values.
  fileprivate func setRow(_ row: Int, to factor: Float, times values: UnsafePointer<Float>) {
    let target = self[row]
    for column in 0..<columns { target[column] = factor * values[column] }
  }

  /// Adds values to a row.
  fileprivate func addRow(_ row: Int, _ values: UnsafePointer<Float>) {
    let target = self[row]
    for column in 0..<columns { target[column] += values[column] }
  }
}
