import Codecs
import Foundation
import GGUF
import Testing

/// The folder listing is the list of types: these laws keep it true.
@Suite struct RegistryTests {
  static let families = ["Plain", "Legacy", "KQuants", "IQuants", "IKQuants", "Trellis"]

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

  @Test(arguments: Codec.all)
  func theGoldensHaveTheSizeOfTheTypesGeometry(codec: Codec) throws {
    guard let bytes = Golden.bytes("\(codec).weighted.bin") else { return }
    #expect(codec.type.bytes(rows: 16, columns: Golden.columns) == bytes.count)
  }

  /// The README's table of types, as the registry has it.
  static var table: String {
    let rows = Codec.all.map { codec in
      let type = codec.type
      let row = type.rowHeaderBytes == 0 ? "" : " + \(type.rowHeaderBytes) bytes a row"
      let bits = type.nominalBitsPerWeight.formatted(.number.precision(.fractionLength(0...4)))
      let runtime = type.support == .everywhere ? "llama.cpp, ik_llama.cpp" : "ik_llama.cpp"
      return "| `\(type.name)` | \(bits)\(row) | \(type.weightsPerBlock) | \(runtime) |"
    }
    return
      (["| type | bits per weight | rows in multiples of | loads in |", "|---|---|---|---|"] + rows)
      .joined(separator: "\n")
  }

  @Test func theReadmeListsTheTypesOfTheRegistry() throws {
    let readme = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "../../README.md").standardized
    let text = try String(contentsOf: readme, encoding: .utf8)
    #expect(text.contains(Self.table), "the table should be:\n\(Self.table)")
  }
}
