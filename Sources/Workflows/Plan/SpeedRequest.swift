package import GGUF
package import Planning

/// What is known of the memories that a model is to run in, and asked of its speed.
package struct SpeedRequest: Sendable {
  /// What is known of the memories: of each pool, or one for all.
  package enum Memories: Sendable {
    /// Nothing.
    case unknown
    /// Bytes a second that each gives.
    case bandwidths([Double])
    /// The files that say how fast types are there.
    case tables([String])
  }

  package var memories: Memories
  /// The tokens a second that a plan has to reach; nil for any number.
  package var least: Double?

  package init(memories: Memories = .unknown, least: Double? = nil) {
    self.memories = memories
    self.least = least
  }

  /// The files that it needs.
  var tables: [String] { if case .tables(let paths) = memories { paths } else { [] } }

  /// What its figures rest on.
  var source: TokenReading.Source {
    switch memories {
    case .unknown: .yardstick
    case .bandwidths: .bandwidth
    case .tables: .speeds
    }
  }

  /// How long the tensors of a model take in so many pools; nil where the model does not tell what a token reads and no
  /// speed is asked for.
  func timing(of model: ModelFile, pools: Int) throws -> TokenTiming? {
    let known: [MemoryRate] =
      switch memories {
      case .unknown: [.yardstick]
      case .bandwidths(let bandwidths): bandwidths.map(MemoryRate.bandwidth)
      case .tables(let paths): try paths.map { .measured(try Self.speeds($0)) }
      }
    guard let reads = TokenReads(of: model.metadata, tensors: model.tensors.map(\.name)) else {
      guard least == nil else { throw UnknownReads(path: model.path) }
      return nil
    }
    return TokenTiming(
      reads, rates: (0..<pools).map { known.count == 1 ? known[0] : known[$0] }, minSpeed: least)
  }

  private static func speeds(_ path: String) throws -> TypeSpeeds {
    // llama-bench prints less than a kilobyte about each type.
    let text = try OpenFile(reading: path).text(atMost: 16 << 20)
    do {
      return try TypeSpeeds(parsing: text)
    } catch {
      throw UnreadableSpeeds(path: path, problem: error)
    }
  }
}

/// A model of which nobody can tell what a token reads.
struct UnknownReads: ClassifiedError {
  let path: String
  var kind: ErrorKind { .infeasible }
  var description: String {
    "\(path.escaped): how fast it is cannot be told: the model does not say how many experts a token uses"
  }
}

/// A file that is not a table of speeds.
struct UnreadableSpeeds: ClassifiedError {
  let path: String
  let problem: TypeSpeedsError
  var kind: ErrorKind { problem.kind }
  var description: String { "\(path.escaped): \(problem)" }
}
