import Codecs
import KernelsC

/// Which experts every token is sent to.
struct Routes {
  /// A token's visit to an expert.
  struct Visit {
    let token: Int
    /// The weight of the expert's output, softmax over the scores of the experts that the token visits.
    let share: Float
  }

  /// The visits to each expert, in the order of tokens.
  let visits: [[Visit]]

  /// Sends each token to the experts of its highest scores, of equal ones the first.
  init(scores: Matrix, used: Int) {
    var visits = [[Visit]](repeating: [], count: scores.columns)
    for token in 0..<scores.rows {
      let row = scores.row(token)
      let experts = row.indices.sorted { (-row[$0], $0) < (-row[$1], $1) }.prefix(used)
      var shares = experts.map { row[$0] }
      _ = Kernels.active.pointee.softmax(&shares, Int32(shares.count))
      for (expert, share) in zip(experts, shares) {
        visits[expert].append(Visit(token: token, share: share))
      }
    }
    self.visits = visits
  }
}
