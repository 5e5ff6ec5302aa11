/// The least reduced cost at which the classes not yet decided can fill a number of units, were it
/// possible to exchange items in part: the linear relaxation of the rest of the problem.
///
/// A partial solution cannot be completed for less. The bound is convex in the units, a chain of
/// straight pieces.
struct CompletionBound {
  /// From some number of units to the start of the next piece.
  struct Piece {
    let start: Double
    let cost: Double
    /// The cost of a further unit.
    let rate: Double
  }

  /// The least reduced cost of any exchange.
  private let cheapest: Double
  /// By rising units: negative ones are freed, positive ones taken or, at last, left over.
  private let pieces: [Piece]

  /// The bound that hull edges give, whose rates rise on both sides, as far as it is below `limit`. A
  /// unit left over costs `price`.
  init(
    cheapest: Double, frees: some Sequence<ReducedProblem.HullEdge>,
    takes: some Sequence<ReducedProblem.HullEdge>, price: Double, below limit: Double
  ) {
    self.cheapest = cheapest
    var pieces: [Piece] = []
    var (units, cost) = (0.0, 0.0)
    for edge in frees {
      guard cost < limit else { break }
      units -= edge.units
      cost += edge.units * edge.rate
      pieces.append(Piece(start: units, cost: cost, rate: -edge.rate))
    }
    pieces.reverse()
    (units, cost) = (0, 0)
    for edge in takes {
      guard cost < limit, edge.rate < price else { break }
      pieces.append(Piece(start: units, cost: cost, rate: edge.rate))
      units += edge.units
      cost += edge.units * edge.rate
    }
    pieces.append(Piece(start: units, cost: cost, rate: price))
    self.pieces = pieces
  }

  /// Reads the bound for falling numbers of units, in one walk along the pieces.
  struct Walk {
    private let bound: CompletionBound
    private var place: Int

    init(_ bound: CompletionBound) {
      self.bound = bound
      place = bound.pieces.count - 1
    }

    /// The least cost of the exchanges that fill `left` units, or free them where negative. `left`
    /// must not rise from call to call.
    mutating func cost(filling left: Int) -> Double {
      let left = Double(left)
      while place >= 0, bound.pieces[place].start > left { place -= 1 }
      guard place >= 0 else { return .infinity }
      let piece = bound.pieces[place]
      return max(bound.cheapest, piece.cost + piece.rate * (left - piece.start))
    }
  }
}
