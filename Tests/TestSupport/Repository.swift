package import Foundation

/// The checkout that the tests were built from.
package enum Repository {
  /// Its top folder.
  package static let root = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "../..").standardizedFileURL

  /// A file or folder in it, by its path from the top.
  package static func file(_ path: String) -> URL { root.appending(path: path) }
}
