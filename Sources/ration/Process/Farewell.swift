import ArgumentParser

/// A command that keeps what it has done when it is interrupted, and goes on from there.
protocol ResumableCommand: ParsableCommand {
  /// Whether it keeps something with these arguments.
  var isResumable: Bool { get }
}

extension ResumableCommand {
  var isResumable: Bool { true }

  /// What an interrupted command says.
  var farewell: String {
    isResumable ? "interrupted; the same command goes on from there" : "interrupted"
  }
}
