import ArgumentParser

/// What a plan starts from.
struct SkeletonOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The mix to start from: the name of a stock mix, such as IQ4_KSS, or a file.",
      discussion: """
        Without a budget, the plan takes no more bytes than the mix. The report lists the tensors \
        that move away from it, and why.
        """,
      valueName: "name|file"),
    completion: .recipe, transform: FilePaths.named)
  var skeleton: String?

  @Option(
    help: ArgumentHelp(
      "How many steps up or down its ladder of types a tensor may go from the skeleton.",
      discussion: "Needs --skeleton. With 0 every tensor stays where the skeleton puts it.",
      valueName: "steps"))
  var maxMoves: Int?

  func validate() throws {
    if let maxMoves {
      guard skeleton != nil else { throw ValidationError("--max-moves needs --skeleton.") }
      guard maxMoves >= 0 else {
        throw ValidationError("--max-moves must not be negative, as \(maxMoves) is")
      }
    }
  }
}
