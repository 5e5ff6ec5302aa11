import ArgumentParser
import Workflows

struct CacheMergeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "merge",
    abstract: "Take what several processes have measured into the cache.",
    discussion: """
      The files are shares of the same measurements, by ration measure. They can be taken in again, and in any \
      order. A warning names the shares that were not given.

      Examples:
        ration cache merge m/*.measured
        ration cache merge --cache model.sqlite m/*.measured

      Next: ration plan --cache, with the options that were measured.
      """)

  @Argument(
    help: "The files of measurements.", completion: .file(extensions: ["measured"]),
    transform: FilePaths.named)
  var files: [String]

  @OptionGroup var place: CacheOptions
  @OptionGroup var options: SessionOptions

  func run() throws {
    let report = try CacheMergeWorkflow.run(
      CacheMergeRequest(shares: files, cache: place.cachePath), options.session)
    if !options.quiet { try Output.standard.writeAll(report) }
  }
}
