import Codecs
import GGUF
import Testing
import TestSupport

@Suite struct RowReaderTests {
  /// 32 rows of 4 weights: row r, column c holds 4 r + c.
  static let rows = (0..<32).map { row in (0..<4).map { Float(4 * row + $0) } }

  /// The words of bf16_r16: two columns of 16 rows at a time.
  static var interleaved: [UInt8] {
    var bytes: [UInt8] = []
    for group in 0..<2 {
      for columns in [0..<2, 2..<4] {
        for row in 16 * group..<16 * group + 16 {
          for value in rows[row][columns] { bytes.put(UInt16(value.bitPattern >> 16)) }
        }
      }
    }
    return bytes
  }

  @Test(arguments: [0..<32, 0..<16, 16..<32, 5..<6, 15..<17, 1..<31, 31..<32])
  func anyRowsOfAnInterleavedTensorCanBeRead(range: Range<Int>) throws {
    let folder = TemporaryDirectory()
    let tensor = GGUFFixture.Tensor(
      "a.weight", [4, 32], type: TensorType.BF16_R16.id, data: Self.interleaved)
    let path = try folder.write(GGUFFixture(tensors: [tensor]).bytes, to: "a.gguf")
    let model = try ModelFile(path: path)
    let codec = try #require(Codec.of(.BF16_R16))
    let reader = RowReader(model, model.tensors[0], codec, rows: range.count)
    #expect(try reader.read(range).map { Array($0) } == Array(Self.rows[range]))
  }

  @Test func itemsAreWholeGroups() throws {
    for columns in [4, 96, 4096, 40_000] {
      let tensor = try TensorDescriptor(
        name: "a", shape: [columns, 64], type: .BF16_R16)
      #expect(RowReader.rowsPerItem(tensor) % 16 == 0)
      #expect(RowReader.rowsPerItem(tensor) >= 16)
    }
  }
}
