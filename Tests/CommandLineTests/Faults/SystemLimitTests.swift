#if os(Linux)
  import Foundation
  import GGUF
  import TestSupport
  import Testing

  /// Limits of the system: room on a disk, open files, clocks, places and languages.
  @Suite("A limit of the system") struct SystemLimitTests {
    let bench: CommandLineBench

    init() throws { bench = try CommandLineBench() }

    /// Whether this user may mount file systems of their own.
    static let canMount: Bool = {
      let process = Process()
      process.executableURL = URL(fileURLWithPath: "/usr/bin/unshare")
      process.arguments = ["-m", "mount", "-t", "tmpfs", "none", "/mnt"]
      process.standardError = FileHandle.nullDevice
      guard (try? process.run()) != nil else { return false }
      process.waitUntilExit()
      return process.terminationStatus == 0
    }()

    /// Runs a script of the shell where `disk` is a file system of this many KiB.
    private func onDisk(_ size: Int, _ script: String) throws -> CommandLineBench.Run {
      try bench.shell(
        """
        mkdir -p disk
        export script='\(script)'
        exec unshare -m bash -c 'mount -t tmpfs -o size=\(size)k none disk && eval "$script"'
        """)
    }

    @Test("is known before any work where the output cannot fit", .enabled(if: canMount))
    func tooSmall() throws {
      let run = try onDisk(
        16, #""$ration" apply q4_0.recipe small.gguf disk/out.gguf; echo $?; ls -A disk"#)
      #expect(run.output == "5\n")
      #expect(run.errors.contains("are needed but") && run.errorLines.count == 1)
    }

    @Test("is known before any work where predictions of a base cannot fit", .enabled(if: canMount))
    func predictions() throws {
      let run = try onDisk(
        64,
        #""$ration" evaluate \#(Folio.model) \#(Folio.model) --chunks 1 --base-logits disk/l; echo $?; ls -A disk"#
      )
      #expect(run.output == "5\n")
      #expect(run.errors.contains("are needed but") && run.errorLines.count == 1)
    }

    @Test(
      "leaves nothing where the disk is full, and the same command succeeds later",
      .enabled(if: canMount))
    func full() throws {
      let run = try onDisk(
        400,
        #"""
        dd if=/dev/zero of=disk/other bs=1k status=none 2>/dev/null
        "$ration" plan small.gguf --target-bpw 5 --quiet --cache c.sqlite -o disk/out.recipe; echo $?
        rm disk/other; ls -A disk
        "$ration" plan small.gguf --target-bpw 5 --quiet --cache c.sqlite -o disk/out.recipe; echo $?
        ls -A disk
        """#)
      #expect(run.output == "5\n0\nout.recipe\n")
      #expect(run.errorLines.count == 1 && run.errors.contains("No space left on device"))
    }

    @Test("on open files is enough for a model of more files than that") func openFiles() throws {
      let count = SmallModel().fixture.tensors.count
      for shard in SmallModel().shards([Int](repeating: 1, count: count)) {
        try bench.directory.write(shard.fixture.bytes, to: shard.name)
      }
      let first = try #require(
        bench.directory.names().first { $0.hasPrefix("small-00001-of-") })
      let run = try bench.shell(
        """
        ulimit -n 20
        "$ration" apply q4_0.recipe \(first) out.gguf --quiet && echo written
        "$ration" plan \(first) --target-bpw 5 --quiet >r.txt && echo planned
        """)
      #expect(run.output == "written\nplanned\n", "\(run.errors)")
    }

    @Test("in clock, place or language changes no byte") func surroundings() throws {
      let command = ["apply", "q4_0.recipe", "small.gguf", "out.gguf", "--force", "--quiet"]
      var files: Set<[UInt8]> = []
      for environment in [
        [:], ["TZ": "Pacific/Kiritimati", "LC_ALL": "tr_TR.UTF-8"],
        ["TZ": ":/no/such", "LANG": "de_DE.UTF-8", "LC_NUMERIC": "de_DE.UTF-8"],
      ] {
        try #require(bench.start(command, environment).finish().code == 0)
        files.insert(try Array(contents(of: bench.directory("out.gguf"))))
      }
      #expect(files.count == 1)
    }
  }
#endif
