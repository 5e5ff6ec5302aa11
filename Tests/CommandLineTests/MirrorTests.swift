import Foundation
import Testing
import TestSupport

/// Sources, tests and commands mirror each other, so that who has found one knows where the others are.
@Suite("The tree") struct MirrorTests {
  private static let modules = [
    "GGUF", "Codecs", "Statistics", "Planning", "Compensation", "NeuralNetwork", "Calibration",
    "Measurement", "Reports", "Workflows",
  ]

  /// The paths of all Swift files under a folder of the repository, relative to it.
  private static func swiftFiles(under folder: String) throws -> [String] {
    try FileManager.default.subpathsOfDirectory(atPath: Repository.file(folder).path)
      .filter { $0.hasSuffix(".swift") }
  }

  /// The folders that hold these files.
  private static func folders(of files: [String]) -> Set<String> {
    Set(files.map { $0.split(separator: "/").dropLast().joined(separator: "/") })
  }

  @Test("has the tests of a folder of sources in a folder of the same name", arguments: modules)
  func testsMirrorSources(module: String) throws {
    let sources = Self.folders(of: try Self.swiftFiles(under: "Sources/\(module)"))
    let tests = Self.folders(of: try Self.swiftFiles(under: "Tests/\(module)Tests"))
    #expect(tests.subtracting(sources).subtracting([""]) == [])
  }

  @Test("has a workflow and a help snapshot for each command")
  func commandsMirrorWorkflows() throws {
    let suffix = "Command.swift"
    let commands = try Self.swiftFiles(under: "Sources/ration")
      .compactMap { $0.split(separator: "/").last.map(String.init) }
      .filter { $0.hasSuffix(suffix) }.map { String($0.dropLast(suffix.count)) }
    #expect(commands.count >= 12)
    let workflows = Set(
      try Self.swiftFiles(under: "Sources/Workflows")
        .compactMap { $0.split(separator: "/").last.map(String.init) })
    // The demo runs other commands, `recipe` and `cache` only group them.
    for command in commands where !["Demo", "Recipe", "Cache"].contains(command) {
      #expect(workflows.contains("\(command)Workflow.swift"), "\(command)")
    }
    let snapshots = try FileManager.default.contentsOfDirectory(
      atPath: Repository.file("Tests/CommandLineTests/Snapshots").path)
    for command in commands {
      #expect(snapshots.contains("\(Self.hyphenated(command)).txt"), "\(command)")
    }
  }

  /// `RecipeShow` as `recipe-show`.
  private static func hyphenated(_ name: String) -> String {
    name.enumerated().map { index, letter in
      letter.isUppercase && index > 0 ? "-\(letter.lowercased())" : letter.lowercased()
    }.joined()
  }
}
