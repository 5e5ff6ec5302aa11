import Foundation
import GGUF

/// A folder of files that come with ration.
struct SharedFolder {
  /// The demo model, its statistics and texts.
  static let calibration = SharedFolder(name: "calibration", file: demoModelName)
  /// The stock mixes.
  static let recipes = SharedFolder(name: "recipes", file: "iq4_kss.recipe")

  private let name: String
  /// A file by which the folder is known.
  private let file: String

  /// In the order they are tried: the folder within `share/ration` beside the `bin` folder of an
  /// installed program; within any folder above one that was built in its repository.
  ///
  /// - Throws: `MissingFolder` where none of these has it.
  func find() throws -> URL {
    let program = (Bundle.main.executableURL ?? URL(filePath: CommandLine.arguments[0]))
      .resolvingSymlinksInPath()
    var folder = program.deletingLastPathComponent()
    var places = [folder.deletingLastPathComponent().appending(path: "share/ration/\(name)")]
    while folder.pathComponents.count > 1 {
      places.append(folder.appending(path: name))
      folder.deleteLastPathComponent()
    }
    let found = places.first {
      FileManager.default.fileExists(atPath: $0.appending(path: file).path)
    }
    guard let found else { throw MissingFolder(file: "\(name)/\(file)") }
    return found
  }
}

extension SharedFolder {
  private static let demoModelName = "folio-4m-BF16.gguf"

  /// The model of the demo.
  static func demoModel() throws -> String {
    try calibration.find().appending(path: demoModelName).path
  }

  /// The texts to compare models on, where the user names none: the mixed text. The demo model, and
  /// what is made of it, knows no other language than its own, and has a text of its own.
  static func evaluationText(for model: String) throws -> [String] {
    guard let name = try name(of: model), try name == Self.name(of: demoModel()) else {
      return try mixedText()
    }
    return [try calibration.find().appending(path: "folio-evaluation.txt").path]
  }

  /// The name that a model gives itself.
  private static func name(of model: String) throws -> String? {
    try ModelFile(path: model).metadata["general.name"]?.string
  }

  /// The files of the mixed text that comes with ration, in the order of their names.
  static func mixedText() throws -> [String] {
    let folder = try calibration.find().appending(path: "text")
    return try FileManager.default.contentsOfDirectory(atPath: folder.path)
      .filter { $0.hasSuffix(".txt") }.sorted().map { folder.appending(path: $0).path }
  }
}

/// The folder that comes with ration is not where it should be.
struct MissingFolder: ClassifiedError {
  let file: String
  var kind: ErrorKind { .inputOutput }

  var description: String {
    "cannot find \(file): it belongs in share/ration beside the folder of ration itself"
  }
}
