import GGUF
import Statistics
import TestSupport

extension FuzzTarget {
  /// The reader of legacy importance matrices: what begins neither as a GGUF nor as an archive does.
  static let legacyImatrix = FuzzTarget("legacy-imatrix") { bytes in
    guard !bytes.starts(with: Array("GGUF".utf8)), !bytes.starts(with: Array("PK".utf8)) else {
      return
    }
    try readStatistics(bytes)
  }

  /// The reader of importance matrices and row sensitivities in GGUF.
  static let imatrix = FuzzTarget("imatrix") { bytes in
    guard bytes.starts(with: Array("GGUF".utf8)) else { return }
    try readStatistics(bytes)
  }

  /// The reader of sensitivity cards.
  static let sensitivityCard = FuzzTarget("sensitivity-card") { bytes in
    guard bytes.starts(with: Array("PK".utf8)) else { return }
    try readStatistics(bytes)
  }

  /// What is known of a model's tensors is of their shape, finite and not negative.
  private static func readStatistics(_ bytes: UnsafeRawBufferPointer) throws {
    try ScratchFile.with(bytes) { path in
      let file = try StatisticsFile.read(path: path, for: small)
      let matched = try MatchedStatistics(file, with: small)
      for tensor in small.tensors {
        _ = matched.knowledge(of: tensor)
        let statistics = try matched.statistics(of: tensor)
        for case let importance? in [statistics?.importance, statistics?.weightedImportance] {
          precondition(importance.count == tensor.columns * tensor.slices)
          precondition(importance.allSatisfy { $0.isFinite && $0 >= 0 })
        }
      }
    }
  }

  /// A model that statistics may be of.
  private static let small: ModelFile = {
    let directory = TemporaryDirectory()
    do {
      return try ModelFile(path: directory.write(SmallModel().fixture.bytes, to: "small.gguf"))
    } catch {
      fatalError("\(error)")
    }
  }()
}
