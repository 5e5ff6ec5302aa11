/// A file operation that the system refused, or a file that changed under us.
package struct FileError: ClassifiedError, Equatable {
  /// What was being done, as a verb that fits "cannot … FILE".
  package let operation: String
  /// The file.
  package let path: String
  /// Why it could not be done.
  package let reason: Reason

  /// What stands in the way of a file operation.
  package enum Reason: Equatable, Sendable {
    /// The system's error number (`errno`).
    case system(Int32)
    /// Not a regular file: a directory, a pipe, a device.
    case notRegular
    /// The file is now shorter than when it was opened.
    case endsEarly(at: Int)
    /// Another size, modification time or inode than when the file was opened.
    case changed
    /// Its permissions, owner or names have changed since it was opened, or somebody wrote to it and set its time back.
    case touched
    /// The system took none of the bytes and named no reason.
    case nothingWritten
    /// The name is empty.
    case noName
    /// The disk has no room for the file; both in bytes.
    case noSpace(needed: Int, available: Int)
  }

  /// The complaint that an operation on `path` failed.
  package init(_ operation: String, _ path: String, _ reason: Reason) {
    self.operation = operation
    self.path = path
    self.reason = reason
  }

  /// The error of the system call that has just failed.
  static func last(_ operation: String, _ path: String) -> FileError {
    FileError(operation, path, .system(systemErrorNumber))
  }

  package var kind: ErrorKind { .inputOutput }
}

extension FileError: CustomStringConvertible {
  package var description: String {
    "cannot \(operation) \(path.isEmpty ? "a file" : path.escaped): \(reason)"
  }
}

extension FileError.Reason: CustomStringConvertible {
  package var description: String {
    switch self {
    case .system(let number): systemErrorText(number)
    case .notRegular: "not a regular file"
    case .endsEarly(let offset): "the file now ends before byte \(offset)"
    case .nothingWritten: "the system writes nothing and does not say why"
    case .noName: "the name is empty"
    case .changed: "the file has changed since it was opened"
    case .touched:
      "its permissions, names or contents have changed since it was opened; run the command again"
    case .noSpace(let needed, let available):
      "\(needed) bytes are needed but \(available) are free"
    }
  }
}
