import GGUF
import Statistics
import TestSupport

/// A legacy imatrix file put together byte by byte, sound unless it is told otherwise.
struct LegacyFixture {
  struct Entry {
    var name: [UInt8]
    var calls: Int32
    var values: [Float]
    var declaredNameLength: Int32?
    var declaredCount: Int32?

    init(_ name: String, calls: Int32 = 1, _ values: [Float]) {
      self.name = Array(name.utf8)
      self.calls = calls
      self.values = values
    }
  }

  var entries: [Entry]
  var declaredCount: Int32?
  /// What follows the entries.
  var trailer: [UInt8] = []

  static var small: LegacyFixture {
    var fixture = LegacyFixture(entries: [
      Entry("blk.0.ffn_up.weight", calls: 2, [2, 4, 6, 8]),
      Entry("blk.0.ffn_down.weight", calls: 4, [1, 2]),
    ])
    fixture.trailer = trailer(chunks: 7, dataset: "wiki.txt")
    return fixture
  }

  static func trailer(chunks: Int32, dataset: String) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.put(chunks)
    bytes.put(Int32(dataset.utf8.count))
    return bytes + Array(dataset.utf8)
  }

  var bytes: [UInt8] {
    var bytes: [UInt8] = []
    bytes.put(declaredCount ?? Int32(entries.count))
    for entry in entries {
      bytes.put(entry.declaredNameLength ?? Int32(entry.name.count))
      bytes += entry.name
      bytes.put(entry.calls)
      bytes.put(entry.declaredCount ?? Int32(entry.values.count))
      bytes.put(entry.values)
    }
    return bytes + trailer
  }
}

extension TemporaryDirectory {
  /// Reads statistics from these bytes.
  func statistics(_ bytes: [UInt8]) throws -> StatisticsFile {
    try StatisticsFile.read(path: write(bytes, to: "statistics"))
  }

  /// A model of `f32` tensors of these shapes, all zeros.
  func model(_ shapes: KeyValuePairs<String, [Int64]>) throws -> ModelFile {
    let tensors = shapes.map { name, shape in
      GGUFFixture.Tensor.f32(name, shape, Array(repeating: 0, count: Int(shape.reduce(1, *))))
    }
    return try ModelFile(path: write(GGUFFixture(tensors: tensors).bytes, to: "model.gguf"))
  }
}

extension ModelFile {
  /// The only tensor, or the first.
  var first: TensorDescriptor { tensors[0] }
}
