import ArgumentParser
import Foundation

@main
struct Bench: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "ration-bench", abstract: "Times what Ration spends its time on.",
    subcommands: [CodecBench.self, AllocationBench.self, NetworkBench.self],
    defaultSubcommand: CodecBench.self)
}

/// Prints figures for programs.
func printJSON(_ figures: some Encodable) throws {
  let encoder = JSONEncoder()
  encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
  print(String(decoding: try encoder.encode(figures), as: UTF8.self))
}
