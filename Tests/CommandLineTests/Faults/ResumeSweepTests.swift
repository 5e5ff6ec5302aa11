#if os(Linux)
  import Foundation
  import GGUF
  import TestSupport
  import Testing

  /// What a kill at any write costs an `apply`.
  @Suite("A kill at any write") struct ResumeSweepTests {
    let bench: CommandLineBench

    init() throws { bench = try CommandLineBench() }

    /// Tensors of the output that the folder has whole, under one name or the other.
    private func finished(_ expected: [UInt8], _ tensors: [TensorDescriptor]) throws -> Int {
      guard let bytes = try? contents(of: bench.directory("out.gguf.partial")) else { return 0 }
      return tensors.count {
        let range = $0.offset..<$0.offset + $0.byteCount
        return range.upperBound <= bytes.count && bytes[range].elementsEqual(expected[range])
      }
    }

    @Test("costs apply the tensor in flight at most, and the one whose record is torn")
    func apply() throws {
      let command = ["apply", "q4_0.recipe", "small.gguf", "out.gguf", "--threads", "1", "--json"]
      try #require(bench.start(command).finish().code == 0)
      let expected = try Array(contents(of: bench.directory("out.gguf")))
      let tensors = try ModelFile(path: bench.directory("out.gguf")).tensors
      unlink(bench.directory("out.gguf"))
      // Every third write, for the time that they take; a thorough run takes all.
      var (number, resumed) = (1, [0])
      while true {
        let (run, fired) = try bench.start(command, Fault(.write, .kill), at: number)
        guard fired else {
          #expect(run.code == 0)
          break
        }
        // The last write is that of the report, when the file has its name already.
        if let bytes = try? contents(of: bench.directory("out.gguf")) {
          #expect(bytes.elementsEqual(expected), "\(number)")
        } else {
          let whole = try finished(expected, tensors)
          let again = try bench.start(command).finish()
          #expect(again.code == 0, "\(number): \(again.errors)")
          #expect(try Array(contents(of: bench.directory("out.gguf"))) == expected)
          let count = try #require(object(again.output)["resumed"] as? Int)
          #expect(count >= whole - 1, "\(number)")
          resumed.append(count)
        }
        for name in try bench.added() { unlink(bench.directory(name)) }
        unlink(bench.directory("fired.txt"))
        number += isThorough ? 1 : 3
      }
      #expect(resumed == resumed.sorted() && resumed.last! >= tensors.count - 1)
    }
  }
#endif
