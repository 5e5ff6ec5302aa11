import GGUF
import Planning
import Reports
import Testing
import TestSupport
import Workflows

@Suite("Showing a file") struct ShowTests {
  let bench: Workbench

  init() throws { bench = try Workbench() }

  @Test("A file that apply wrote says what it is and how it was made")
  func written() throws {
    try bench.apply("attn=q4_0\n# predicted_kld: 0.5")
    let report = try ShowWorkflow.run(model: bench.output)
    #expect(report.name == "Small" && report.architecture == "llama" && report.tensors == 10)
    #expect(report.provenance.version == "1.2.3" && report.problem == nil)
    #expect(report.provenance.recipeDigest != nil)
    #expect(report.statistics.file == "small.statistics.gguf")
    #expect(report.text.contains("made by"))
    #expect(report.text.contains("ration 1.2.3"))
    #expect(report.text.contains("q4_0"))
    #expect(try Int(contents(of: bench.output).count) == report.fileBytes)
  }

  @Test("A file of another tool is shown as well, its names escaped")
  func others() throws {
    var small = SmallModel()
    small.fixture.keys[1] = .string("general.name", "a\u{1B}[2J\u{202E}b")
    let path = try bench.directory.write(small.fixture.bytes, to: "other.gguf")
    let report = try ShowWorkflow.run(model: path)
    #expect(report.text.contains("a\\u{1b}[2J\\u{202e}b"))
    #expect(report.text.contains("does not say how it was made"))
    #expect(report.provenance.isEmpty)
  }

  @Test("What is said of the making in a wrong form is told, and the rest is shown")
  func wrongForm() throws {
    let small = SmallModel(keys: [.uint32("ration.version", 3), .uint32("llama.block_count", 1)])
    let path = try bench.directory.write(small.fixture.bytes, to: "other.gguf")
    let report = try ShowWorkflow.run(model: path)
    #expect(report.problem == .provenance(.version))
    #expect(report.text.contains("\"ration.version\" is not a text"))
    #expect(report.facts == [ModelFact(name: "blocks", key: "block_count", values: 1...1)])
  }

  @Test("All shards count, whichever is given") func shards() throws {
    let small = SmallModel()
    for (name, fixture) in small.shards([3, 4, 3]) {
      try bench.directory.write(fixture.bytes, to: name)
    }
    let reports = try [1, 2].map {
      try ShowWorkflow.run(model: bench.directory("small-0000\($0)-of-00003.gguf"))
    }
    #expect(reports[0].shards == 3 && reports[0].tensors == 10)
    #expect(reports[0].text == reports[1].text)
  }
}
