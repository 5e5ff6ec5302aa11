/// What further moves could make of a state at best: the least reduced cost at which they fill a
/// number of units, were it possible to make moves in part (the linear relaxation of the rest).
///
/// It is convex in the units, a chain of straight pieces.
struct Outlook {
  /// From some number of units to the start of the next piece.
  struct Piece {
    let start: Double
    let cost: Double
    /// The cost of a further unit.
    let rate: Double
  }

  /// The least reduced cost of any move.
  let cheapest: Double
  /// By rising units: negative ones are freed, positive ones taken or, at last, left over.
  let pieces: [Piece]

  /// The outlook on slopes, which rise on both sides, as far as they cost less than `limit`. A unit
  /// left over costs `price`.
  init(
    cheapest: Double, frees: some Sequence<Core.Slope>, takes: some Sequence<Core.Slope>,
    price: Double, below limit: Double
  ) {
    self.cheapest = cheapest
    var pieces: [Piece] = []
    var (units, cost) = (0.0, 0.0)
    for slope in frees {
      guard cost < limit else { break }
      units -= slope.units
      cost += slope.units * slope.rate
      pieces.append(Piece(start: units, cost: cost, rate: -slope.rate))
    }
    pieces.reverse()
    (units, cost) = (0, 0)
    for slope in takes {
      guard cost < limit, slope.rate < price else { break }
      pieces.append(Piece(start: units, cost: cost, rate: slope.rate))
      units += slope.units
      cost += slope.units * slope.rate
    }
    pieces.append(Piece(start: units, cost: cost, rate: price))
    self.pieces = pieces
  }

  /// Reads costs for falling numbers of units.
  struct Cursor {
    private let outlook: Outlook
    private var place: Int

    init(_ outlook: Outlook) {
      self.outlook = outlook
      place = outlook.pieces.count - 1
    }

    /// The least cost of the moves that fill `left` units, or free them where negative. `left` must
    /// not rise from call to call.
    mutating func cost(filling left: Int) -> Double {
      let left = Double(left)
      while place >= 0, outlook.pieces[place].start > left { place -= 1 }
      guard place >= 0 else { return .infinity }
      let piece = outlook.pieces[place]
      return max(outlook.cheapest, piece.cost + piece.rate * (left - piece.start))
    }
  }
}
