import Codecs
import Foundation
import GGUF
import Measurement
import Planning
import Reports
import Testing
import TestSupport
import Workflows

@Suite struct CompareTests {
  let bench: Workbench

  init() throws { bench = try Workbench() }

  func compare(
    _ model: String, statistics: String?, pattern: String? = nil
  ) throws -> DistortionReport {
    try CompareWorkflow.run(
      CompareRequest(
        model: model, source: bench.model, statistics: statistics,
        pattern: try pattern.map { try TensorPattern($0) }, order: .file), Session(threads: 2))
  }

  /// Plans with these statistics, writes the file and holds what each tensor lost against the plan.
  func expectKeptPromise(
    _ bench: Workbench, _ statistics: String?, _ sensitivity: SensitivitySource = .none
  ) throws {
    let planned = try bench.plan(.bitsPerWeight(5)) {
      $0.statistics = statistics
      $0.sensitivity = sensitivity
    }
    try bench.apply(planned.recipe) { $0.statistics = statistics }
    let report = try CompareWorkflow.run(
      CompareRequest(
        model: bench.output, source: bench.model, statistics: statistics, pattern: nil,
        order: .file), Session(threads: 2))
    #expect(report.unit == planned.report.plan.unit)
    for tensor in report.tensors {
      let entry = try #require(planned.report.plan.entries.first { $0.name == tensor.name })
      let actual = try #require(tensor.pairs.first)
      #expect(tensor.pairs.count == 1 && actual.type == entry.type)
      #expect(actual.bytes == entry.bytes)
      #expect(
        abs(actual.distortion.loss - entry.loss) <= 1e-6 * entry.loss,
        "\(tensor.name) lost \(actual.distortion.loss), not \(entry.loss)")
    }
    let total = report.tensors.reduce(0) { $0 + $1.pairs[0].distortion.loss }
    #expect(abs(total - planned.report.plan.loss) <= 1e-6 * planned.report.plan.loss)
  }

  @Test func aWrittenModelLosesWhatItsPlanPredicted() throws {
    try expectKeptPromise(bench, bench.statistics, .measured)
  }

  @Test func withoutStatisticsToo() throws { try expectKeptPromise(bench, nil) }

  @Test func withATiedTableToo() throws {
    let tied = try Workbench(SmallModel(tied: true))
    try expectKeptPromise(tied, tied.statistics, .measured)
  }

  @Test func whereSomeSensitivitiesAreUnknownToo() throws {
    var statistics = SmallModel().statistics
    statistics.tensors.removeAll { $0.name == Array("output.weight.out_grad_sum2".utf8) }
    let path = try bench.directory.write(statistics.bytes, to: "part.statistics.gguf")
    try expectKeptPromise(bench, path)
  }

  @Test func whereImportanceAloneIsKnownToo() throws {
    for tied in [false, true] {
      let bench = try Workbench(SmallModel(tied: tied))
      var statistics = SmallModel(tied: tied).statistics
      statistics.tensors.removeAll { String(decoding: $0.name, as: UTF8.self).contains("grad") }
      statistics.tensors.removeAll { String(decoding: $0.name, as: UTF8.self).contains("lookup") }
      let path = try bench.directory.write(statistics.bytes, to: "importance.gguf")
      try expectKeptPromise(bench, path)
    }
  }

  @Test func aModelLosesNothingAgainstItself() throws {
    let report = try compare(bench.model, statistics: bench.statistics)
    #expect(report.tensors.count == 7)
    #expect(report.tensors.allSatisfy { $0.pairs[0].distortion.loss == 0 })
  }

  @Test func aPatternSelectsTensors() throws {
    let report = try compare(bench.model, statistics: nil, pattern: "attn_[qk]")
    #expect(report.tensors.map(\.name) == ["blk.0.attn_q.weight", "blk.0.attn_k.weight"])
    let error = #expect(throws: NoTensorMatches.self) {
      try compare(bench.model, statistics: nil, pattern: "norm")
    }
    #expect(error?.path == bench.model)
  }

  @Test func anotherModelIsNamed() throws {
    var small = SmallModel()
    small.fixture.tensors[2].dimensions = [512, 48]
    let other = try bench.directory.write(small.fixture.bytes, to: "other.gguf")
    let shape = #expect(throws: ModelMismatch.self) { try compare(other, statistics: nil) }
    #expect(shape?.tensor == "blk.0.attn_q.weight" && shape?.found == [512, 48])
    small.fixture.tensors.remove(at: 2)
    try bench.directory.write(small.fixture.bytes, to: "other.gguf")
    let missing = #expect(throws: ModelMismatch.self) { try compare(other, statistics: nil) }
    #expect(missing?.tensor == "blk.0.attn_q.weight" && missing?.found == nil)
  }

  @Test func aWeightOfEitherModelThatIsNoNumberIsNamed() throws {
    var small = SmallModel()
    small.fixture.tensors[2].data.replaceSubrange(512 * 3 + 4..<512 * 3 + 6, with: [0xC0, 0x7F])
    let other = try bench.directory.write(small.fixture.bytes, to: "other.gguf")
    let errors = #expect(throws: NonFiniteWeights.self) { try compare(other, statistics: nil) }
    let error = errors?.first.first
    #expect(error?.path == other && error?.row == 3 && error?.columns == 2..<3)
  }
}
