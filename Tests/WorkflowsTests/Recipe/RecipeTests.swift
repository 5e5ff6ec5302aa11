import Codecs
import GGUF
import Measurement
import Planning
import Reports
import Testing
import TestSupport
import Workflows

@Suite struct RecipeTests {
  let bench: Workbench
  let session = Session(threads: 2)

  init() throws { bench = try Workbench() }

  /// Compares two recipes on the model, everything measured.
  private func diff(
    _ a: Recipe, _ b: Recipe, _ change: (inout RecipeDiffRequest) -> Void = { _ in }
  ) throws -> RecipeDiffReport {
    var request = RecipeDiffRequest(
      a: a, b: b, model: bench.model, statistics: bench.statistics, sensitivity: .automatic,
      sampling: .full,
      weighting: .importance, cache: nil, allowRequantize: false, version: "1.2.3")
    change(&request)
    return try RecipeDiffWorkflow.run(request, session)
  }

  @Test func theSizeShownIsThatOfTheFile() throws {
    let planned = try bench.plan()
    let plain = try Recipe(parsing: ".*=q5_0")
    for recipe in [planned.recipe, plain] {
      let report = try RecipeShowWorkflow.run(
        RecipeSource(recipe.text), recipePath: "recipe", model: bench.model,
        statistics: bench.statistics, version: "1.2.3", session)
      let applied = try bench.apply(recipe) { $0.overwrite = true }
      #expect(report.model?.fileBytes == applied.fileBytes)
      #expect(report.model?.bitsPerWeight == applied.bitsPerWeight)
      #expect(try contents(of: bench.output).count == applied.fileBytes)
      #expect(report.model?.outcome.entries.map(\.type) == applied.tensors.map(\.type))
    }
  }

  @Test func bothSidesAreWhatPlansPromise() throws {
    let small = try bench.plan(.bitsPerWeight(4))
    let large = try bench.plan(.bitsPerWeight(6))
    let report = try diff(small.recipe, large.recipe)
    for (total, plan) in [(report.totalA, small.report), (report.totalB, large.report)] {
      #expect(total.fileBytes == plan.fileBytes && total.bitsPerWeight == plan.bitsPerWeight)
      #expect(abs(total.loss - plan.plan.loss) <= 1e-9 * plan.plan.loss)
    }
    for tensor in report.changed {
      #expect(tensor.a.type == small.type(of: tensor.name))
      #expect(tensor.b.type == large.type(of: tensor.name))
    }
    let (before, after) = (small.report.plan.entries, large.report.plan.entries)
    #expect(report.changed.count == zip(before, after).count { $0.type != $1.type })
  }

  @Test("A tensor that cannot be decoded may stay as it is, and nothing need be known of it")
  func undecodable() throws {
    var small = SmallModel()
    let data = [UInt8](repeating: 0, count: 4 * 36 * 96)
    small.fixture.tensors[2] = .init("blk.0.attn_q.weight", [256, 96], type: 40, data: data)
    try bench.directory.write(small.fixture.bytes, to: "small.gguf")
    var statistics = small.statistics
    statistics.tensors.removeAll {
      String(decoding: $0.name, as: UTF8.self).hasPrefix("blk.0.attn_q.weight")
    }
    try bench.directory.write(statistics.bytes, to: "small.statistics.gguf")
    let report = try diff(Recipe(parsing: "attn_k=q4_0"), Recipe(parsing: "attn_k=q8_0"))
    #expect(report.changed.map(\.name) == ["blk.0.attn_k.weight"])
    #expect(report.totalA.loss > 0)
    #expect(throws: UnreadableType.self) {
      try diff(Recipe(parsing: "attn_q=q4_0"), Recipe(parsing: "attn_k=q8_0"))
    }
    #expect(throws: UnreadableType.self) {
      try bench.apply("attn_q=q4_0") { $0.allowRequantize = true }
    }
  }

  @Test func aTensorThatStaysAsItIsLosesNothing() throws {
    let report = try diff(Recipe(rules: []), Recipe(parsing: "attn_q=q4_0"))
    #expect(report.changed.map(\.name) == ["blk.0.attn_q.weight"])
    #expect(report.totalA.loss == 0 && report.totalB.loss == report.changed[0].b.loss)
    #expect(report.changed[0].b.loss > 0)
  }

  @Test func typesThatCannotBeMeasuredAreRefused() throws {
    let plain = try Recipe(parsing: ".*=q5_0")
    #expect(throws: UnwritableType.self) {
      try diff(plain, Recipe(parsing: "attn_q=iq4_k_r4"))
    }
    #expect(throws: ShapeMismatch.self) { try diff(plain, Recipe(parsing: "attn_output=q4_K")) }
    #expect(throws: ImportanceRequired.self) {
      try diff(plain, Recipe(parsing: "attn_q=iq1_s")) { $0.statistics = nil }
    }
  }

  @Test(arguments: RecipeFormat.allCases) func aConvertedRecipeMakesTheSameFile(
    format: RecipeFormat
  ) throws {
    let recipe = try Recipe(parsing: #"attn_(q|k)=q8_0, exps\.=q5_0, .*=iq4_nl"#)
    try bench.apply(recipe)
    let expected = try ModelFile(path: bench.output)
    let text = try convert(recipe, to: format)
    try bench.apply(text) { $0.output = bench.directory("converted.gguf") }
    let converted = try ModelFile(path: bench.directory("converted.gguf"))
    for tensor in expected.tensors {
      #expect(try converted.data(tensor.name) == expected.data(tensor.name))
    }
  }

  private func convert(_ recipe: Recipe, to format: RecipeFormat) throws -> String {
    try RecipeConvertWorkflow.run(
      RecipeConvertRequest(
        recipe: recipe, recipePath: bench.directory("recipe"), model: bench.model, format: format),
      Session(threads: 1))
  }

  @Test func aTypeThatDoesNotFitIsNotConverted() throws {
    let recipe = try Recipe(parsing: ".*=q4_K")
    #expect(throws: ShapeMismatch.self) {
      try convert(recipe, to: .recipe)
    }
  }

  @Test func aPlanPassesTheCheck() throws {
    let planned = try bench.plan()
    let source = try RecipeSource(planned.recipe.text)
    #expect(try RecipeCheckWorkflow.run(source, model: bench.model, runtime: nil).isEmpty)
    #expect(try RecipeCheckWorkflow.run(source, model: nil, runtime: nil).isEmpty)
  }

  @Test func everyProgramThatLoadsTheTypesReadsTheRules() throws {
    func findings(_ text: String, _ runtime: Runtime? = nil) throws -> [RecipeFinding] {
      try RecipeCheckWorkflow.run(RecipeSource(text), model: nil, runtime: runtime)
    }
    // A comma is one thing for ik_llama.cpp, a capital for llama.cpp.
    #expect(try findings("a{1,2}[A-Z]=q8_0").count == 2)
    #expect(try findings("a{1,2}[A-Z]=iq4_kss").count == 1)
    #expect(try findings("[A-Z]=iq4_kss").isEmpty)
    #expect(try findings("a{1,2}=q8_0", .mainline).isEmpty)
    #expect(try findings("a=iq4_kss", .mainline).count == 1)
  }

  @Test func findingsAreJudgedByTheirSeverity() throws {
    func judge(_ text: String, strict: Bool = false) throws {
      let findings = try RecipeCheckWorkflow.run(
        RecipeSource(text), model: bench.model, runtime: nil)
      try RecipeCheckWorkflow.judge(
        findings, path: "r", Session(threads: 1, isStrict: strict))
    }
    try judge(".*=q5_0", strict: true)
    try judge("attn=q5_0")
    #expect(throws: StrictError.self) { try judge("attn=q5_0", strict: true) }
    #expect(throws: UnusableRecipe.self) { try judge(".*=q4_K") }
    #expect(throws: UnusableRecipe.self) { try judge("attn_q=iq4_k_r4") }
  }
}
