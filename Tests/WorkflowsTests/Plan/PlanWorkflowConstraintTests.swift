import Codecs
import GGUF
import Measurement
import Planning
import Reports
import Statistics
import Testing
import TestSupport
import Workflows

@Suite struct PlanWorkflowConstraintTests {
  let bench: Workbench

  init() throws { bench = try Workbench() }

  @Test func pinsFloorsAndTypesAreKept() throws {
    let planned = try bench.plan(.bitsPerWeight(7)) {
      $0.constraints = Constraints(
        pins: [try TypeRule("attn_q=q8_0"), try TypeRule("^token_embd=f16")],
        floors: [try TypeRule("exps=q5_0")], types: [.Q4_0, .Q5_0, .IQ4_K, .Q8_0])
    }
    #expect(planned.type(of: "blk.0.attn_q.weight") == .Q8_0)
    #expect(planned.type(of: "token_embd.weight") == .F16)
    for name in ["blk.0.ffn_up_exps.weight", "blk.0.ffn_down_exps.weight"] {
      #expect(try #require(planned.type(of: name)).nominalBitsPerWeight >= 5.5)
    }
    let others = planned.report.plan.entries.filter {
      if case .chosen = $0.reason { true } else { false }
    }
    #expect(!others.isEmpty)
    #expect(others.allSatisfy { [.Q4_0, .Q5_0, .IQ4_K, .Q8_0].contains($0.type) })
  }

  @Test func aRuntimeGetsOnlyTypesThatItLoads() throws {
    for (runtime, refused) in [(Runtime.mainline, TensorType.Support.ikOnly), (.ik, .mainlineOnly)]
    {
      for bits in [4.6, 5.5, 7] {
        let planned = try bench.plan(.bitsPerWeight(bits)) {
          $0.constraints.runtime = runtime
          $0.cache = bench.cache
        }
        #expect(planned.report.plan.entries.allSatisfy { $0.type.support != refused })
        #expect(planned.recipe.provenance["runtime"] == runtime.rawValue)
      }
    }
  }

  @Test func noTypeIsChosenThatTheRowsDoNotAllow() throws {
    let source = try ModelFile(path: bench.model).tensors
    for bits in [4.2, 4.6, 5, 5.5, 6, 7, 8, 9] {
      let planned = try bench.plan(.bitsPerWeight(bits)) { $0.cache = bench.cache }
      for tensor in source {
        let type = try #require(planned.type(of: tensor.name))
        #expect(tensor.columns % type.weightsPerBlock == 0)
      }
      for name in ["blk.0.attn_k.weight", "blk.0.attn_output.weight"] {
        #expect(try #require(planned.type(of: name)).weightsPerBlock <= 64)
      }
    }
  }

  @Test func normsAndRoutersKeepTheirType() throws {
    let planned = try bench.plan(.bitsPerWeight(4.5))
    for name in ["blk.0.attn_norm.weight", "output_norm.weight", "blk.0.ffn_gate_inp.weight"] {
      let entry = try #require(planned.report.plan.entries.first { $0.name == name })
      #expect(entry.type == .F32 && entry.loss == 0)
      #expect(entry.reason.sentence(in: .nats).hasPrefix("kept: "))
    }
    let covered = try planned.recipe.assignment(of: planned.report.plan.entries.map(\.name)).types
    #expect(covered.filter { $0 == nil }.count == 3)
  }

  @Test func whatNoTypeFitsKeepsItsTypeAndSaysSo() throws {
    let planned = try bench.plan(.bitsPerWeight(12)) { $0.constraints.types = [.IQ4_KSS] }
    let entry = try #require(
      planned.report.plan.entries.first { $0.name == "blk.0.attn_output.weight" })
    #expect(entry.type == .F32 && entry.reason == .noTypeFits)
    #expect(planned.type(of: "output.weight") == .IQ4_KSS)
  }

  @Test func constraintsThatCannotBeKeptAreErrors() throws {
    for pins in ["attn_output=iq4_kss", "attn_output=q4_K"] {
      #expect(throws: ConstraintError.self) {
        try bench.plan { $0.constraints.pins = [try TypeRule(pins)] }
      }
    }
    #expect(throws: ConstraintError.self) {
      try bench.plan {
        $0.constraints = Constraints(
          pins: [try TypeRule("attn_q=iq4_ks")], runtime: .mainline)
      }
    }
    #expect(throws: ConstraintError.self) {
      try bench.plan {
        $0.constraints = Constraints(
          pins: [try TypeRule("attn_q=q4_0")], floors: [try TypeRule("attn=q8_0")])
      }
    }
  }

  @Test func oddConstraintsAreWarnedOfAndErrorsUnderStrict() throws {
    let pins = [
      try TypeRule("attn_q=q8_0"), try TypeRule("attn_q.weight=q4_0"), try TypeRule("nothing=q4_0"),
      try TypeRule("norm=q4_0"),
    ]
    let spy = WarningSpy()
    _ = try bench.plan(.bitsPerWeight(6), spy.session()) { $0.constraints.pins = pins }
    #expect(spy.warnings.count == 3)
    for pin in pins.dropFirst() {
      #expect(spy.warnings.contains { $0.contains("‘\(pin)’") })
    }
    for pin in pins[2...] {
      #expect(throws: StrictError.self) {
        try bench.plan(.bitsPerWeight(6), Session(threads: 2, isStrict: true)) {
          $0.constraints.pins = [pin]
        }
      }
    }
  }

  @Test func plainTypesAreChosenOnlyWhereAskedForByName() throws {
    let types = { (named: [TensorType]?) in
      try bench.plan(.bitsPerWeight(17)) {
        $0.constraints.types = named
        $0.cache = bench.cache
      }.report.plan.entries.map(\.type)
    }
    // Of the plain types only those that tensors have already, to keep.
    let source = try ModelFile(path: bench.model).tensors
    for (type, tensor) in zip(try types(nil), source) {
      #expect(type.isQuantized || type == tensor.type)
    }
    #expect(try types([.F16, .Q8_0]).contains(.F16))
  }
}
