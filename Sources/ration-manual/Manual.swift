import ArgumentParser
import Foundation

@main
struct Manual: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "ration-manual",
    abstract: "Writes the man pages of ration, one a command, from what ration says of itself.")

  @Argument(help: "The program.", completion: .file())
  var program: String

  @Argument(help: "The folder for the pages, which is made where it is missing.")
  var folder: String

  func run() throws {
    let version = try output(of: ["--version"]).trimmingCharacters(in: .newlines)
    let dump = try JSONDecoder().decode(
      HelpDump.self, from: Data(try output(of: ["--experimental-dump-help"]).utf8))
    let folder = URL(filePath: folder)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    for command in dump.command.family {
      let page = ManualPage(of: command, version: version)
      try page.text.write(
        to: folder.appending(path: page.fileName), atomically: true, encoding: .utf8)
    }
  }

  /// What the program prints.
  private func output(of arguments: [String]) throws -> String {
    let process = Process()
    process.executableURL = URL(filePath: program)
    process.arguments = arguments
    let pipe = Pipe()
    process.standardOutput = pipe
    try process.run()
    let data = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else {
      throw ValidationError("\(program) \(arguments.joined(separator: " ")) failed")
    }
    return String(decoding: data, as: UTF8.self)
  }
}
