import Codecs
import Foundation
import GGUF
import Measurement
import Planning
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
      #expect(throws: NonFiniteWeight.self) { try bench.apply(".*=q4_0") },
      #expect(throws: NonFiniteWeight.self) { try bench.plan() },
      #expect(throws: NonFiniteWeight.self) { try bench.plan { $0.sampling = .fraction(0.01) } },
    ]
    for error in errors {
      #expect(error?.tensor == "blk.0.attn_q.weight")
      #expect((error?.row, error?.column) == (70, 9))
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

  @Test func anInterruptionLeavesNothing() throws {
    for share in [0.0, 0.5, 0.99] {
      let interruption = Interruption()
      let spy = ProgressSpy {
        if Double($0.done) >= share * Double($0.total) { interruption.request(signal: 2) }
      }
      let session = Session(threads: 2, interruption: interruption, progress: spy)
      let error = #expect(throws: Interrupted.self) { try bench.apply(".*=q4_0", session) }
      #expect(error?.signal == 2)
      #expect(spy.record.ended == 1)
      #expect(try bench.names().isEmpty)
    }
  }

  @Test func anInterruptedReplacementLeavesTheOldFile() throws {
    try bench.directory.write([1, 2, 3], to: "out.gguf")
    let interruption = Interruption()
    let spy = ProgressSpy { _ in interruption.request(signal: 2) }
    #expect(throws: Interrupted.self) {
      try bench.apply(".*=q4_0", Session(threads: 1, interruption: interruption, progress: spy)) {
        $0.overwrite = true
      }
    }
    #expect(try contents(of: bench.output) == [1, 2, 3])
    #expect(try bench.names() == ["out.gguf"])
  }

  @Test func aModelThatChangesMeanwhileIsNoticed() throws {
    let model = bench.model
    let spy = ProgressSpy { record in
      guard record.steps == 1, let file = FileHandle(forWritingAtPath: model) else { return }
      _ = try? file.seekToEnd()
      try? file.write(contentsOf: [0])
      try? file.close()
    }
    let error = #expect(throws: FileError.self) {
      try bench.apply(".*=q4_0", Session(threads: 1, progress: spy))
    }
    #expect(error?.reason == .changed)
    #expect(try bench.names().isEmpty)
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
