import Codecs
import Foundation
import GGUF
import Planning
import Testing
import TestSupport
import Workflows

@Suite struct ApplyTests {
  let bench: Workbench

  init() throws { bench = try Workbench() }

  static let mix = """
    token_embd=q8_0
    attn_q|exps=iq4_k
    attn_k=q5_1
    attn_output=q4_0
    output=iq4_kss
    """

  @Test func theBytesDoNotDependOnThreads() throws {
    try bench.apply(Self.mix, Session(threads: 1))
    let once = try contents(of: bench.output)
    for threads in [2, 7] {
      try bench.apply(Self.mix, Session(threads: threads)) { $0.overwrite = true }
      #expect(try contents(of: bench.output) == once)
    }
  }

  @Test func everyRowIsWhatItsCodecMakesOfIt() throws {
    try bench.apply(Self.mix) { $0.statistics = nil }
    let source = try ModelFile(path: bench.model)
    let written = try ModelFile(path: bench.output)
    for name in ["token_embd.weight", "blk.0.ffn_up_exps.weight", "blk.0.attn_output.weight"] {
      let tensor = try #require(written[name])
      let codec = try #require(Codec.of(tensor.type))
      let encoder = codec.encoder(columns: tensor.columns)
      var row = [UInt8](repeating: 0, count: tensor.rowBytes)
      let weights = try source.weights(name)
      let data = try written.data(name)
      for index in 0..<tensor.rows {
        row.withUnsafeMutableBytes { row in
          weights[index * tensor.columns..<(index + 1) * tensor.columns].withUnsafeBufferPointer {
            encoder.encode($0, into: row)
          }
        }
        #expect(data[index * row.count..<(index + 1) * row.count].elementsEqual(row))
      }
    }
  }

  @Test func importanceShapesTheEncoding() throws {
    try bench.apply(Self.mix)
    let weighted = try ModelFile(path: bench.output).data("blk.0.attn_q.weight")
    try bench.apply(Self.mix) {
      $0.statistics = nil
      $0.overwrite = true
    }
    #expect(try ModelFile(path: bench.output).data("blk.0.attn_q.weight") != weighted)
  }

  @Test func tensorsThatKeepTheirTypeAreCopied() throws {
    try bench.apply(".*=q4_0")
    let source = try ModelFile(path: bench.model)
    let written = try ModelFile(path: bench.output)
    for name in ["blk.0.attn_norm.weight", "output_norm.weight", "blk.0.ffn_gate_inp.weight"] {
      #expect(written.type(name) == .F32)
      #expect(try written.data(name) == source.data(name))
    }
    #expect(written.tensors.filter { $0.type == .Q4_0 }.count == 7)
  }

  @Test(arguments: Codec.all) func anyTypeDecodesToF32F16AndBF16(_ codec: Codec) throws {
    // Only rows of 256 and 512 allow every type.
    let all = "(token_embd|attn_q|exps|^output.weight)"
    try bench.apply("\(all)=\(codec.type.name)")
    let quantized = bench.directory("quantized.gguf")
    try FileManager.default.moveItem(atPath: bench.output, toPath: quantized)
    let expected = try ModelFile(path: quantized).weights("blk.0.ffn_down_exps.weight")
    for plain in [TensorType.F32, .F16, .BF16] {
      try bench.apply("\(all)=\(plain.name)") {
        $0.model = quantized
        $0.overwrite = true
      }
      let written = try ModelFile(path: bench.output)
      #expect(written.type("blk.0.ffn_down_exps.weight") == plain)
      let weights = try written.weights("blk.0.ffn_down_exps.weight")
      // Half a unit in the last place: of 24, 11 and 8 bits.
      let precision: Float = plain == .F32 ? 0 : plain == .F16 ? 0x1p-11 : 0x1p-8
      #expect(
        zip(weights, expected).allSatisfy { abs($0 - $1) <= precision * abs($1) + 0x1p-25 })
      if plain == .F32 { #expect(weights == expected) }
    }
  }

  @Test func aPublishedRecipeIsTaken() throws {
    // As model cards print them: anchors left out, several rules a line, types in capitals.
    let recipe = """
      # Attention
      blk\\.[0-9]{1,2}\\.attn_(q|output).*=Q8_0,blk\\.0\\.attn_k.*=q5_0

      ## Experts
      blk\\.(0|1)\\.ffn_down_exps\\.weight=iq5_k
      blk\\..*\\.ffn_(gate|up)_exps\\.weight=iq4_k  # of which gate is missing here
      token_embd\\.weight=iq6_k, output\\.weight=iq6_k
      """
    let spy = WarningSpy()
    try bench.apply(recipe, spy.session())
    #expect(spy.warnings.isEmpty)
    let written = try ModelFile(path: bench.output)
    #expect(
      written.tensors.map(\.type.name) == [
        "iq6_k", "f32", "q8_0", "q5_0", "q8_0", "f32", "iq4_k", "iq5_k", "f32", "iq6_k",
      ])
  }

  @Test func rulesWithoutEffectAreWarnedOfAndErrorsUnderStrict() throws {
    let spy = WarningSpy()
    try bench.apply("attn_q=q8_0,attn_q.weight=q4_0,nothing=q4_0,.*=q5_0", spy.session())
    #expect(spy.warnings.count == 2)
    #expect(spy.warnings.contains { $0.contains("attn_q.weight=q4_0") && $0.contains("no effect") })
    #expect(spy.warnings.contains { $0.contains("nothing=q4_0") && $0.contains("no tensor") })
    for rules in ["nothing=q4_0,.*=q5_0", ".*=q5_0,attn_q=q8_0", "attn_q=q8_0"] {
      #expect(throws: StrictError.self) {
        try bench.apply(rules, Session(threads: 2, isStrict: true)) {
          $0.output = bench.directory("strict.gguf")
        }
      }
    }
    #expect(try bench.names() == ["out.gguf"])
  }

  @Test func aTensorWithoutARuleKeepsItsTypeAndIsWarnedOf() throws {
    let spy = WarningSpy()
    try bench.apply("attn_q=q8_0", spy.session())
    #expect(spy.warnings.count == 1)
    #expect(spy.warnings[0].contains("token_embd.weight") && spy.warnings[0].contains("3 more"))
    let written = try ModelFile(path: bench.output)
    #expect(written.type("token_embd.weight") == .BF16 && written.type("output.weight") == .F16)
  }

  @Test func aTypeThatTheRowsDoNotAllowIsAnErrorNamingTheTensor() throws {
    let error = #expect(throws: ShapeMismatch.self) { try bench.apply("attn_output=iq4_kss") }
    #expect(error?.tensor == "blk.0.attn_output.weight" && error?.columns == 576)
    #expect(try bench.names().isEmpty)
  }

  @Test func whatWasPlannedWithStatisticsIsWarnedOfWithout() throws {
    let planned = try bench.plan { $0.constraints.types = [.Q4_0, .Q5_0, .Q8_0] }
    let spy = WarningSpy()
    try bench.apply(planned.recipe, spy.session()) { $0.statistics = nil }
    #expect(spy.warnings.count == 1 && spy.warnings[0].contains("small.statistics.gguf"))
    #expect(throws: StrictError.self) {
      try bench.apply(planned.recipe, Session(threads: 1, isStrict: true)) {
        $0.statistics = nil
        $0.overwrite = true
      }
    }
  }
}
