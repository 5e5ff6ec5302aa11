import ArgumentParser

/// Whether errors are made up for.
struct CompensationOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Second moments that calibrate --covariance wrote, to round with compensation.",
      discussion: """
        What rounding one column of a tensor does is then made up for in its other columns. Files have \
        the same size and load as before. Tensors where that would not help are encoded without.
        """,
      valueName: "file"),
    completion: .model, transform: FilePaths.named)
  var compensate: String?
}
