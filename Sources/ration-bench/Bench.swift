import ArgumentParser
import GGUF

@main
struct Bench: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "ration-bench", abstract: "Times what Ration spends its time on.",
    subcommands: [CodecBench.self, AllocationBench.self, NetworkBench.self, ModelBench.self],
    defaultSubcommand: CodecBench.self)
}
