import GGUF
import Measurement
import Planning
import Reports
import Testing
import TestSupport
import Workflows

@Suite struct InterleavedTests {
  let bench: Workbench
  /// The small model with every bf16 tensor as bf16_r16.
  let interleaved: String

  init() throws {
    bench = try Workbench()
    var model = SmallModel().fixture
    for index in model.tensors.indices where model.tensors[index].type == TensorType.BF16.id {
      let tensor = model.tensors[index]
      model.tensors[index].type = TensorType.BF16_R16.id
      model.tensors[index].data = Self.interleaved(tensor.data, columns: Int(tensor.dimensions[0]))
    }
    interleaved = try bench.directory.write(model.bytes, to: "interleaved.gguf")
  }

  /// Puts the words of two columns of 16 rows together.
  static func interleaved(_ data: [UInt8], columns: Int) -> [UInt8] {
    var bytes: [UInt8] = []
    for group in stride(from: 0, to: data.count, by: 32 * columns) {
      for pair in stride(from: 0, to: 2 * columns, by: 4) {
        for row in 0..<16 {
          let start = group + row * 2 * columns + pair
          bytes += data[start..<start + 4]
        }
      }
    }
    return bytes
  }

  @Test func aRearrangedModelLosesNothing() throws {
    for (model, source) in [(interleaved, bench.model), (bench.model, interleaved)] {
      let report = try CompareWorkflow.run(
        CompareRequest(
          model: model, source: source, statistics: bench.statistics, pattern: nil, order: .file),
        Session(threads: 2))
      #expect(report.tensors.allSatisfy { $0.pairs[0].distortion.loss == 0 })
      let types = Set(report.tensors.map(\.pairs[0].type))
      #expect(types.contains(model == interleaved ? .BF16_R16 : .BF16))
    }
  }

  @Test func aRearrangedSourceGivesTheSamePlanAndBytes() throws {
    let plan = try bench.plan()
    let other = try bench.plan { $0.model = interleaved }
    #expect(other.report.plan.entries.map(\.type) == plan.report.plan.entries.map(\.type))
    #expect(other.report.plan.entries.map(\.loss) == plan.report.plan.entries.map(\.loss))
    try bench.apply(plan.recipe)
    let first = try ModelFile(path: bench.output)
    let path = bench.directory("second.gguf")
    try bench.apply(plan.recipe) { ($0.model, $0.output) = (interleaved, path) }
    let second = try ModelFile(path: path)
    for tensor in first.tensors {
      #expect(try first.data(tensor.name) == second.data(tensor.name))
    }
  }

  @Test func noneCanBeWritten() {
    let error = #expect(throws: UnwritableType.self) { try bench.apply("attn_q=q8_0_r8") }
    #expect(error?.type == .Q8_0_R8)
    #expect(throws: UnwritableType.self) { try bench.apply("attn_q=bf16_r16") }
  }
}
