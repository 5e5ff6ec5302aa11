import Codecs
import Foundation
import GGUF

/// The table of types in `docs/types.md`, figures included.
enum TypesTable {
  private static let header =
    "| type | bits per weight | rows in multiples of | loads in | encode | decode | error |"

  /// Replaces the table in a file. Types that were not timed are left out.
  static func rewrite(_ path: String, with figures: [CodecFigures]) throws {
    let text = try String(contentsOfFile: path, encoding: .utf8)
    var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    guard let start = lines.firstIndex(of: header) else {
      throw CocoaError(.fileReadCorruptFile, userInfo: [NSFilePathErrorKey: path])
    }
    let end = lines[start...].firstIndex { !$0.hasPrefix("|") } ?? lines.endIndex
    let rows = figures.compactMap { row($0) }
    lines.replaceSubrange(start..<end, with: [header, "|---|---|---|---|---|---|---|"] + rows)
    try lines.joined(separator: "\n").write(toFile: path, atomically: true, encoding: .utf8)
  }

  private static func row(_ figures: CodecFigures) -> String? {
    guard let type = TensorType.named(figures.type) else { return nil }
    let header = type.rowHeaderBytes == 0 ? "" : " + \(type.rowHeaderBytes) bytes a row"
    let bits = type.nominalBitsPerWeight.formatted(.number.precision(.fractionLength(0...5)))
    let runtime = type.support == .everywhere ? "llama.cpp, ik_llama.cpp" : "ik_llama.cpp"
    let speeds = String(format: "%.1f | %.0f", figures.encode, figures.decode)
    let error = String(format: "%.3g", figures.weightedRelativeError)
    return
      "| `\(type.name)` | \(bits)\(header) | \(type.weightsPerBlock) | \(runtime) | \(speeds) | \(error) |"
  }
}
