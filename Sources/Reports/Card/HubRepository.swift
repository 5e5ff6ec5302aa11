import GGUF

/// A repository of models on Hugging Face: `HuggingFaceTB/SmolLM2-135M`.
package struct HubRepository: Sendable, Equatable {
  /// Owner and name.
  package let name: String

  /// The repository of that name, or at that address; nil where the text is neither.
  package init?(_ text: String) {
    let hosts = ["https://huggingface.co/", "https://hf.co/"]
    let host = hosts.first(where: text.hasPrefix)
    let parts = text.dropFirst(host?.count ?? 0).split(
      separator: "/", omittingEmptySubsequences: host == nil ? false : true)
    guard parts.count == 2,
      parts.allSatisfy({ $0.wholeMatch(of: /[A-Za-z0-9][A-Za-z0-9._-]*/) != nil })
    else { return nil }
    name = parts.joined(separator: "/")
  }

  /// The repository that a model's metadata name as its origin; nil where they do not.
  ///
  /// `general.base_model.*` does not count: it says what the model itself was made from.
  init?(of metadata: Metadata) {
    let keys = [
      "general.source.repo_url", "general.source.huggingface.repository", "general.repo_url",
    ]
    let found = keys.lazy.compactMap { metadata[$0]?.string.flatMap(HubRepository.init) }.first
    guard let found else { return nil }
    self = found
  }

  /// A link to it.
  var markdown: String { "[\(Markdown.text(name))](https://huggingface.co/\(name))" }
}
