import ArgumentParser
import Foundation

struct DemoCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "demo",
    abstract: "Go the whole way with a small model that comes with ration.",
    discussion: """
      Calibrates a llama of four million weights, plans and writes it at 4.0 bits per weight, shows \
      what each tensor lost, and compares what both models predict. Every command is shown before it \
      runs. The files stay in a new folder, which the first and the last line name. This takes a few \
      minutes.

      Next: the same commands with a model of your own.
      """)

  func run() throws {
    let model = try SharedFolder.demoModel()
    let folder = try Self.makeFolder()
    try Output.standard.writeAll("The files go to \(folder.path)\n\n")
    let statistics = folder.appending(path: "folio.statistics.gguf").path
    let recipe = folder.appending(path: "folio-4.0bpw.recipe").path
    let quantized = folder.appending(path: "folio-4m-4.0bpw.gguf").path

    try Self.run(["calibrate", model, "--self", "-o", statistics])
    try Self.run([
      "plan", model, "--statistics", statistics, "--target-bpw", "4.0", "-o", recipe, "--cache",
      folder.appending(path: "measurements.sqlite").path,
    ])
    try Self.run(["apply", recipe, model, quantized, "--statistics", statistics])
    try Self.run(["inspect", quantized, "--against", model, "--statistics", statistics])
    try Self.run(["evaluate", model, quantized])
    try Output.standard.writeAll("The files are in \(folder.path)\n")
  }

  /// Runs a command as if it had been typed, and shows it with the file names alone.
  private static func run(_ arguments: [String]) throws {
    let shown = arguments.map { $0.contains("/") ? URL(filePath: $0).lastPathComponent : $0 }
    try Output.standard.writeAll("$ ration \(shown.joined(separator: " "))\n")
    var command = try Ration.parseAsRoot(arguments)
    try command.run()
    try Output.standard.writeAll("\n")
  }

  /// A new folder for temporary files.
  private static func makeFolder() throws -> URL {
    let folder = FileManager.default.temporaryDirectory
      .appending(path: "ration-demo-\(UUID().uuidString.prefix(8))")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    return folder
  }
}
