import GGUF
import Planning
import Statistics
import Testing
import TestSupport

/// Files before they are written.
@Suite("The plan of a file") struct OutputPlanTests {
  let directory = TemporaryDirectory()
  let model: ModelFile

  init() throws {
    model = try ModelFile(path: directory.write(SmallModel().fixture.bytes, to: "small.gguf"))
  }

  func plan(
    _ types: [TensorType]? = nil, added: [OutputPlan.Tensor] = [], promise: Promise? = nil
  ) throws -> OutputPlan {
    try OutputPlan(
      model, types: types ?? model.tensors.map(\.type), added: added,
      metadata: OutputMetadata(
        version: "1.2.3", recipe: Recipe(rules: []), promise: promise, statistics: nil))
  }

  @Test("is as large whatever types are chosen, but for the tensors themselves")
  func headerBytes() throws {
    let rounded = model.tensors.map { $0.type == .BF16 ? TensorType.F16 : $0.type }
    #expect(try plan().headerBytes == plan(rounded).headerBytes)
    let promised = try plan(promise: Promise(unit: .nats, loss: 0.25))
    let planned = try OutputPlan(
      model, types: rounded,
      metadata: OutputMetadata(version: "1.2.3", planning: .nats, statistics: nil))
    #expect(promised.headerBytes == planned.headerBytes)
  }

  @Test("may hold tensors that the model lacks, behind the model's own")
  func added() throws {
    let scale = OutputPlan.Tensor(
      name: "blk.0.attn_q.scale", shape: [2], type: .F32,
      content: .bytes([0, 0, 128, 63, 0, 0, 0, 64]))
    let plan = try plan(added: [scale])
    #expect(plan.descriptors.count == model.tensors.count + 1)
    #expect(plan.descriptors.last?.name == "blk.0.attn_q.scale")
    #expect(plan.descriptors.last?.byteCount == 8)
    #expect(try plan.fileBytes > self.plan().fileBytes)
  }

  @Test("is refused where a tensor is there twice or a row does not fit its type")
  func refused() throws {
    let twin = OutputPlan.Tensor(
      name: "output.weight", shape: [1], type: .F32, content: .bytes([0, 0, 0, 0]))
    #expect(throws: FormatError.Problem.self) { try plan(added: [twin]) }
    let narrow = model.tensors.map { $0.columns == 32 ? TensorType.Q4_K : $0.type }
    #expect(throws: FormatError.Problem.self) { try plan(narrow) }
  }
}
