import Foundation
import GGUF

/// Writes texts as files.
enum TextFile {
  /// Throws `ConflictError` where something of that name exists.
  static func checkAbsent(_ path: String) throws {
    guard !FileManager.default.fileExists(atPath: path) else { throw ConflictError.exists(path) }
  }

  /// Writes a text whole or not at all.
  static func write(_ text: String, to path: String, overwrite: Bool, inputs: [String]) throws {
    if !overwrite { try checkAbsent(path) }
    if let stamp = try? FileStamp(path: path) {
      for input in inputs where try FileStamp(path: input).isSameFile(as: stamp) {
        throw ConflictError.isInput(output: path, input: input)
      }
    }
    do {
      try Data(text.utf8).write(to: URL(filePath: path), options: .atomic)
    } catch {
      let reason = (error as NSError).userInfo[NSUnderlyingErrorKey].map { "\($0)" }
      throw TextFileError(path: path, reason: reason ?? error.localizedDescription)
    }
  }
}

/// A text that could not be written.
struct TextFileError: Error, CustomStringConvertible {
  let path: String
  let reason: String
  var description: String { "cannot write \(path.escaped): \(reason)" }
}
