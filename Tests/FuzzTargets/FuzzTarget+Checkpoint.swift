import Calibration
import GGUF
import NeuralNetwork
import TestSupport

extension FuzzTarget {
  /// The reader of checkpoints. What is in one is looked at only if its digest holds, so it is given one that does, too.
  static let checkpoint = FuzzTarget("checkpoint") { bytes in
    try ScratchFile.with(bytes) { path in
      readCheckpoint(path)
      guard let fixture = try CheckpointFixture(ModelFile(path: path)) else { return }
      try fixture.bytes.withUnsafeBytes { try ScratchFile.with($0) { readCheckpoint($0) } }
    }
  }

  /// What is taken can be gone on with.
  private static func readCheckpoint(_ path: String) {
    do {
      let state = try CalibrationState.saved(at: path, key: "key", of: work)
      precondition(state.batches == 0 || runner.allows(state.sums))
      _ = state.sums.fisherTraces
      var next = state
      next.add(state.sums)
    } catch is any ClassifiedError {
      // Refused.
    } catch {
      fatalError("an error without a class: \(error)")
    }
  }

  private static var work: CalibrationWork {
    CalibrationWork(runner, given: 0, written: 2, length: 4)
  }

  /// A network of one layer.
  private static let runner: Network = {
    var shape = TestNetwork.all[0]
    shape.layers = 1
    let directory = TemporaryDirectory()
    do {
      let path = try directory.write(shape.fixture.bytes, to: "net.gguf")
      return try Network(ModelFile(path: path), threads: 1)
    } catch {
      fatalError("\(error)")
    }
  }()
}
