import ArgumentParser

struct CacheCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "cache",
    abstract: "Take measurements of other machines into the cache.",
    discussion: """
      Examples:
        ration cache merge m/*.measured
      """,
    subcommands: [CacheMergeCommand.self])
}
