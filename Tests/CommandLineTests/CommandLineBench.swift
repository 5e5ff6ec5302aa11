import Foundation
import Testing
import TestSupport

/// A folder with a small model, in which the built program runs as a user would run it.
final class CommandLineBench: Sendable {
  let directory = TemporaryDirectory()

  init(_ small: SmallModel = SmallModel()) throws {
    try directory.write(small.fixture.bytes, to: "small.gguf")
    try directory.write(small.statistics.bytes, to: "small.statistics.gguf")
    try directory.write(Array(".*=q4_0\n".utf8), to: "q4_0.recipe")
  }

  /// What a program did.
  struct Run: Sendable {
    /// Its exit code, as a shell has it: 128 and the signal where one ended it.
    let code: Int32
    /// Whether a signal ended it, not the program itself.
    let wasEndedBySignal: Bool
    let output: String
    let errors: String

    /// The lines of standard error.
    var errorLines: [String] { errors.split(separator: "\n").map(String.init) }
  }

  /// Runs `ration` in the folder.
  func ration(_ arguments: String..., environment: [String: String] = [:]) throws -> Run {
    try start(Self.program, arguments, environment).finish()
  }

  /// Starts `ration` in the folder.
  func start(_ arguments: String...) throws -> Started { try start(arguments) }

  /// Starts `ration` in the folder.
  ///
  /// - Parameters:
  ///   - output: where its standard output goes, if that is not to be read in the end.
  ///   - errors: where its standard error goes, if that is not to be read in the end.
  func start(
    _ arguments: [String], _ environment: [String: String] = [:], output: FileHandle? = nil,
    errors: FileHandle? = nil
  ) throws -> Started {
    try start(Self.program, arguments, environment, output, errors)
  }

  /// Runs a script of the shell in the folder, with the path of `ration` in `$ration`.
  func shell(_ script: String) throws -> Run {
    try start("/bin/bash", ["-c", script], ["ration": Self.program]).finish()
  }

  /// The names of the files that were added to the folder.
  func added() throws -> [String] {
    let given = ["small.gguf", "small.statistics.gguf", "q4_0.recipe"]
    return try directory.names().filter { name in
      !given.contains(name) && !name.hasSuffix(".txt") && name != "cache"
    }
  }

  private func start(
    _ program: String, _ arguments: [String], _ environment: [String: String],
    _ output: FileHandle? = nil, _ errors: FileHandle? = nil
  ) throws -> Started {
    let number = UUID().uuidString
    let process = Process()
    process.executableURL = URL(fileURLWithPath: program)
    process.arguments = arguments
    process.currentDirectoryURL = URL(fileURLWithPath: directory.path)
    process.environment = [
      "PATH": "/usr/bin:/bin", "HOME": directory.path, "XDG_CACHE_HOME": directory("cache"),
      "COLUMNS": "80",
    ].merging(environment) { $1 }
    let paths = ["out", "err"].map { directory("\(number).\($0).txt") }
    let streams = try paths.map { path in
      try Data().write(to: URL(fileURLWithPath: path))
      return try FileHandle(forWritingTo: URL(fileURLWithPath: path))
    }
    process.standardInput = FileHandle.nullDevice
    // What runs tests may ignore signals, and programs inherit that.
    for number in [SIGHUP, SIGINT, SIGTERM] { signal(number, SIG_DFL) }
    process.standardOutput = output ?? streams[0]
    process.standardError = errors ?? streams[1]
    try process.run()
    return Started(process: process, paths: paths)
  }

  /// A program that was started.
  struct Started {
    fileprivate let process: Process
    fileprivate let paths: [String]

    /// The number of the process.
    var identifier: Int32 { process.processIdentifier }

    func signal(_ number: Int32) { kill(process.processIdentifier, number) }

    /// Waits for its end.
    func finish() throws -> Run {
      process.waitUntilExit()
      let texts = try paths.map { String(decoding: try contents(of: $0), as: UTF8.self) }
      let status = process.terminationStatus
      return Run(
        code: process.terminationReason == .exit ? status : 128 + status,
        wasEndedBySignal: process.terminationReason != .exit, output: texts[0], errors: texts[1])
    }

    var isRunning: Bool { process.isRunning }
  }

  /// The built program: beside the bundle of the tests.
  static let program: String = {
    let bundle = [CommandLine.arguments[0]] + CommandLine.arguments
    for path in bundle where path.contains("/") {
      var folder = URL(fileURLWithPath: path)
      while folder.pathComponents.count > 1 {
        folder.deleteLastPathComponent()
        let program = folder.appendingPathComponent("ration").path
        var isFolder: ObjCBool = false
        if FileManager.default.fileExists(atPath: program, isDirectory: &isFolder),
          !isFolder.boolValue, FileManager.default.isExecutableFile(atPath: program)
        {
          return program
        }
      }
    }
    fatalError("ration is not beside the tests: \(CommandLine.arguments)")
  }()
}

/// What a text says as JSON.
func object(_ json: String) throws -> [String: Any] {
  try #require(try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any])
}
