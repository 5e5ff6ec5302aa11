/// How far a token looks back.
enum AttentionReach: Sendable, Hashable {
  /// On all tokens before it.
  case everything
  /// On so many positions, its own among them.
  case window(Int)
  /// On the positions of its chunk: texts are cut into chunks of one length (Llama 4).
  case chunk(Int)

  /// The first position that one looks back on.
  func firstSeen(from position: Int) -> Int {
    switch self {
    case .everything: 0
    case .window(let length): max(0, position + 1 - length)
    case .chunk(let length): position - position % length
    }
  }
}
