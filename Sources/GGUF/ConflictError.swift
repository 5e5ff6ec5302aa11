/// An output path that must not be written to.
package enum ConflictError: ClassifiedError, Equatable {
  /// Something has the output's name already and was not to be overwritten.
  case exists(String)
  /// The output's name belongs to a directory, a device or the like, which is never replaced.
  case notRegular(String, FileKind)
  /// The output would replace one of the files it is made from; `input` may be another path to it.
  case isInput(output: String, input: String)
  /// Two files that are written would be one; the second may be another path to the first.
  case sameFile(String, String)
  /// A file that is written has the name of one that Ration keeps beside another.
  case sideFile(String, of: String)
  /// A file stands where Ration keeps something from run to run, and is nothing of the kind. It is left alone.
  case stranger(String, Keepsake)
  /// Another process is writing the same output.
  case locked(String)
  /// Something stands where only an unfinished file of Ration may, and is none. It is left alone.
  case notOurs(String, Strangeness)
  /// A run that was ended may have left the journal of this output, or may go on: without locks nobody can tell.
  case notLockable(String, journal: String)

  /// What Ration keeps from run to run.
  package enum Keepsake: Sendable {
    /// The cache of measurements.
    case cache
    /// What a calibration has done so far.
    case checkpoint
    /// What a model predicts of a text.
    case predictions
  }

  /// By what a file shows that it is not one of ours.
  package enum Strangeness: Sendable {
    /// A folder, a link, a pipe, a device.
    case notRegular
    /// It belongs to another user.
    case otherOwner
    /// It has other names, which would change with it.
    case otherNames
    /// It does not begin as ours do.
    case unmarked
  }

  package var kind: ErrorKind { .conflict }
}

extension ConflictError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .exists(let path):
      "\(path.escaped) exists already"
    case .notRegular(let path, let kind):
      "\(path.escaped) is \(kind.rawValue), and only a regular file can be written or replaced"
    case .isInput(let output, let input):
      "\(output.escaped) is the input file \(input.escaped); an input is never written to"
    case .sameFile(let first, let second):
      "\(first.escaped) and \(second.escaped) would be one file; give each a name of its own"
    case .sideFile(let path, let owner):
      "\(path.escaped) is a file that Ration keeps beside \(owner.escaped) while it works; choose another name"
    case .stranger(let path, let keepsake):
      "\(path.escaped) is not \(keepsake); move it away, or choose another file"
    case .locked(let path):
      "another process is writing \(path.escaped)"
    case .notOurs(let path, let strangeness):
      "\(path.escaped) is not an unfinished file of Ration's: \(strangeness); move it away, or "
        + "choose another output"
    case .notLockable(let path, let journal):
      "the file system has no locks, so nobody can tell whether a process is writing "
        + "\(path.escaped); if none is, delete \(journal.escaped) and run the command again"
    }
  }
}

extension ConflictError.Strangeness: CustomStringConvertible {
  package var description: String {
    switch self {
    case .notRegular: "it is not a regular file"
    case .otherOwner: "it belongs to another user"
    case .otherNames: "it has other names too"
    case .unmarked: "it does not begin as those do"
    }
  }
}

extension ConflictError.Keepsake: CustomStringConvertible {
  package var description: String {
    switch self {
    case .cache: "a cache of ration"
    case .checkpoint: "a checkpoint of ration"
    case .predictions: "a file of predictions of ration"
    }
  }
}
