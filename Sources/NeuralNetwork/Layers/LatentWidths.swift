import LinearAlgebra

/// How many features the parts of latent attention have, and where they stand.
struct LatentWidths: Sendable {
  let heads: Int
  /// Latents of a token.
  let rank: Int
  /// Features of a head's keys that come from latents.
  let plain: Int
  /// Features of keys that are turned by positions, the same for all heads.
  let rotary: Int
  /// Features of a head's values.
  let value: Int

  /// Features of a head's queries and keys.
  var key: Int { plain + rotary }

  /// What is kept of a token: latents and rotary keys.
  var latent: Int { rank + rotary }

  /// What the latents of a token are expanded to: of each head the plain features of its key, then its value.
  var expanded: Int { heads * (plain + value) }

  /// The columns of a head among what latents are expanded to: those of its key, and those of its value.
  func expanded(_ head: Int) -> (key: Range<Int>, value: Range<Int>) {
    let start = head * (plain + value)
    return (start..<start + plain, start + plain..<start + plain + value)
  }

  /// The latents of tokens, without the rotary keys beside them.
  func latents(of matrix: Matrix) -> Matrix { matrix.columns(0..<rank) }

  /// The rotary keys beside latents.
  func rotaryKeys(of matrix: Matrix) -> Matrix { matrix.columns(rank..<latent) }

  /// The plain features of a head's query.
  func plainQuery(_ head: Int, of queries: Matrix) -> Matrix {
    queries.columns(head * key..<head * key + plain)
  }

  /// The rotary features of a head's query.
  func rotaryQuery(_ head: Int, of queries: Matrix) -> Matrix {
    queries.columns(head * key + plain..<(head + 1) * key)
  }
}
