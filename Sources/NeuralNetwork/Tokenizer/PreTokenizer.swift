/// How a text is cut into words before bytes are paired: no token spans two of them.
///
/// A pre-tokenizer is one regular expression or several, each of which cuts further what the one
/// before has cut. An expression takes the first of its alternatives that matches; what lies between
/// two matches is a piece too.
package struct PreTokenizer: Sendable, Equatable {
  /// The expressions, each a list of alternatives.
  let stages: [[PieceRule]]
  /// Whether a word that is a token is taken whole, whatever the merges say.
  var ignoresMerges = false
  /// Whether a text begins with the token of its beginning where the file does not say.
  var addsBOS = false

  /// Calls `body` with the range of each piece of `text`, in order.
  package func forEachPiece(of text: ScannedText, _ body: (Range<Int>) -> Void) {
    cut(text, 0..<text.count, stage: 0, body)
  }

  /// Whether both cut every text alike.
  package func cuts(like other: PreTokenizer) -> Bool { stages == other.stages }

  private func cut(
    _ text: ScannedText, _ piece: Range<Int>, stage: Int, _ body: (Range<Int>) -> Void
  ) {
    guard stage < stages.count else { return body(piece) }
    let rules = stages[stage]
    var gap = piece.lowerBound
    var index = gap
    while index < piece.upperBound {
      var end: Int?
      for rule in rules {
        end = rule.match(text, from: index, to: piece.upperBound)
        if end != nil { break }
      }
      guard let end else {
        index += 1
        continue
      }
      if gap < index { cut(text, gap..<index, stage: stage + 1, body) }
      cut(text, index..<end, stage: stage + 1, body)
      index = end
      gap = end
    }
    if gap < index { cut(text, gap..<index, stage: stage + 1, body) }
  }
}
