import Foundation
import GGUF
import Planning
import Testing

/// A model and the types that `llama-quantize --dry-run` gives to its tensors: a file of
/// `DryRuns/`, whose README describes the form.
struct SkeletonFixture: CustomTestStringConvertible {
  let name: String
  let outline: ModelOutline
  let assignments: [Assignment]

  /// What one mix assigns.
  struct Assignment {
    let ftype: String
    /// With an importance matrix, without, or both ways alike.
    let imatrix: [Bool]
    /// In the order of the model; nil for tensors that keep their type.
    let types: [TensorType?]
  }

  static let folder = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "DryRuns")

  static let all: [SkeletonFixture] = {
    let names = try! FileManager.default.contentsOfDirectory(atPath: folder.path)
    return names.filter { $0.hasSuffix(".txt") }.sorted().map(SkeletonFixture.init(file:))
  }()

  var testDescription: String { name }

  private init(file: String) {
    name = String(file.dropLast(".txt".count))
    let text = try! String(contentsOf: Self.folder.appending(path: file), encoding: .utf8)
    let sections = text.split(separator: "\n\n").map { $0.split(separator: "\n") }
    var metadata = Metadata()
    for line in sections[0].dropFirst() {
      let words = line.split(separator: " ")
      let (key, value) = (String(words[0]), String(words[2]))
      metadata[key] = UInt32(value).map { .uint32($0) } ?? .string(value)
    }
    let models = sections.filter { $0[0] == "once" || $0[0].hasPrefix("blocks ") }
    outline = try! ModelOutline(metadata: metadata, tensors: models.flatMap(Self.tensors(of:)))

    let kept = sections.first { $0[0] == "kept" }!
    let keptNames = Set(kept.dropFirst().flatMap { Self.names($0.dropFirst(2)) })
    let names = outline.tensors.map(\.name)
    assignments = sections.dropFirst().filter { $0[0].contains(": ") }.map { section in
      let head = section[0].split(separator: ": ")
      var types = Dictionary(uniqueKeysWithValues: names.map { ($0, TensorType.named(head[1])) })
      for line in section.dropFirst() {
        let words = line.split(separator: " ")
        for name in Self.names(words[1]) { types[name] = TensorType.named(words[0]) }
      }
      return Assignment(
        ftype: String(head[0].prefix { $0 != " " }), imatrix: Self.imatrix(head[0]),
        types: names.map { keptNames.contains($0) ? nil : types[$0]! })
    }
  }

  /// When `q4_k_m`, `q4_k_m with imatrix` and `q4_k_m without imatrix` hold.
  private static func imatrix(_ head: Substring) -> [Bool] {
    if head.hasSuffix(" with imatrix") { return [true] }
    if head.hasSuffix(" without imatrix") { return [false] }
    return [true, false]
  }

  /// The tensors of a section `once` or `blocks 0-5`.
  private static func tensors(of section: [Substring]) -> [TensorDescriptor] {
    let blocks = section[0] == "once" ? [""] : numbers(section[0].dropFirst("blocks ".count))
    return blocks.flatMap { block in
      section.dropFirst().map { line in
        let words = line.split(separator: " ")
        return try! TensorDescriptor(
          name: String(words[0].replacing("*", with: block)),
          shape: words[2].split(separator: "x").map { Int($0)! },
          type: TensorType.named(words[1])!)
      }
    }
  }

  /// `blk.0-3,7.ffn_up.weight` as five names.
  private static func names(_ text: Substring) -> [String] {
    guard let range = text.firstRange(of: /\d+(-\d+)?(,\d+(-\d+)?)*/), text.contains("blk.")
    else { return [String(text)] }
    return numbers(text[range]).map { text[..<range.lowerBound] + $0 + text[range.upperBound...] }
  }

  /// `0-3,7` as five numbers.
  private static func numbers(_ text: Substring) -> [String] {
    text.split(separator: ",").flatMap { range in
      let ends = range.split(separator: "-").map { Int($0)! }
      return (ends[0]...ends.last!).map(String.init)
    }
  }
}
