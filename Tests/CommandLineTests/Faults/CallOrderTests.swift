#if os(Linux)
  import TestSupport
  import Testing

  /// What stands after the power has failed depends on the order of calls.
  @Suite("An output") struct CallOrderTests {
    let bench: CommandLineBench

    init() throws { bench = try CommandLineBench() }

    @Test(
      "is on the disk and read back before it has its name, and its name is on the disk at the end",
      arguments: [
        "apply q4_0.recipe small.gguf out.gguf",
        "plan small.gguf --target-bpw 5 --cache cache.sqlite -o out.gguf",
      ])
    func order(_ command: String) throws {
      let (run, calls) = try bench.recordingCalls(command.split(separator: " ").map(String.init))
      #expect(run.code == 0, "\(run.errors)")
      let written = try #require(calls.lastIndex(of: "write out.gguf.partial"))
      let synced = try #require(calls.lastIndex(of: "sync out.gguf.partial"))
      let renamed = try #require(calls.lastIndex(of: "rename out.gguf.partial"))
      let folder = try #require(calls.lastIndex(of: "sync ."))
      #expect(written < synced && synced < renamed && renamed < folder)
      if command.hasPrefix("apply") {
        #expect(
          calls[synced..<renamed].contains("read out.gguf.partial")
            || calls[..<synced].contains("read out.gguf.partial"))
      }
    }
  }
#endif
