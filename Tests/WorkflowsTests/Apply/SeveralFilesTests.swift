import Foundation
import GGUF
import Planning
import Reports
import Testing
import TestSupport
import Workflows

/// Outputs that are divided among files.
@Suite("An output in several files") struct SeveralFilesTests {
  let bench: Workbench

  init() throws { bench = try Workbench() }

  @discardableResult
  func apply(
    _ division: FileDivision, _ session: Session = Session(threads: 2),
    _ change: (inout ApplyRequest) throws -> Void = { _ in }
  ) throws -> ApplyReport {
    try bench.apply(".*=q4_0", session) {
      $0.division = division
      $0.output = bench.directory("parts.gguf")
      try change(&$0)
    }
  }

  /// The sizes of the files by name, but for those that every test has.
  func sizes() throws -> [String: Int] {
    Dictionary(
      uniqueKeysWithValues: try bench.names().map {
        ($0, try contents(of: bench.directory($0)).count)
      })
  }

  /// Checks that the files hold the same tensors and keys as the single file.
  func expectSame(_ path: String) throws {
    try bench.apply(".*=q4_0")
    defer { unlink(bench.output) }
    let whole = try ModelFile(path: bench.output)
    let parts = try ModelFile(path: path)
    #expect(parts.tensors.map(\.name) == whole.tensors.map(\.name))
    for tensor in whole.tensors { #expect(try parts.data(tensor.name) == whole.data(tensor.name)) }
    var metadata = parts.metadata
    metadata.removeAll { $0.key.hasPrefix("split.") }
    #expect(metadata == whole.metadata)
  }

  @Test(
    "has at most the size asked for, to the byte, and llama.cpp's names and keys",
    arguments: [40_000, 50_000, 90_000])
  func limited(_ bytes: Int) throws {
    let report = try apply(.limited(bytes: bytes, firstHasTensors: true))
    let count = report.files.count
    #expect(count > 1)
    #expect(
      report.files.map { $0.path.fileName }
        == (1...count).map { "parts-0000\($0)-of-0000\(count).gguf" })
    #expect(
      try sizes()
        == Dictionary(
          uniqueKeysWithValues: report.files.map { ($0.path.fileName, $0.bytes) }))
    #expect(report.files.allSatisfy { $0.bytes <= bytes })
    #expect(report.fileBytes == report.files.reduce(0) { $0 + $1.bytes })
    let metadata = try ModelFile(path: report.path).metadata
    #expect(metadata["split.no"] == .uint16(0))
    #expect(metadata["split.count"] == .uint16(UInt16(count)))
    #expect(metadata["split.tensors.count"] == .int32(10))
    try expectSame(report.path)
  }

  @Test("may leave the first file without tensors") func firstWithoutTensors() throws {
    let report = try apply(.limited(bytes: 50_000, firstHasTensors: false))
    let model = try ModelFile(path: report.path)
    #expect(model.tensors.allSatisfy { $0.shard > 0 })
    try expectSame(report.path)
  }

  @Test("gives a tensor that is too large a file to itself, and warns of it")
  func tooLarge() throws {
    let spy = WarningSpy()
    let report = try apply(.limited(bytes: 20_000, firstHasTensors: true), spy.session())
    let large = report.files.filter { $0.bytes > 20_000 }
    #expect(!large.isEmpty && spy.warnings.count == large.count)
    #expect(spy.warnings.contains { $0.contains("blk.0.ffn_down_exps.weight") })
    let model = try ModelFile(path: report.path)
    let shard = try #require(model["blk.0.ffn_down_exps.weight"]).shard
    #expect(model.tensors.count { $0.shard == shard } == 1)
    try expectSame(report.path)
  }

  @Test("is divided as the model is, where that is asked for") func asSource() throws {
    let shards = SmallModel().shards([0, 4, 6])
    for shard in shards { try bench.directory.write(shard.fixture.bytes, to: shard.name) }
    let report = try apply(.asSource) { $0.model = bench.directory(shards[0].name) }
    let model = try ModelFile(path: report.path)
    #expect(model.tensors.map(\.shard) == [1, 1, 1, 1, 2, 2, 2, 2, 2, 2])
    try expectSame(report.path)
    // A model in one file stays in one.
    #expect(
      try apply(.asSource) { $0.overwrite = true }.files.map(\.path)
        == [bench.directory("parts.gguf")])
  }

  @Test("goes on after an interruption, to the same bytes") func resumed() throws {
    let division = FileDivision.limited(bytes: 50_000, firstHasTensors: true)
    let paths = try apply(division).files.map(\.path)
    let expected = try paths.map { try contents(of: $0) }
    for path in paths { unlink(path) }
    for steps in [1, 5, 10] {
      let interruption = Interruption()
      let spy = ProgressSpy { if $0.steps >= steps { interruption.request(signal: 15) } }
      #expect(throws: UnfinishedOutput.self) {
        try apply(division, Session(threads: 1, interruption: interruption, progress: spy))
      }
      #expect(try bench.names().allSatisfy { $0.contains(".partial") })
      let report = try apply(division)
      #expect(report.resumed == steps)
      #expect(try paths.map { try contents(of: $0) } == expected)
      for path in paths { unlink(path) }
      #expect(try bench.names() == [])
    }
  }

  @Test("replaces none of the files that are there, unless it may replace all") func conflict()
    throws
  {
    let division = FileDivision.limited(bytes: 50_000, firstHasTensors: true)
    let paths = try apply(division).files.map(\.path)
    for path in paths.dropFirst() { unlink(path) }
    unlink(paths[0])
    try bench.directory.write([1], to: paths[1].fileName)
    #expect(throws: ConflictError.exists(paths[1])) { try apply(division) }
    #expect(try bench.names() == [paths[1].fileName])
    #expect(try apply(division) { $0.overwrite = true }.files.count == paths.count)
  }

  @Test("can be updated in place") func updated() throws {
    let division = FileDivision.limited(bytes: 50_000, firstHasTensors: true)
    let report = try apply(division)
    let expected = try report.files.map { try contents(of: $0.path) }
    let again = try apply(division) {
      $0.update = report.path
      $0.overwrite = true
    }
    #expect(again.takenOver?.count == 10)
    #expect(try again.files.map { try contents(of: $0.path) } == expected)
  }
}
