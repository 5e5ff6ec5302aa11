import ArgumentParser
import Foundation

/// Paths as they are typed.
enum FilePaths {
  /// The path that an argument gives.
  ///
  /// - Throws: `ValidationError` for an empty one, as an unset variable of a shell leaves.
  static func named(_ argument: String) throws -> String {
    guard !argument.isEmpty else { throw ValidationError("the name of the file is empty") }
    return argument
  }

  /// The file that an output's path means; nil for standard output.
  static func file(of path: String?) -> String? {
    path.flatMap { ["-", "/dev/stdout", "/dev/fd/1"].contains($0) ? nil : $0 }
  }

  /// The files and folders whose paths begin with what was typed; folders end in a slash.
  static func beginning(with typed: String) -> [String] {
    let folder = typed.lastIndex(of: "/").map { String(typed[...$0]) } ?? ""
    let files = FileManager.default
    let names = (try? files.contentsOfDirectory(atPath: folder.isEmpty ? "." : folder)) ?? []
    return names.map { folder + $0 }.filter { $0.hasPrefix(typed) }.sorted().map { path in
      var isFolder: ObjCBool = false
      let exists = files.fileExists(atPath: path, isDirectory: &isFolder)
      return exists && isFolder.boolValue ? path + "/" : path
    }
  }
}
