import Codecs
import Foundation
import GGUF
import Measurement
import Planning
import Reports
import Testing
import TestSupport
import Workflows

/// Weights that some types cannot hold, on the way to a plan.
@Suite("Types that cannot hold a tensor") struct ReachTests {
  let bench: Workbench

  init() throws { bench = try Workbench() }

  /// A model with one weight of `attn_output`, row 21, column 500.
  func set(_ weight: Float) throws {
    var small = SmallModel()
    let place = 4 * (21 * 576 + 500)
    small.fixture.tensors[4].data.replaceSubrange(
      place..<place + 4, with: withUnsafeBytes(of: weight.bitPattern.littleEndian, Array.init))
    try bench.directory.write(small.fixture.bytes, to: "small.gguf")
  }

  @Test("f16 is left out for one weight of 70,000, with one note, and the plan goes on")
  func f16() throws {
    try set(70_000)
    for sampling in [Sampling.full, .fraction(0.02)] {
      let spy = WarningSpy()
      let plan = try bench.plan(.bitsPerWeight(18), spy.session()) {
        $0.constraints.types = [.F16, .Q8_0]
        $0.sampling = sampling
      }
      #expect(plan.type(of: "blk.0.attn_output.weight") == .Q8_0)
      #expect(plan.type(of: "blk.0.attn_k.weight") == .F16)
      let notes = spy.warnings.filter { $0.contains("70000") }
      #expect(notes.count == 1)
      #expect(notes[0].contains("f16") && notes[0].contains("blk.0.attn_output.weight"))
    }
  }

  @Test("A plan on a weight of 1e20 or 3e38 takes types that can hold it, and apply writes it")
  func huge() throws {
    for weight: Float in [1e20, -3e38] {
      try set(weight)
      let plan = try bench.plan(.bitsPerWeight(9))
      try bench.apply(plan.recipe) { $0.overwrite = true }
      let tensor = try #require(try ModelFile(path: bench.output)["blk.0.attn_output.weight"])
      // Rows of 576 weights: of the types that allow them, those with a half as scale cannot hold it.
      #expect(["f32", "bf16", "mxfp4"].contains(tensor.type.name), "\(tensor.type)")
      let written = try ModelFile(path: bench.output).weights("blk.0.attn_output.weight")
      #expect(abs(written[21 * 576 + 500] / weight - 1) < 0.26)
    }
  }

  @Test("A pin to such a type is an error that names the weight")
  func pin() throws {
    try set(1e9)
    let error = #expect(throws: UnrepresentableWeight.self) {
      try bench.plan { $0.constraints.pins = [try TypeRule("attn_output=q4_0")] }
    }
    #expect(error?.row == 21 && error?.column == 500 && error?.value == 1e9)
  }

  @Test("A tensor that no allowed type can hold keeps its own, and the plan says why")
  func keeps() throws {
    try set(1e9)
    let plan = try bench.plan(.bitsPerWeight(14)) { $0.constraints.types = [.Q4_0, .Q8_0] }
    let entry = plan.report.plan.entries.first { $0.name == "blk.0.attn_output.weight" }
    #expect(entry?.type == .F32)
    #expect(entry?.reason == .kept("no type that may be used can hold its weights"))
  }

  @Test("inspect leaves such types out, and its figures are numbers")
  func inspect() throws {
    try set(3e38)
    let spy = WarningSpy()
    let report = try InspectWorkflow.run(
      InspectRequest(
        model: bench.model, statistics: bench.statistics, types: [.Q4_0, .BF16, .F16], pattern: nil,
        order: .file, sampling: .full, cache: nil, allowRequantize: false),
      spy.session())
    let tensor = try #require(report.tensors.first { $0.name == "blk.0.attn_output.weight" })
    #expect(tensor.pairs.map(\.type) == [.BF16])
    #expect(spy.warnings.count { $0.contains("is beyond what") } == 1)
    #expect(!report.csv.contains("inf") && !report.csv.contains("nan"))
    #expect(try !report.json().contains("null,\n      \"predicted\""))
  }

  @Test("Nothing is left out of an ordinary model") func ordinary() throws {
    let spy = WarningSpy()
    _ = try bench.plan(.bitsPerWeight(6), spy.session())
    #expect(!spy.warnings.contains { $0.contains("beyond") })
  }

  @Test("A tensor of a type that cannot be decoded keeps it, in plans and files, with a note")
  func undecodable() throws {
    var small = SmallModel()
    let data = (0..<4 * 36 * 96).map { UInt8(truncatingIfNeeded: $0) }
    small.fixture.tensors[2] = .init("blk.0.attn_q.weight", [256, 96], type: 40, data: data)
    try bench.directory.write(small.fixture.bytes, to: "small.gguf")
    let spy = WarningSpy()
    let plan = try bench.plan(.bitsPerWeight(6), spy.session()) {
      $0.constraints.runtime = .mainline
    }
    #expect(plan.type(of: "blk.0.attn_q.weight") == .NVFP4)
    #expect(spy.warnings.contains { $0.contains("cannot decode nvfp4") })
    try bench.apply(plan.recipe)
    #expect(try ModelFile(path: bench.output).data("blk.0.attn_q.weight") == data)
    let error = #expect(throws: UnreadableType.self) {
      try bench.apply("attn_q=q4_0") {
        $0.overwrite = true
        $0.allowRequantize = true
      }
    }
    #expect(error?.type == .NVFP4)
  }
}
