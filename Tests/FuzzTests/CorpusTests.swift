import Foundation
import FuzzTargets
import TestSupport
import Testing

/// The inputs that fuzzing began with and those that it found, read again.
@Suite("The corpus of the fuzzer") struct CorpusTests {
  @Test("is read without a trap", arguments: FuzzTarget.all)
  func replay(_ target: FuzzTarget) throws {
    let folder = Repository.file("Tests/FuzzTests/Corpus/\(target.name)").path
    let names = try FileManager.default.contentsOfDirectory(atPath: folder)
    #expect(names.count > 2, "\(target) has no corpus")
    for name in names {
      let bytes = try contents(of: "\(folder)/\(name)")
      bytes.withUnsafeBytes { target.run($0) }
      // Cut short, too, each is read or refused.
      for length in Set([bytes.count / 2, bytes.count / 3, max(bytes.count - 1, 0)]) {
        bytes.withUnsafeBytes { target.run(UnsafeRawBufferPointer(rebasing: $0[..<length])) }
      }
    }
  }
}
