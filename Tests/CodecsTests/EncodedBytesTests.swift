import Codecs
import Crypto
import Foundation
import GGUF
import Testing

/// The guard of encoded bytes: they change only together with a format's `revision`, on which the
/// cache of measurements relies.
///
/// `EncodedBytes.txt` has a line for each type that Ration writes: its name, its revision, and the
/// digests of what the guard's matrix becomes without importance, with it, and under the heuristic
/// weighting. They are the same on every machine and at every CPU level (`RATION_CPU`).
@Suite struct EncodedBytesTests {
  static let matrix = GuardMatrix(seed: 9)

  static let record: [String: String] = {
    let file = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "EncodedBytes.txt")
    let text = try! String(contentsOf: file, encoding: .utf8)
    var lines: [String: String] = [:]
    for line in text.split(separator: "\n") where !line.hasPrefix("#") {
      lines[String(line.prefix { $0 != " " })] = String(line)
    }
    return lines
  }()

  /// A type's line of the record as it is now.
  static func line(_ codec: Codec) -> String {
    let variants: [(importance: [Float]?, weighting: Weighting)] = [
      (nil, .importance), (matrix.importance, .importance), (matrix.importance, .heuristic),
    ]
    let digests = variants.map { importance, weighting in
      let bytes = codec.encode(
        matrix.weights, columns: GuardMatrix.columns, importance: importance, weighting: weighting)
      return SHA256.hash(data: bytes).prefix(16)
        .map { String(UInt16($0) + 0x100, radix: 16).dropFirst() }.joined()
    }
    return "\(codec) \(codec.revision) \(digests.joined(separator: " "))"
  }

  @Test("Encoded bytes change only together with the format's revision", arguments: Codec.all)
  func encodedBytesAreThoseOfTheRecord(codec: Codec) {
    let line = Self.line(codec)
    guard let recorded = Self.record[codec.type.name] else {
      Issue.record("EncodedBytes.txt lacks \(codec); its line is\n\(line)")
      return
    }
    guard line != recorded else { return }
    let isRaised = recorded.split(separator: " ")[1] != "\(codec.revision)"
    Issue.record(
      """
      the bytes of \(codec) are not those of EncodedBytes.txt. \
      \(isRaised ? "Its line is now" : "If they are meant to change, raise `revision`; its line is then, but for the revision,")
      \(line)
      """)
  }

  @Test("The record lists the types that Ration writes, and no others")
  func theRecordHasNoStaleLine() {
    #expect(Set(Self.record.keys) == Set(Codec.all.map(\.type.name)))
  }
}
