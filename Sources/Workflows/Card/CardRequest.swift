package import GGUF
package import Reports

/// What `ration card` is asked for.
package struct CardRequest: CommandRequest {
  /// The model that was quantized.
  package var model: String
  /// What it was quantized to, by whatever tool.
  package var quantized: [String]
  /// What `ration evaluate --json` printed of them, and of files to compare with.
  package var evaluations: [String]
  /// Where the model was published; nil leaves it to its metadata.
  package var repository: HubRepository?
  /// Who quantized it; nil leaves that out.
  package var author: String?
  /// Where the picture goes; nil for none.
  package var picture: String?
  /// Where the card goes; nil leaves it to the caller.
  package var output: String?
  package var overwrite: Bool

  package init(
    model: String, quantized: [String], evaluations: [String] = [],
    repository: HubRepository? = nil, author: String? = nil, picture: String? = nil,
    output: String? = nil, overwrite: Bool = false
  ) {
    self.model = model
    self.quantized = quantized
    self.evaluations = evaluations
    self.repository = repository
    self.author = author
    self.picture = picture
    self.output = output
    self.overwrite = overwrite
  }

  package var files: CommandFiles {
    CommandFiles(
      inputs: [model] + quantized + evaluations,
      outputs: [output, picture].compactMap { $0 }.map {
        CommandFiles.Output([$0], overwrite: overwrite)
      })
  }

  /// The picture as seen from the card: below its folder where it is there, else by its name.
  var pictureAddress: String? {
    guard let picture else { return nil }
    guard let output else { return picture.hasPrefix("/") ? picture.fileName : picture }
    let folder = output.prefix(
      upTo: output.lastIndex(of: "/").map(output.index(after:)) ?? output.startIndex)
    let isBelow = picture.hasPrefix(folder) && !(folder.isEmpty && picture.hasPrefix("/"))
    return isBelow ? String(picture.dropFirst(folder.count)) : picture.fileName
  }
}
