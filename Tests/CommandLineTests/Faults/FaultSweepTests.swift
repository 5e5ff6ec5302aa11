#if os(Linux)
  import Foundation
  import TestSupport
  import Testing

  /// The commands that write, with a fault at every call of the C library in turn. Whatever happens: no input
  /// changes, nothing incomplete has the name of an output, the program says why it ends, and the same command
  /// run again gives the same bytes as if nothing had happened.
  @Suite("A fault at any call") struct FaultSweepTests {
    let bench: CommandLineBench

    init() throws {
      // Of each thing one, so that few calls cover them all.
      var small = SmallModel()
      small.fixture.tensors.removeAll { tensor in
        !["token_embd.weight", "blk.0.attn_norm.weight", "blk.0.attn_k.weight", "output.weight"]
          .contains(String(decoding: tensor.name, as: UTF8.self))
      }
      bench = try CommandLineBench(small)
    }

    @Test(
      "leaves apply's inputs and output whole",
      arguments: Fault.thorough(or: Fault.few + [Fault(.read, .cut)]))
    func apply(_ fault: Fault) throws {
      try FaultSweep(
        bench, output: "out.gguf",
        [
          "apply", "q4_0.recipe", "small.gguf", "out.gguf", "--statistics", "small.statistics.gguf",
          "--threads", "2",
        ]
      ).run(fault)
    }

    @Test(
      "leaves the old file until apply --force has its own complete",
      arguments: Fault.thorough(or: [Fault(.rename, .kill), Fault(.write, .error(ENOSPC))]).filter {
        [.write, .sync, .rename, .reserve].contains($0.call)
      })
    func applyForce(_ fault: Fault) throws {
      try FaultSweep(
        bench, output: "out.gguf",
        ["apply", "q4_0.recipe", "small.gguf", "out.gguf", "--threads", "2"]
      ).run(fault, replacing: Array("the file before".utf8))
    }

    @Test("leaves plan's inputs, recipe and cache whole", arguments: Fault.thorough(or: Fault.few))
    func plan(_ fault: Fault) throws {
      try FaultSweep(
        bench, output: "out.recipe", kept: ["cache.sqlite"],
        [
          "plan", "small.gguf", "--statistics", "small.statistics.gguf", "--target-bpw", "6",
          "--types", "q4_0,q8_0", "-o", "out.recipe", "--cache", "cache.sqlite", "--threads", "2",
        ]
      ).run(fault)
    }

    @Test(
      "leaves calibrate's inputs, statistics and checkpoint whole",
      arguments: Fault.thorough(or: Fault.few))
    func calibrate(_ fault: Fault) throws {
      try bench.directory.write(Self.network.bytes, to: "net.gguf")
      try FaultSweep(
        bench, output: "out.statistics",
        [
          "calibrate", "net.gguf", "--self", "--tokens", "32", "--sequence", "16", "-o",
          "out.statistics", "--threads", "1",
        ]
      ).run(fault)
    }

    @Test(
      "leaves predictions of a base such that the same command goes on, with the same figures",
      arguments: Fault.thorough(or: [
        Fault(.write, .kill), Fault(.write, .killed), Fault(.write, .error(ENOSPC)),
        Fault(.write, .short), Fault(.reserve, .kill), Fault(.read, .error(EIO)),
      ]))
    func evaluate(_ fault: Fault) throws {
      try bench.directory.write(Self.network.bytes, to: "net.gguf")
      try bench.directory.write(Array("THE QUICK BROWN FOX JUMPS OVER".utf8), to: "words.text")
      let command = [
        "evaluate", "net.gguf", "net.gguf", "--text", "words.text", "--context", "8",
        "--base-logits", "net.logits", "--threads", "1", "--json",
      ]
      let expected = try bench.start(command).finish()
      try #require(expected.code == 0, "\(expected.errors)")
      let bytes = try contents(of: bench.directory("net.logits"))
      unlink(bench.directory("net.logits"))
      var number = 1
      while true {
        let (run, fired) = try bench.start(command, fault, at: number, onFile: "net.logits")
        let place: Comment = "\(fault.testDescription) \(number): \(run.code) \(run.errors)"
        guard fired else {
          #expect(run.code == 0, place)
          break
        }
        #expect(run.code == (fault.ends ? 128 + SIGKILL : run.code) && run.code != 4, place)
        if run.code == 0 { #expect(run.output == expected.output, place) }
        let again = try bench.start(command).finish()
        #expect(again.code == 0 && again.output == expected.output, "\(place): \(again.errors)")
        #expect(try contents(of: bench.directory("net.logits")) == bytes, place)
        for name in ["net.logits", "fired.txt"] { unlink(bench.directory(name)) }
        number += 1
      }
    }

    @Test("takes a disk that fails once for no damage of the cache", arguments: [EIO, EINTR])
    func cache(_ error: Int32) throws {
      let arguments = [
        "plan", "small.gguf", "--target-bpw", "6", "--types", "q4_0", "--cache", "c.sqlite",
        "--threads", "1", "--quiet",
      ]
      #expect(try bench.start(arguments).finish().code == 0)
      let cache = try contents(of: bench.directory("c.sqlite"))
      let mark = bench.directory("fired.txt")
      var number = 0
      repeat {
        number += 1
        unlink(mark)
        let (run, _) = try bench.start(
          arguments, Fault(.read, .error(error)), at: number, onFile: "c.sqlite")
        #expect(run.code == 0, "\(number): \(run.errors)")
        #expect(try contents(of: bench.directory("c.sqlite")) == cache, "\(number)")
        #expect(try bench.added() == ["c.sqlite"], "\(number)")
      } while FileManager.default.fileExists(atPath: mark)
      #expect(number > 3)
    }

    /// A network of one layer whose tokens are letters.
    private static let network: GGUFFixture = {
      var shape = TestNetwork.all[0]
      shape.layers = 1
      var network = shape.fixture
      network.keys.removeAll { $0.name == Array("tokenizer.ggml.model".utf8) }
      let tokens = (0..<TestNetwork.vocabulary).map { String(UnicodeScalar(UInt8(65 + $0))) }
      network.keys += [
        .string("tokenizer.ggml.model", "gpt2"), .string("tokenizer.ggml.pre", "gpt-2"),
        .strings("tokenizer.ggml.tokens", tokens), .strings("tokenizer.ggml.merges", []),
        .uint32("tokenizer.ggml.bos_token_id", 0),
      ]
      return network
    }()
  }

  extension Fault {
    /// Those that a cache and a checkpoint meet most often.
    fileprivate static let few = [
      Fault(.write, .kill), Fault(.sync, .error(EIO)), Fault(.rename, .kill),
      Fault(.rename, .killed),
    ]

    /// All faults in a thorough run; else these.
    fileprivate static func thorough(or few: [Fault]) -> [Fault] { isThorough ? all : few }
  }
#endif
