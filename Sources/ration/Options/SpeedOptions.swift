import ArgumentParser
import Workflows

/// The options that say how fast memories are.
struct SpeedOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Bytes that memory gives in a second, such as 80GB, to tell how fast the model is at most.",
      discussion: "With --gpu, --cpu and --disk one for each, in this order, such as 900GB,80GB.",
      valueName: "size"))
  var bandwidth: ByteCounts?

  @Option(
    help: ArgumentHelp(
      "How fast each type is, as llama-bench -o csv prints it, to tell how fast the model is.",
      discussion: """
        Of models of one type each, whose files end in its name, such as small-iq4_kss.gguf. With --gpu, --cpu and \
        --disk one file for each, in this order.
        """,
      valueName: "file"),
    completion: .file(extensions: ["csv"]), transform: FilePaths.named)
  var speeds: [String] = []

  /// What is known of the memories.
  var memories: SpeedRequest.Memories {
    if !speeds.isEmpty { return .tables(speeds) }
    return bandwidth.map { .bandwidths($0.counts.map { Double($0.bytes) }) } ?? .unknown
  }

  /// Whether anything is.
  var isKnown: Bool { bandwidth != nil || !speeds.isEmpty }

  func validate() throws {
    guard bandwidth == nil || speeds.isEmpty else {
      throw ValidationError("Give --bandwidth or --speeds, not both.")
    }
  }

  /// Checks that as many are given as there are memories.
  func validate(memories: Int) throws {
    if let bandwidth, bandwidth.counts.count != memories {
      throw ValidationError(
        "--bandwidth takes a size for each memory, here \(memories), not \(bandwidth.counts.count)."
      )
    }
    guard speeds.isEmpty || speeds.count == memories else {
      throw ValidationError(
        "--speeds takes a file for each memory, here \(memories), not \(speeds.count).")
    }
  }
}
