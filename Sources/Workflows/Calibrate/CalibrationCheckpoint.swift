import Calibration
import Foundation
import GGUF

/// The file beside the output in which a calibration keeps what it has done, until it is complete.
struct CalibrationCheckpoint {
  let path: String
  /// What names the calibration.
  let key: String
  /// The files that it reads.
  let inputs: [String]

  /// What was done before. Where a file of another calibration, of one under another arithmetic, or a damaged
  /// one is found, nothing, and a note says so; a damaged file is set aside.
  func load(_ session: Session) -> CalibrationState {
    guard FileManager.default.fileExists(atPath: path) else { return CalibrationState() }
    do {
      if let state = try CalibrationState.saved(at: path, key: key) { return state }
      session.note(
        "\(path.escaped) is of another calibration, or of a machine that computes otherwise, and will be replaced"
      )
    } catch {
      let aside = "\(path).unreadable"
      try? FileManager.default.removeItem(atPath: aside)
      try? FileManager.default.moveItem(atPath: path, toPath: aside)
      session.note("the checkpoint cannot be used (\(error)); it is now \(aside.escaped)")
    }
    return CalibrationState()
  }

  func save(_ state: CalibrationState) throws {
    try state.save(to: path, key: key, inputs: inputs)
  }

  /// Removes the file; where it cannot be, the next calibration replaces it.
  func remove() { try? FileManager.default.removeItem(atPath: path) }
}
