import GGUF
import Statistics
import Testing
import TestSupport

/// The statistics that the repository carries for its small model.
@Suite struct FolioTests {
  @Test func statisticsCoverTheWholeModel() throws {
    let model = try ModelFile(path: Folio.model)
    let statistics = try StatisticsFile.read(path: Folio.statistics)
    #expect(statistics.totalTokens == 32512)
    #expect((statistics.chunkCount, statistics.chunkSize) == (127, 256))
    #expect(statistics.datasets == ["folio-calibration.txt"])
    #expect(statistics.fileName == "folio.statistics.gguf")
    // The embedding table is not tied to the head, so it has lookups alone.
    #expect(
      try MatchedStatistics(statistics, with: model).coverage.unmeasuredTensors == [
        "token_embd.weight"
      ])
    for tensor in model.tensors where tensor.shape.count > 1 {
      let entry = try #require(try statistics.of(tensor))
      #expect((entry.rowSensitivity == nil) == (tensor.name == "token_embd.weight"))
      #expect((entry.lookupShare == nil) == (tensor.name != "token_embd.weight"))
    }
    let table = try #require(model["token_embd.weight"])
    let share = try #require(try statistics.of(table)?.lookupShare)
    #expect(abs(share.reduce(0, +) - 1) < 1e-5)
  }

  @Test func theLegacyImatrixSaysTheSame() throws {
    let model = try ModelFile(path: Folio.model)
    let statistics = try StatisticsFile.read(path: Folio.statistics)
    let imatrix = try StatisticsFile.read(path: Folio.imatrix)
    #expect(imatrix.chunkCount == 127)
    #expect(imatrix.datasets == ["folio-calibration.txt"])
    #expect(imatrix.names.count == 42)
    #expect(
      try MatchedStatistics(imatrix, with: model).coverage.unmeasuredTensors
        == ["token_embd.weight", "output.weight"])
    for tensor in model.tensors where imatrix.names.contains(tensor.name) {
      let legacy = try #require(try imatrix.of(tensor)?.importance)
      let ours = try #require(try statistics.of(tensor)?.importance)
      let largest = try #require(ours.max())
      for (a, b) in zip(legacy, ours) { #expect(abs(a - b) <= 4e-4 * largest) }
    }
  }

  @Test func aTruncatedFileIsReadOrAnError() throws {
    let directory = TemporaryDirectory()
    for path in [Folio.imatrix, Folio.statistics] {
      let bytes = try contents(of: path)
      for length in stride(from: 0, to: bytes.count, by: 97) {
        do {
          _ = try directory.statistics(Array(bytes[..<length]))
        } catch is StatisticsError {
        } catch is FormatError {
        }
      }
    }
  }
}
