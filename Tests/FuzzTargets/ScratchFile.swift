import Foundation

/// A file for one input: readers take paths.
enum ScratchFile {
  /// In memory where the system has such a place.
  private static let folder =
    FileManager.default.fileExists(atPath: "/dev/shm") ? "/dev/shm" : NSTemporaryDirectory()

  /// Calls `body` with the path of a file of these bytes.
  static func with(_ bytes: UnsafeRawBufferPointer, _ body: (String) throws -> Void) throws {
    var name = Array("\(folder)/ration-fuzz-XXXXXX".utf8CString)
    let descriptor = mkstemp(&name)
    let path = String(cString: name)
    guard descriptor != -1, let file = fdopen(descriptor, "wb") else {
      fatalError("cannot write \(path)")
    }
    defer { unlink(path) }
    fwrite(bytes.baseAddress, 1, bytes.count, file)
    fclose(file)
    try body(path)
  }
}
