import GGUF
import Testing
import TestSupport

@Suite("Tensor types") struct TensorTypeTests {
  /// Types of llama.cpp that no codec handles: id, name, weights and bytes of a block (`ggml.h`, `ggml-common.h`).
  static let today: [(UInt32, String, Int, Int)] = [
    (34, "tq1_0", 256, 54), (35, "tq2_0", 256, 66), (40, "nvfp4", 64, 36), (41, "q1_0", 128, 18),
    (42, "q2_0", 64, 18),
  ]

  @Test("The types of today's llama.cpp are known by id, name and geometry", arguments: today)
  func current(id: UInt32, name: String, weights: Int, bytes: Int) throws {
    let type = try #require(TensorType.withID(id))
    #expect(type.name == name && TensorType.named(name.uppercased()) == type)
    #expect(type.bytes(rows: 3, columns: 2 * weights) == 6 * bytes)
    #expect(type.isQuantized)
  }

  @Test("A file with such a tensor opens, and its data are where they should be", arguments: today)
  func file(id: UInt32, name: String, weights: Int, bytes: Int) throws {
    let directory = TemporaryDirectory()
    var fixture = GGUFFixture.small
    let data = [UInt8](repeating: 7, count: 2 * bytes)
    fixture.tensors.insert(.init("a", [Int64(weights), 2], type: id, data: data), at: 0)
    let model = try directory.open(fixture.bytes)
    let tensor = try #require(model["a"])
    #expect(tensor.type.name == name)
    #expect(try model.data(of: tensor) == data)
  }

  @Test("A type that two programs call by different names has both")
  func aliases() { #expect(TensorType.named("Q1_0_G128") == .Q1_0) }
}
