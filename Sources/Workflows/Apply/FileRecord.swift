import Foundation
import GGUF
import Planning

/// How the tensors of one file of an output were made, in a file beside it, for the process that completes the output.
struct FileRecord: Sendable {
  /// The SHA-256 of each tensor's bytes, in the order of the file.
  let digests: [ContentDigest]
  /// What the bytes of each tensor depend on.
  let origins: [ContentDigest]
  /// The digests of the source's tensors, of those that it has.
  let sources: [ContentDigest]
  private let key: ContentDigest

  /// The record of what was just written.
  ///
  /// - Parameter key: what all files of the output are to be.
  init(
    key: ContentDigest, _ file: OutputPlan, _ writing: OutputWriting, digests: [ContentDigest]
  ) {
    self.key = key
    self.digests = digests
    origins = writing.origins
    sources = writing.sources.digests
  }

  /// The record that stands beside a file; nil where there is none, or one of another output.
  init?(of path: String, key: ContentDigest, _ file: OutputPlan) {
    guard let text = try? OpenFile(reading: Self.path(beside: path)).text(atMost: 64 << 20),
      let form = try? JSONDecoder().decode(Form.self, from: Data(text.utf8)),
      form.seal == form.sealing, form.key == key.hexadecimal
    else { return nil }
    self.key = key
    digests = form.digests.compactMap(ContentDigest.init(hexadecimal:))
    origins = form.origins.compactMap(ContentDigest.init(hexadecimal:))
    sources = form.sources.compactMap(ContentDigest.init(hexadecimal:))
    let count = file.tensors.count
    guard digests.count == count, origins.count == count,
      sources.count == file.tensors.count(where: { $0.source != nil })
    else { return nil }
  }

  /// The file that the record is of.
  func file(_ path: String, _ output: OutputPlan) -> CompletedFile {
    CompletedFile(path: path, layout: output.layouts[0], digests: digests)
  }

  func write(beside path: String) throws {
    var form = Form(
      key: key.hexadecimal, digests: digests.map(\.hexadecimal),
      origins: origins.map(\.hexadecimal), sources: sources.map(\.hexadecimal), seal: "")
    form.seal = form.sealing
    try WholeFile.write(
      Array(try JSON.text(form).utf8),
      to: Reservation([Self.path(beside: path)], overwrite: true))
  }

  static func remove(beside path: String) throws { try WholeFile.remove(Self.path(beside: path)) }

  private static func path(beside path: String) -> String { "\(path).record" }

  /// The record in JSON.
  private struct Form: Codable {
    let key: String
    let digests: [String]
    let origins: [String]
    let sources: [String]
    /// A digest of all others.
    var seal: String

    var sealing: String {
      var hasher = ContentHasher()
      hasher.add("ration file record 1")
      for texts in [[key], digests, origins, sources] {
        hasher.add(UInt64(texts.count))
        for text in texts { hasher.add(text) }
      }
      return hasher.finish().hexadecimal
    }
  }
}
