import ArgumentParser
import Workflows

/// The report as a page for a browser.
struct PageOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Where to write the report as a page for a browser too.",
      discussion: "The page is one file, and asks for no other.", valueName: "file"),
    completion: .file(extensions: ["html"]), transform: FilePaths.named)
  var html: String?

  /// What to write.
  ///
  /// - Parameter overwrite: whether an existing page may be replaced.
  func page(overwrite: Bool) -> PageRequest? {
    html.map {
      PageRequest(
        path: $0, overwrite: overwrite,
        command: (["ration"] + CommandLine.arguments.dropFirst()).joined(separator: " "),
        version: Ration.version)
    }
  }
}

/// The report as a page, of a command that writes nothing else.
struct SolePageOptions: ParsableArguments {
  @OptionGroup var options: PageOptions

  @Flag(help: "Overwrite an existing page.")
  var force = false

  /// What to write.
  var page: PageRequest? { options.page(overwrite: force) }
}
