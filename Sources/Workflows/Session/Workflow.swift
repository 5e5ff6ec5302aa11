package import GGUF

/// What a command is asked for.
package protocol CommandRequest: Sendable {
  /// Every file that the command reads or writes. What cannot be named before the model is read, as the files of an
  /// output in several files, is left to the workflow.
  var files: CommandFiles { get }
}

/// The work of a command that writes files, or keeps some from run to run.
package protocol Workflow {
  associatedtype Request: CommandRequest
  associatedtype Report

  /// Does the work.
  ///
  /// - Parameter outputs: the outputs of `request.files`, held since before the work.
  static func run(
    _ request: Request, to outputs: [Reservation], _ session: Session
  ) throws -> Report
}

extension Workflow {
  /// Checks the files of a command against each other, holds its outputs, and does the work.
  ///
  /// - Throws: `ConflictError` or `FileError` before any work.
  package static func run(_ request: Request, _ session: Session) throws -> Report {
    try run(request, to: try request.files.hold(), session)
  }
}
