import Codecs
import GGUF
import Measurement
import Planning
import Reports
import Testing
import TestSupport
import Workflows

/// A folder with a small model and its statistics, on which workflows run.
final class Workbench: Sendable {
  let directory = TemporaryDirectory()
  let model: String
  let statistics: String

  init(_ small: SmallModel = SmallModel()) throws {
    model = try directory.write(small.fixture.bytes, to: "small.gguf")
    statistics = try directory.write(small.statistics.bytes, to: "small.statistics.gguf")
  }

  var cache: String { directory("measurements.sqlite") }
  var output: String { directory("out.gguf") }

  /// A request for a plan, everything measured, statistics in use, nothing remembered.
  func request(_ target: PlanTarget = .bitsPerWeight(5)) -> PlanRequest {
    PlanRequest(
      inputs: PlanInputs(
        model: model, statistics: statistics, sampling: .full, cache: nil, allowRequantize: false),
      target: target, version: "1.2.3")
  }

  func plan(
    _ target: PlanTarget = .bitsPerWeight(5), _ session: Session = Session(threads: 2),
    _ change: (inout PlanInputs) throws -> Void = { _ in }
  ) throws -> PlannedModel {
    var request = request(target)
    try change(&request.inputs)
    return try PlanWorkflow.run(request, session)
  }

  /// Applies a recipe, with statistics, to `output`.
  @discardableResult
  func apply(
    _ recipe: Recipe, _ session: Session = Session(threads: 2),
    _ change: (inout ApplyRequest) throws -> Void = { _ in }
  ) throws -> ApplyReport {
    let recipePath = try directory.write(Array(recipe.text.utf8), to: "recipe")
    var request = ApplyRequest(
      recipe: recipe, recipePath: recipePath, model: model, output: output,
      statistics: statistics, overwrite: false, allowRequantize: false, version: "1.2.3")
    try change(&request)
    return try ApplyWorkflow.run(request, session)
  }

  @discardableResult
  func apply(
    _ rules: String, _ session: Session = Session(threads: 2),
    _ change: (inout ApplyRequest) throws -> Void = { _ in }
  ) throws -> ApplyReport {
    try apply(Recipe(parsing: rules), session, change)
  }

  /// The files of the folder, without those that every test has.
  func names() throws -> [String] {
    try directory.names().filter {
      !["recipe", "small.gguf", "small.statistics.gguf"].contains($0)
    }
  }
}

extension PlannedModel {
  /// The type that the plan gives a tensor.
  func type(of name: String) -> TensorType? {
    report.plan.entries.first { $0.name == name }?.type
  }
}

extension ModelFile {
  /// The data of a tensor.
  func data(_ name: String) throws -> [UInt8] {
    let tensor = try #require(self[name])
    var bytes = [UInt8](repeating: 0, count: tensor.byteCount)
    try bytes.withUnsafeMutableBytes {
      try read(tensor, byteRange: 0..<tensor.byteCount, into: $0)
    }
    return bytes
  }

  /// The type of a tensor.
  func type(_ name: String) -> TensorType? { self[name]?.type }

  /// The weights of a tensor.
  func weights(_ name: String) throws -> [Float] {
    let tensor = try #require(self[name])
    let codec = try #require(Codec.of(tensor.type))
    var weights = [Float](repeating: 0, count: tensor.elements)
    try data(name).withUnsafeBytes { bytes in
      weights.withUnsafeMutableBufferPointer { weights in
        for row in 0..<tensor.rows {
          codec.decode(
            UnsafeRawBufferPointer(
              rebasing: bytes[row * tensor.rowBytes..<(row + 1) * tensor.rowBytes]),
            into: UnsafeMutableBufferPointer(
              rebasing: weights[row * tensor.columns..<(row + 1) * tensor.columns]))
        }
      }
    }
    return weights
  }
}
