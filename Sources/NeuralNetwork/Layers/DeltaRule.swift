import LinearAlgebra
import Threads

/// Linear attention by the gated delta rule (Yang et al., "Gated Delta Networks", arXiv 2412.06464): every head has a
/// state S, `width × width`, that finds values by keys. A token lets it fade, moves what it finds by the token's key
/// towards the token's value, and looks up its query:
///
///     S ← e^g S        u = Sᵀ k        S ← S + k (σ (v − u))ᵀ        o = Sᵀ q
///
/// Tokens are worked on a chunk at a time, in products of matrices (see `DeltaChunk`).
struct DeltaRule: Sendable {
  let heads: DeltaHeads

  /// Tokens of a chunk.
  private static let chunk = 64

  /// What every head finds for each token's query, `tokens × values`.
  ///
  /// - Parameters:
  ///   - qkv: queries, keys and values, in rows that `DeltaHeads` describes.
  ///   - sequences: the rows of each, which follow one another.
  ///   - states: those before the sequences, `width` rows for each head of each sequence; they become those behind.
  ///   - checkpoints: room for the states before each chunk (see `makeCheckpoints`); nil where no gradient is to come.
  func callAsFunction(
    _ qkv: Matrix, _ gates: DeltaGates, in sequences: [Range<Int>], from states: Matrix,
    keeping checkpoints: Matrix? = nil, on workers: Workers
  ) -> Matrix {
    let output = Matrix(rows: qkv.rows, columns: heads.valueWidth)
    forEachKeyHead(of: sequences, on: workers) { sequence, keyHead, chunks in
      for head in heads.heads(of: keyHead) {
        let state = state(sequence * heads.count + head, of: states)
        for (number, rows) in chunks {
          if let checkpoints {
            self.state(number * heads.count + head, of: checkpoints).assign(state)
          }
          let chunk = chunk(rows, of: qkv, gates, head, keyHead, from: state)
          chunk.find(into: heads.output(head, of: output.rows(rows)))
          chunk.advance(state)
        }
      }
    }
    return output
  }

  /// Sets the gradients at queries, keys, values and gates, given that at the output, of sequences that began with
  /// states of zeros.
  func setGradients(
    _ dqkv: Matrix, _ dGates: DeltaGates, at qkv: Matrix, _ gates: DeltaGates,
    from checkpoints: Matrix, _ dOutput: Matrix, in sequences: [Range<Int>], on workers: Workers
  ) {
    dqkv.clear()
    forEachKeyHead(of: sequences, on: workers) { sequence, keyHead, chunks in
      for head in heads.heads(of: keyHead) {
        let dState = Matrix.zeros(rows: heads.width, columns: heads.width)
        for (number, rows) in chunks.reversed() {
          let state = state(number * heads.count + head, of: checkpoints)
          let chunk = chunk(rows, of: qkv, gates, head, keyHead, from: state)
          let gradient = dqkv.rows(rows)
          chunk.addGradients(
            DeltaChunk.Gradients(
              queries: heads.queries(keyHead, of: gradient),
              keys: heads.keys(keyHead, of: gradient), values: heads.values(head, of: gradient),
              decays: dGates.decays.rows(rows).columns(head..<head + 1),
              strengths: dGates.strengths.rows(rows).columns(head..<head + 1)),
            at: heads.output(head, of: dOutput.rows(rows)), replacing: dState)
        }
      }
    }
  }

  /// States of zeros, for so many sequences.
  func makeStates(sequences: Int) -> Matrix {
    Matrix.zeros(rows: sequences * heads.count * heads.width, columns: heads.width)
  }

  /// Room for the states before each chunk of some sequences.
  func makeCheckpoints(of sequences: [Range<Int>]) -> Matrix {
    let chunks = sequences.reduce(0) { $0 + ($1.count + Self.chunk - 1) / Self.chunk }
    return Matrix(rows: chunks * heads.count * heads.width, columns: heads.width)
  }

  private func chunk(
    _ rows: Range<Int>, of qkv: Matrix, _ gates: DeltaGates, _ head: Int, _ keyHead: Int,
    from state: Matrix
  ) -> DeltaChunk {
    let qkv = qkv.rows(rows)
    return DeltaChunk(
      queries: heads.queries(keyHead, of: qkv), keys: heads.keys(keyHead, of: qkv),
      values: heads.values(head, of: qkv),
      decays: gates.decays.rows(rows).columns(head..<head + 1),
      strengths: gates.strengths.rows(rows).columns(head..<head + 1), state: state)
  }

  private func state(_ number: Int, of states: Matrix) -> Matrix {
    states.rows(number * heads.width..<(number + 1) * heads.width)
  }

  /// Calls `body` for every key head of every sequence, what no two threads may write at once, with the sequence's
  /// chunks: the number of each among all sequences' and its rows.
  private func forEachKeyHead(
    of sequences: [Range<Int>], on workers: Workers,
    _ body: @Sendable (_ sequence: Int, _ keyHead: Int, _ chunks: [(Int, Range<Int>)]) -> Void
  ) {
    var number = 0
    let chunks = sequences.map { sequence in
      stride(from: sequence.lowerBound, to: sequence.upperBound, by: Self.chunk).map { start in
        defer { number += 1 }
        return (number, start..<min(start + Self.chunk, sequence.upperBound))
      }
    }
    workers.forEach(sequences.count * heads.keyHeads) { item in
      let sequence = item / heads.keyHeads
      body(sequence, item % heads.keyHeads, chunks[sequence])
    }
  }
}
