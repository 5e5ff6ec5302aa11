import Codecs
import Foundation
import GGUF
import Testing
import TestSupport

/// The folder listing is the list of types: these laws keep it true.
@Suite struct RegistryTests {
  static let families = [
    "Plain", "Legacy", "KQuants", "IQuants", "IKQuants", "Trellis", "Microscaling",
  ]

  @Test func everyCodecHasAFileOfItsNameAndEveryFileACodec() throws {
    let sources = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "../../Sources/Codecs").standardized
    var files: Set<String> = []
    for family in Self.families {
      let folder = sources.appending(path: family)
      for file in try FileManager.default.contentsOfDirectory(atPath: folder.path) {
        files.insert(file.replacing(".swift", with: "").lowercased())
      }
    }
    #expect(files == Set(Codec.all.map { $0.type.name.lowercased() }))
  }

  @Test func everyCodecHasGoldensAndEveryGoldenACodec() throws {
    let goldens = try FileManager.default.contentsOfDirectory(atPath: Golden.folder.path)
      .filter { $0.hasSuffix(".weighted.bin") }
      .map { $0.replacing(".weighted.bin", with: "") }
    // A 32-bit float stands for itself.
    #expect(Set(goldens) == Set(Codec.all.map(\.type.name)).subtracting(["f32"]))
  }

  @Test func idsAndNamesAreUnique() {
    #expect(Set(TensorType.all.map(\.id)).count == TensorType.all.count)
    #expect(Set(TensorType.all.map { $0.name.lowercased() }).count == TensorType.all.count)
    #expect(Set(Codec.all.map(\.type)).count == Codec.all.count)
  }

  @Test func typesOfFewBitsRequireImportance() {
    let names = Codec.all.filter(\.requiresImportance).map(\.type.name)
    #expect(
      names == ["iq1_s", "iq1_m", "iq2_xxs", "iq2_xs", "iq2_s", "iq3_xxs", "iq1_kt", "iq2_kt"])
  }

  @Test(arguments: Codec.all)
  func theGoldensHaveTheSizeOfTheTypesGeometry(codec: Codec) throws {
    guard let bytes = Golden.bytes("\(codec).weighted.bin") else { return }
    #expect(codec.type.bytes(rows: 16, columns: Golden.columns) == bytes.count)
  }

  /// What the table in `docs/types.md` says of a codec, up to the measured figures.
  static func row(_ codec: Codec) -> String {
    let type = codec.type
    let row = type.rowHeaderBytes == 0 ? "" : " + \(type.rowHeaderBytes) bytes a row"
    let bits = type.nominalBitsPerWeight.formatted(.number.precision(.fractionLength(0...5)))
    let runtime = type.support == .everywhere ? "llama.cpp, ik_llama.cpp" : "ik_llama.cpp"
    return "| `\(type.name)` | \(bits)\(row) | \(type.weightsPerBlock) | \(runtime) |"
  }

  @Test func theTableOfTypesListsTheRegistryInItsOrder() throws {
    let page = Repository.file("docs/types.md")
    let lines = try String(contentsOf: page, encoding: .utf8).split(separator: "\n")
    let rows = lines.filter { line in
      let cell = line.split(separator: "|").first?.filter { !" `".contains($0) }
      return line.hasPrefix("| `") && cell.flatMap { TensorType.named($0) } != nil
    }
    #expect(
      rows.count == Codec.all.count, "ration-bench --types-table docs/types.md rewrites the table")
    for (row, codec) in zip(rows, Codec.all) { #expect(row.hasPrefix(Self.row(codec))) }
  }
}
