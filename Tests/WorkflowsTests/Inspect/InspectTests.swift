import GGUF
import Measurement
import Planning
import Reports
import Statistics
import Testing
import TestSupport
import Workflows

@Suite struct InspectTests {
  let bench: Workbench

  init() throws { bench = try Workbench() }

  func inspect(
    _ types: [TensorType]? = nil, pattern: String? = nil, order: DistortionReport.Order = .file
  ) throws -> DistortionReport {
    try InspectWorkflow.run(
      InspectRequest(
        model: bench.model, statistics: bench.statistics, types: types,
        pattern: try pattern.map { try TensorPattern($0) }, order: order, sampling: .full,
        cache: nil, allowRequantize: false), Session(threads: 2))
  }

  @Test func everyWeightIsShownUnderEveryTypeThatItsRowsAllow() throws {
    let report = try inspect()
    #expect(report.unit == .nats)
    #expect(report.tensors.count == 7)
    for tensor in report.tensors {
      let source = try #require(try ModelFile(path: bench.model)[tensor.name])
      for pair in tensor.pairs {
        #expect(pair.type.isQuantized && source.columns % pair.type.weightsPerBlock == 0)
        #expect(pair.bytes == pair.type.bytes(rows: source.rows, columns: source.columns))
        #expect(pair.distortion.loss > 0 && pair.distortion.measuredRows == source.rows)
      }
    }
    #expect(report.tensors[0].pairs.count > 2 * report.tensors[2].pairs.count)
  }

  @Test func typesAndAPatternNarrowIt() throws {
    let report = try inspect([.IQ4_KSS, .Q8_0, .F16], pattern: "attn_(q|k)")
    #expect(report.tensors.map(\.name) == ["blk.0.attn_q.weight", "blk.0.attn_k.weight"])
    #expect(report.tensors[0].pairs.map(\.type) == [.IQ4_KSS, .Q8_0, .F16])
    #expect(report.tensors[1].pairs.map(\.type) == [.Q8_0, .F16])
    // The source of the first is `bf16`, whose numbers are coarser than those of `f16` mostly.
    #expect(report.tensors[0].pairs[2].distortion.weightedRelativeError < 1e-6)
  }

  @Test func itMeasuresWhatAPlanMeasures() throws {
    let report = try inspect([.Q5_0])
    let planned = try bench.plan(.bitsPerWeight(8)) { $0.constraints.types = [.Q5_0] }
    for tensor in report.tensors {
      let entry = try #require(planned.report.plan.entries.first { $0.name == tensor.name })
      #expect(entry.type == .Q5_0)
      #expect(entry.loss == tensor.pairs[0].distortion.loss)
    }
  }

  @Test func aPatternThatMatchesNothingIsAnError() throws {
    let error = #expect(throws: NoTensorMatches.self) { try inspect(pattern: "_norm") }
    #expect(error?.description.contains("_norm") == true)
  }
}
