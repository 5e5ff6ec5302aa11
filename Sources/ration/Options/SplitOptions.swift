import ArgumentParser
import Planning

/// Whether and how an output is divided among several files.
struct SplitOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Divide the output among files of at most this size: 48GiB, or 48G as gguf-split has it.",
      discussion: """
        The files are named as llama.cpp does it: out.gguf becomes out-00001-of-00003.gguf and so \
        on. Load the first.
        """,
      valueName: "size"))
  var splitMaxSize: ShardSize?

  @Flag(help: "Divide the output as the model is divided: the same tensors in each file.")
  var keepSplit = false

  @Flag(
    help: ArgumentHelp(
      "Put no tensors into the first file, only metadata.",
      discussion: "Goes with --split-max-size."))
  var noTensorFirstSplit = false

  func validate() throws {
    if splitMaxSize != nil, keepSplit {
      throw ValidationError("--split-max-size and --keep-split exclude each other.")
    }
    if noTensorFirstSplit, splitMaxSize == nil {
      throw ValidationError("--no-tensor-first-split needs --split-max-size.")
    }
  }

  /// What is asked for.
  var division: FileDivision {
    if let splitMaxSize {
      return .limited(bytes: splitMaxSize.bytes, firstHasTensors: !noTensorFirstSplit)
    }
    return keepSplit ? .asSource : .whole
  }
}
