package import GGUF
package import Reports

/// A report that is to be written as a page too.
package struct PageRequest: Sendable {
  package var path: String
  /// Whether an existing page may be replaced.
  package var overwrite: Bool
  /// The command as the user gave it, which the page names.
  package var command: String
  /// The version of the program.
  package var version: String

  package init(path: String, overwrite: Bool, command: String, version: String) {
    self.path = path
    self.overwrite = overwrite
    self.command = command
    self.version = version
  }

  var output: CommandFiles.Output { CommandFiles.Output([path], overwrite: overwrite) }

  /// The model that the page is about, and where the page comes from.
  ///
  /// - Parameters:
  ///   - statistics: the path of its statistics; nil without.
  ///   - knowledge: what predictions rest on; nil where nothing is predicted.
  func subject(
    _ model: ModelFile, statistics: String? = nil, knowledge: String? = nil
  ) -> PageSubject {
    var facts = [
      PageFact("Version of Ration", version), PageFact("Command", command),
      PageFact("Model", model.path.fileName),
    ]
    if let knowledge {
      facts += [
        PageFact("Statistics", statistics?.fileName, reason: "none were given"),
        PageFact("How much errors matter", knowledge),
      ]
    }
    return PageSubject(model, facts: facts)
  }
}
