import Codecs
import Foundation
import GGUF
import Measurement
import Planning
import Reports
import Testing
import TestSupport
import Workflows

/// Whatever goes wrong, inputs stay as they are and nothing incomplete has a final name.
@Suite struct ApplyFaultTests {
  let bench: Workbench

  init() throws { bench = try Workbench() }

  /// A model in which one weight of `attn_q`, row 70, column 9, has this pattern of bits.
  func poison(_ bits: UInt16) throws {
    var small = SmallModel()
    let index = try #require(
      small.fixture.tensors.firstIndex { $0.name == Array("blk.0.attn_q.weight".utf8) })
    let place = 2 * (70 * 256 + 9)
    small.fixture.tensors[index].data[place] = UInt8(truncatingIfNeeded: bits)
    small.fixture.tensors[index].data[place + 1] = UInt8(bits >> 8)
    try bench.directory.write(small.fixture.bytes, to: "small.gguf")
  }

  @Test(arguments: [0x7FC0, 0x7F80, 0xFF80, 0xFFFF] as [UInt16])
  func aWeightThatIsNoNumberIsNamed(_ bits: UInt16) throws {
    try poison(bits)
    let errors = [
      #expect(throws: NonFiniteWeights.self) { try bench.apply(".*=q4_0") },
      #expect(throws: NonFiniteWeights.self) { try bench.plan() },
      #expect(throws: NonFiniteWeights.self) { try bench.plan { $0.sampling = .fraction(0.01) } },
    ]
    for errors in errors {
      #expect(errors?.count == 1)
      let error = errors?.first.first
      #expect(error?.tensor == "blk.0.attn_q.weight")
      #expect(error?.row == 70 && error?.columns == 9..<10)
      let tensor = try #require(try ModelFile(path: bench.model)["blk.0.attn_q.weight"])
      #expect(error?.offset == tensor.offset + 70 * 512)
      #expect(error?.path == bench.model)
    }
    #expect(try bench.names().isEmpty)
  }

  @Test func aWeightThatItsNewTypeCannotHoldIsNamed() throws {
    try poison(0x7F00)
    let error = #expect(throws: UnrepresentableWeight.self) { try bench.apply(".*=f16") }
    #expect(error?.tensor == "blk.0.attn_q.weight" && error?.type == .F16)
    #expect((error?.row, error?.column) == (70, 9))
    #expect(try bench.names().isEmpty)
  }

  @Test("All weights that are no numbers are listed, up to twenty places, whichever is met first")
  func allWeightsThatAreNoNumbersAreListed() throws {
    var small = SmallModel()
    for row in 0..<15 {
      let place = 512 * row + 6
      small.fixture.tensors[2].data.replaceSubrange(place..<place + 2, with: [0xC0, 0x7F])
      small.fixture.tensors[7].data.replaceSubrange(2 * place..<2 * place + 2, with: [0x80, 0xFF])
    }
    try bench.directory.write(small.fixture.bytes, to: "small.gguf")
    let spy = WarningSpy()
    var texts: Set<String> = []
    for threads in [1, 2] {
      let error = #expect(throws: NonFiniteWeights.self) {
        try bench.apply(".*=q4_0", spy.session(threads: threads))
      }
      #expect(error?.count == 30 && error?.first.count == 20)
      #expect(error?.first[14].tensor == "blk.0.attn_q.weight" && error?.first[14].row == 14)
      #expect(error?.first[15].tensor == "blk.0.ffn_down_exps.weight")
      texts.insert("\(error!)")
    }
    #expect(texts.count == 1 && spy.warnings.isEmpty)
  }

  @Test("A scale that is no number in a tensor that keeps its type is found before it is copied")
  func aCopiedScaleThatIsNoNumber() throws {
    var small = SmallModel()
    var data = [UInt8](repeating: 0x11, count: 40 * 18)
    data.replaceSubrange(7 * 18..<7 * 18 + 2, with: [0x00, 0x7E])
    small.fixture.tensors[3] = .init("blk.0.attn_k.weight", [32, 40], type: 2, data: data)
    try bench.directory.write(small.fixture.bytes, to: "small.gguf")
    for recipe in ["attn_q=q4_0", ".*=q4_0"] {
      let error = #expect(throws: NonFiniteWeights.self) { try bench.apply(recipe) }
      #expect(error?.count == 1)
      let weight = error?.first.first
      #expect(weight?.tensor == "blk.0.attn_k.weight")
      #expect(weight?.row == 7 && weight?.columns == 0..<32)
      #expect(try bench.names().isEmpty)
    }
  }

  @Test("plan and apply agree on a norm that is no number")
  func aNormThatIsNoNumber() throws {
    var small = SmallModel()
    small.fixture.tensors[8].data[40...43] = [0, 0, 0xC0, 0x7F]
    try bench.directory.write(small.fixture.bytes, to: "small.gguf")
    let errors = [
      #expect(throws: NonFiniteWeights.self) { try bench.apply(".*=q4_0") },
      #expect(throws: NonFiniteWeights.self) { try bench.plan() },
    ]
    for error in errors {
      #expect(error?.first.first?.tensor == "output_norm.weight")
      #expect(error?.first.first?.columns == 10..<11)
    }
  }

  @Test(
    "A weight beyond what a scale can reach is an error of apply, and nothing is written",
    arguments: ["q8_0", "q4_0", "q4_K", "iq4_xs", "q6_K", "f16"])
  func aWeightBeyondAScale(_ type: String) throws {
    // 1.7e38, in bf16.
    try poison(0x7F00)
    let error = #expect(throws: UnrepresentableWeight.self) {
      try bench.apply("attn_q=\(type)")
    }
    #expect(
      error?.tensor == "blk.0.attn_q.weight" && error?.type.name.lowercased() == type.lowercased())
    #expect((error?.row, error?.column) == (70, 9))
    #expect(try bench.names().isEmpty)
  }

  @Test("Types that can hold it write it", arguments: ["iq4_kss", "bf16", "f32"])
  func aWeightWithinAScale(_ type: String) throws {
    try poison(0x7F00)
    try bench.apply("attn_q=\(type)")
    let weights = try ModelFile(path: bench.output).weights("blk.0.attn_q.weight")
    #expect(abs(weights[70 * 256 + 9]) > 1e38)
  }

  @Test(
    "A promise that is no number is left out, with a warning",
    arguments: ["nan", "inf", "-0.1", "much", "1e999"])
  func aPromiseThatIsNoNumber(_ promise: String) throws {
    let spy = WarningSpy()
    try bench.apply("# predicted_kld: \(promise)\n.*=q8_0", spy.session())
    #expect(
      spy.warnings.contains { $0.contains(promise) && $0.contains("predicted_kld") },
      "\(spy.warnings)")
    let model = try ModelFile(path: bench.output)
    #expect(try FileProvenance(model.metadata, tensors: model.tensors.count).predictedKLD == nil)
  }

  @Test func anOutputThatExistsStaysUnlessItMayBeReplaced() throws {
    try bench.directory.write([1, 2, 3], to: "out.gguf")
    let error = #expect(throws: ConflictError.self) { try bench.apply(".*=q4_0") }
    #expect(error == .exists(bench.output))
    #expect(try contents(of: bench.output) == [1, 2, 3])
    #expect(try bench.names() == ["out.gguf"])
    try bench.apply(".*=q4_0") { $0.overwrite = true }
    #expect(try ModelFile(path: bench.output).type("output.weight") == .Q4_0)
  }

  @Test func noInputIsEverTheOutput() throws {
    let files = FileManager.default
    try files.createSymbolicLink(
      atPath: bench.directory("link.gguf"), withDestinationPath: bench.model)
    try files.linkItem(atPath: bench.model, toPath: bench.directory("same.gguf"))
    let model = try contents(of: bench.model)
    let names = [
      "small.gguf", "link.gguf", "same.gguf", "small.statistics.gguf", "recipe", "./small.gguf",
    ]
    for name in names {
      let error = #expect(throws: ConflictError.self) {
        try bench.apply(".*=q4_0") {
          $0.output = bench.directory(name)
          $0.overwrite = true
        }
      }
      guard case .isInput(let output, _) = error else {
        Issue.record("\(name): \(String(describing: error))")
        continue
      }
      #expect(output == bench.directory(name))
    }
    #expect(try contents(of: bench.model) == model)
    #expect(try bench.names() == ["link.gguf", "same.gguf"])
  }

  @Test func anInterruptedReplacementLeavesTheOldFile() throws {
    try bench.directory.write([1, 2, 3], to: "out.gguf")
    let interruption = Interruption()
    let spy = ProgressSpy { _ in interruption.request(signal: 2) }
    let error = #expect(throws: UnfinishedOutput.self) {
      try bench.apply(".*=q4_0", Session(threads: 1, interruption: interruption, progress: spy)) {
        $0.overwrite = true
      }
    }
    #expect(error?.kind == .interrupted(signal: 2))
    #expect(spy.record.ended == 1)
    #expect(try contents(of: bench.output) == [1, 2, 3])
    #expect(try bench.names() == ["out.gguf", "out.gguf.partial", "out.gguf.partial.journal"])
  }

  @Test func aModelThatChangesMeanwhileIsNoticed() throws {
    let model = bench.model
    let spy = ProgressSpy { record in
      guard record.steps == 1, let file = FileHandle(forWritingAtPath: model) else { return }
      _ = try? file.seekToEnd()
      try? file.write(contentsOf: [0])
      try? file.close()
    }
    let error = #expect(throws: UnfinishedOutput.self) {
      try bench.apply(".*=q4_0", Session(threads: 1, progress: spy))
    }
    #expect((error?.reason as? FileError)?.reason == .changed)
    #expect(!FileManager.default.fileExists(atPath: bench.output))
    // The weights are the same, so all that was done holds.
    #expect(try bench.apply(".*=q4_0").resumed == 10)
  }

  @Test func aFolderThatIsMissingIsNamedBeforeAnyWork() throws {
    let spy = ProgressSpy()
    let error = #expect(throws: FileError.self) {
      try bench.apply(".*=q4_0", Session(threads: 1, progress: spy)) {
        $0.output = bench.directory("missing/out.gguf")
      }
    }
    #expect(error?.path.hasPrefix(bench.directory("missing/out.gguf")) == true)
    #expect(spy.record.activities.isEmpty)
  }
}
