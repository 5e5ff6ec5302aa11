import Calibration
import GGUF

/// The file beside the output in which a calibration keeps what it has done, until it is complete.
struct CalibrationCheckpoint {
  let path: String
  /// What names the calibration.
  let key: String
  /// What the calibration has to do.
  let work: CalibrationWork

  /// Where the checkpoint of an output stands.
  static func path(of output: String) -> String { "\(output).checkpoint" }

  /// What was done before. A checkpoint that is damaged is set aside with a warning, and the calibration begins anew.
  ///
  /// - Throws: `ConflictError.stranger` for another program's file, `OtherCalibration` for a checkpoint of other work,
  ///   `FileError`. The file stays as it is.
  func load(_ session: Session) throws -> CalibrationState {
    guard let stamp = try FileStamp.ofExisting(path: path, followingLinks: false) else {
      return CalibrationState()
    }
    guard stamp.isRegular else { throw ConflictError.stranger(path, .checkpoint) }
    do {
      return try CalibrationState.saved(at: path, key: key, of: work)
    } catch let error where error is UnusableCheckpoint || error is FormatError {
      let aside = try SetAside.move(path, stamp: stamp)
      session.note(
        "the checkpoint cannot be used (\(error)); it is now \(aside.escaped), and the calibration begins anew"
      )
      return CalibrationState()
    }
  }

  func save(_ state: CalibrationState) throws { try state.save(to: path, key: key) }

  /// Removes the file. Where it cannot be removed, the next calibration finds itself complete.
  func remove() { try? WholeFile.remove(path) }
}
