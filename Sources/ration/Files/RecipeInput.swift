import Foundation
import GGUF
import Planning
import Workflows

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// Where the text of a recipe comes from: a file, standard input, a pipe, or a model, whose types are the recipe.
enum RecipeInput {
  /// The most bytes that are read: a recipe of a hundred thousand tensors has a tenth.
  static let mostBytes = 64 << 20

  /// The name that stands for standard input.
  static let standardInput = "-"

  /// The text that a path leads to.
  ///
  /// - Throws: `FileError`, `TextError`, `FormatError`; `RecipeFileError` for a stream that is no text.
  static func read(_ path: String) throws -> String {
    let place = path == standardInput ? "/dev/stdin" : path
    if isStream(place) { return try text(ofStream: place, named: path) }
    if isModel(place) { return try Recipe(typesOf: ModelFile(path: place)).text }
    return try OpenFile(reading: place).text(atMost: mostBytes)
  }

  /// Whether a path leads to something that can be read but once.
  private static func isStream(_ path: String) -> Bool {
    var status = stat()
    guard stat(path, &status) == 0 else { return false }
    return [S_IFIFO, S_IFCHR, S_IFSOCK].contains(status.st_mode & S_IFMT)
  }

  private static func isModel(_ path: String) -> Bool {
    guard let file = FileHandle(forReadingAtPath: path) else { return false }
    defer { try? file.close() }
    return (try? file.read(upToCount: 4)) == Data("GGUF".utf8)
  }

  private static func text(ofStream path: String, named name: String) throws -> String {
    guard let file = FileHandle(forReadingAtPath: path) else {
      throw RecipeFileError(path: name, problem: "it cannot be opened")
    }
    defer { try? file.close() }
    var bytes = Data()
    while let more = try file.read(upToCount: 1 << 16), !more.isEmpty {
      bytes += more
      guard bytes.count <= mostBytes else {
        throw RecipeFileError(
          path: name, problem: "no recipe has more than \(mostBytes) bytes")
      }
    }
    guard !bytes.contains(0), let text = String(validating: bytes, as: UTF8.self) else {
      throw RecipeFileError(path: name, problem: "it is no UTF-8 text")
    }
    return text
  }
}
