import LinearAlgebra

/// The heads of a delta rule, and where their features stand: the row of a token has the queries of all key heads, then
/// their keys, and then the values of all heads.
struct DeltaHeads: Sendable {
  /// Heads of queries and keys, each shared by `count / keyHeads` heads.
  let keyHeads: Int
  /// Heads of values, each with a state.
  let count: Int
  /// Features of a query, a key and a value.
  let width: Int
  let sharing: Sharing

  /// Which heads share one of keys.
  enum Sharing {
    /// Neighbours: those of the first key head come first.
    case inGroups
    /// As many heads apart as there are key heads: the key heads are dealt out in turn.
    case inTurns
  }

  /// Features of the queries of all heads, and of their keys.
  var keyWidth: Int { keyHeads * width }
  /// Features of the values of all heads.
  var valueWidth: Int { count * width }
  /// Features of queries, keys and values.
  var features: Int { 2 * keyWidth + valueWidth }

  /// The heads that share one of keys.
  func heads(of keyHead: Int) -> [Int] {
    let shared = count / keyHeads
    return switch sharing {
    case .inGroups: Array(keyHead * shared..<(keyHead + 1) * shared)
    case .inTurns: (0..<shared).map { $0 * keyHeads + keyHead }
    }
  }

  /// The queries of a key head.
  func queries(_ keyHead: Int, of qkv: Matrix) -> Matrix { block(keyHead, of: qkv) }

  /// The keys of a key head.
  func keys(_ keyHead: Int, of qkv: Matrix) -> Matrix { block(keyHeads + keyHead, of: qkv) }

  /// The values of a head.
  func values(_ head: Int, of qkv: Matrix) -> Matrix { block(2 * keyHeads + head, of: qkv) }

  /// A head's columns among those of values alone.
  func output(_ head: Int, of values: Matrix) -> Matrix { block(head, of: values) }

  private func block(_ number: Int, of matrix: Matrix) -> Matrix {
    matrix.columns(number * width..<(number + 1) * width)
  }
}
