import Codecs
import Foundation
import GGUF
import Measurement
import Planning
import Reports
import Testing
import TestSupport
import Workflows

/// Weights that were quantized before are quantized again only on request.
@Suite struct RequantizeTests {
  let bench: Workbench
  let quantized: String

  init() throws {
    bench = try Workbench()
    quantized = bench.directory("quantized.gguf")
    try bench.apply("attn_q=q8_0,.*=q6_0")
    try FileManager.default.moveItem(atPath: bench.output, toPath: quantized)
  }

  @Test func planAndInspectRefuseAndNameTheTensor() throws {
    let error = #expect(throws: QuantizedSource.self) { try bench.plan { $0.model = quantized } }
    #expect(error?.tensor == "token_embd.weight" && error?.type == .Q6_0 && error?.count == 7)
    #expect(throws: QuantizedSource.self) { try inspect(allowRequantize: false) }
  }

  @Test func applyRefusesWhatQuantizesAgainAndNothingElse() throws {
    let error = #expect(throws: QuantizedSource.self) {
      try bench.apply("attn_k=q4_0,attn_q=q8_0,.*=q6_0") { $0.model = quantized }
    }
    #expect(error?.tensor == "blk.0.attn_k.weight" && error?.type == .Q6_0)
    #expect(try bench.names() == ["quantized.gguf"])
    // To copy and to decode is no loss.
    try bench.apply("attn_q=f16,.*=q6_0") { $0.model = quantized }
    let written = try ModelFile(path: bench.output)
    #expect(written.type("blk.0.attn_q.weight") == .F16)
    #expect(
      try written.data("output.weight") == ModelFile(path: quantized).data("output.weight"))
  }

  @Test func onRequestAllThreeDo() throws {
    let planned = try bench.plan(.bitsPerWeight(5.5)) {
      $0.model = quantized
      $0.allowRequantize = true
    }
    try bench.apply(planned.recipe) {
      $0.model = quantized
      $0.allowRequantize = true
    }
    #expect(try contents(of: bench.output).count == planned.report.fileBytes)
    #expect(planned.report.plan.entries.contains { $0.type.isQuantized && $0.type != .Q6_0 })
    #expect(try inspect(allowRequantize: true).tensors.count == 7)
  }

  @Test func toStayAsItIsLosesNothing() throws {
    let planned = try bench.plan(.bitsPerWeight(9)) {
      $0.model = quantized
      $0.allowRequantize = true
    }
    #expect(planned.report.plan.loss == 0)
    #expect(planned.type(of: "blk.0.attn_q.weight") == .Q8_0)
    #expect(planned.type(of: "output.weight") == .Q6_0)
  }

  func inspect(allowRequantize: Bool) throws -> DistortionReport {
    try InspectWorkflow.run(
      InspectRequest(
        model: quantized, statistics: nil, types: [.Q4_0], pattern: nil, order: .file,
        sampling: .full, cache: nil, allowRequantize: allowRequantize), Session(threads: 2))
  }
}
