import Codecs
import GGUF

/// The places of a tensor where weights are no numbers.
struct NonFinitePlaces: Sendable {
  /// The first of them, as many as are listed.
  private(set) var first: [NonFiniteWeight] = []
  /// How many there are.
  private(set) var count = 0

  /// Takes in another place.
  mutating func add(_ place: @autoclosure () -> NonFiniteWeight) {
    if first.count < NonFiniteWeights.listed { first.append(place()) }
    count += 1
  }

  /// Takes in the places of a later tensor.
  mutating func add(_ other: NonFinitePlaces) {
    first += other.first.prefix(NonFiniteWeights.listed - first.count)
    count += other.count
  }
}

extension ModelFile {
  /// Looks for weights that are no numbers in all tensors that can be decoded.
  ///
  /// - Throws: `NonFiniteWeights` where there are any.
  func checkFinite(
    _ tensors: [TensorDescriptor], as activity: String?, _ session: Session
  ) throws {
    let pass = TensorPass(model: self, session: session)
    let found = try pass.run(activity, over: tensors) { reader, index in
      let tensor = tensors[index]
      var places = NonFinitePlaces()
      guard let codec = Codec.of(tensor.type) else { return places }
      var search = NonFiniteSearch()
      try reader.forEachStretch(of: tensor) { stretch in
        search.look(in: stretch.bytes, of: tensor, from: stretch.firstWeight, codec) {
          places.add(NonFiniteWeight(self, tensor, row: $0, columns: $1, value: $2))
        }
      }
      return places
    }
    let all = found.reduce(into: NonFinitePlaces()) { $0.add($1) }
    guard all.count == 0 else { throw NonFiniteWeights(first: all.first, count: all.count) }
  }
}

extension Session {
  /// Does work with models. If it meets a weight that is NaN or infinite, looks for the others that the model has: so
  /// the error lists them, and does not depend on which one was met first.
  func listingNonFiniteWeights<Result>(
    of models: [ModelFile], _ work: () throws -> Result
  ) throws -> Result {
    do {
      return try work()
    } catch let error as NonFiniteWeight {
      guard let model = models.first(where: { $0.shardPaths.contains(error.path) }) else {
        throw error
      }
      do {
        try model.checkFinite(model.tensors, as: "looking for others", self)
      } catch is Interrupted {
        // The first one is still what went wrong.
      }
      throw error
    }
  }
}
