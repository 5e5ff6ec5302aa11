import GGUF
import Synchronization

/// Weights that stay decoded from one use to the next, while they fit.
///
/// A network uses its weights in turn, over and over. So what came first stays, and what finds no room is decoded
/// anew each time; to make room by dropping what was used longest ago would leave nothing for the next turn.
final class KeptWeights: Sendable {
  private struct Place: Hashable {
    let tensor: String
    let slice: Int
  }

  private struct Shelf {
    var weights: [Place: WeightMatrix] = [:]
    var room: Int
  }

  private let shelf: Mutex<Shelf>

  /// - Parameter bytes: the most that they may take.
  init(atMost bytes: Int) { shelf = Mutex(Shelf(room: bytes)) }

  /// The weights of a slice of a tensor, which `load` decodes where they are not kept.
  func weight(
    _ tensor: TensorDescriptor, slice: Int, load: () throws -> WeightMatrix
  ) rethrows -> WeightMatrix {
    let place = Place(tensor: tensor.name, slice: slice)
    if let kept = shelf.withLock({ $0.weights[place] }) { return kept }
    let weight = try load()
    shelf.withLock { shelf in
      guard weight.bytes <= shelf.room else { return }
      shelf.room -= weight.bytes
      shelf.weights[place] = weight
    }
    return weight
  }
}
