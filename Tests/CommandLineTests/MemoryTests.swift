#if os(Linux)
  import Foundation
  import GGUF
  import TestSupport
  import Testing

  /// What commands hold in memory, as the system counts it.
  @Suite("Memory", .serialized) struct MemoryTests {
    let bench: CommandLineBench

    init() throws { bench = try CommandLineBench() }

    @Test(
      "does not grow with a model: 64 times the experts and statistics take at most a tenth more")
    func experts() throws {
      try write(experts: 2, to: "few")
      try write(experts: 128, to: "many")
      for arguments in [
        ["plan", "--target-bpw", "8", "--types", "q4_0,q8_0", "--cache", "cache.sqlite"],
        ["apply", "q4_0.recipe"],
      ] {
        // A look at a running program may come before its peak, never beyond it.
        let few = try (0..<3).map { _ in try peak(of: arguments, on: "few") }.max() ?? 0
        let many = try peak(of: arguments, on: "many")
        #expect(few > 10_000, "\(arguments[0]): \(few) KiB")
        #expect(many < few * 11 / 10, "\(arguments[0]): \(few) and \(many) KiB")
      }
    }

    /// The most that a command has in memory at a time, in KiB.
    private func peak(of arguments: [String], on model: String) throws -> Int {
      let output = arguments[0] == "apply" ? ["\(model).out.gguf", "--force"] : []
      let started = try bench.start(
        arguments + ["\(model).gguf"] + output
          + ["--statistics", "\(model).statistics.gguf", "--threads", "2"])
      var peak = 0
      while let now = started.residentPeak {
        peak = now
        usleep(500)
      }
      let run = try started.finish()
      try #require(run.code == 0, "\(run.errors)")
      return peak
    }

    /// Writes a model of zeros, which takes hardly any room on a disk, and statistics of it.
    private func write(experts: Int, to name: String) throws {
      let weights = [
        ("blk.0.ffn_gate_exps.weight", [1024, 512, experts]),
        ("blk.0.ffn_up_exps.weight", [1024, 512, experts]),
        ("blk.0.ffn_down_exps.weight", [512, 1024, experts]), ("output.weight", [1024, 1024]),
      ]
      var metadata = Metadata()
      metadata["general.architecture"] = .string("llama")
      try write(
        FileLayout(
          metadata: metadata, tensors: weights.map { (name: $0.0, shape: $0.1, type: .F16) }),
        to: "\(name).gguf")
      let statistics = weights.flatMap { weight, shape in
        let slices = shape.count > 2 ? shape[2] : 1
        return [
          (name: "\(weight).in_sum2", shape: [shape[0], slices], type: TensorType.F32),
          (name: "\(weight).out_grad_sum2", shape: [shape[1], slices], type: .F32),
          (name: "\(weight).counts", shape: [1, slices], type: .F32),
        ]
      }
      try write(
        FileLayout(metadata: Metadata(), tensors: statistics), to: "\(name).statistics.gguf",
        filledWith: 1)
    }

    private func write(_ layout: FileLayout, to name: String, filledWith value: Float? = nil) throws
    {
      let path = try bench.directory.write(layout.encodedHeader(), to: name)
      let file = try #require(FileHandle(forWritingAtPath: path))
      try file.truncate(atOffset: UInt64(layout.fileBytes))
      guard let value else { return }
      for tensor in layout.tensors {
        try file.seek(toOffset: UInt64(tensor.offset))
        try file.write(
          contentsOf: [Float](repeating: value, count: tensor.elements)
            .withUnsafeBytes { Data($0) })
      }
    }
  }

  extension CommandLineBench.Started {
    /// The most that the program has had in memory so far, in KiB; nil once it has ended.
    fileprivate var residentPeak: Int? {
      let status = try? String(contentsOfFile: "/proc/\(identifier)/status", encoding: .utf8)
      let line = status?.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
      return line?.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap { Int($0) }
    }
  }
#endif
