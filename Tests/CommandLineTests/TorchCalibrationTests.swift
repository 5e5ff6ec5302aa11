import Foundation
import GGUF
import Testing
import TestSupport

/// The Python that `make torch` installs.
private let python = Repository.file(".build-torch/bin/python").path

/// The statistics of calibration/torch, held against those of `ration calibrate`.
@Suite(
  "calibration/torch",
  .enabled("PyTorch is not installed; `make torch` does that") {
    FileManager.default.isExecutableFile(atPath: python)
  })
struct TorchCalibrationTests {
  private let bench: CommandLineBench

  init() throws {
    bench = try CommandLineBench()
    try bench.run("'\(Repository.file("Tests/CommandLineTests/Torch/models.py").path)' .")
  }

  @Test("sums up what ration does: tables, tied and not, heads in other orders, experts in stacks")
  func statistics() throws {
    for model in ["llama", "qwen3", "qwen3moe"] {
      let text = Repository.file("calibration/text/prose.txt").path
      let options = "--text '\(text)' --tokens 2560 --sequence 32 --seed 1"
      // Products in bfloat16 would differ in their third digit.
      let run = try bench.shell(
        "RATION_CPU=base \"$ration\" calibrate \(model).gguf \(options) --fixed-routing -o \(model).native.gguf"
      )
      #expect(run.code == 0, "\(run.errors)")
      let program = Repository.file("calibration/torch/calibrate.py").path
      try bench.run("'\(program)' \(model) \(model).gguf \(options) -o \(model).torch.gguf")
      try compare(
        ModelFile(path: bench.directory("\(model).torch.gguf")),
        ModelFile(path: bench.directory("\(model).native.gguf")))

      let plan = try bench.shell(
        "\"$ration\" plan --strict \(model).gguf --statistics \(model).torch.gguf --target-bpw 6")
      #expect(plan.code == 0, "\(plan.errors)")
      #expect(plan.errors.contains("from measured row sensitivities"))
    }
  }

  /// Compares statistics tensor by tensor. Inputs are the same to the rounding of floats. A label whose draw falls on the
  /// border between two tokens may be the other one, so gradients are compared in all.
  private func compare(_ found: ModelFile, _ expected: ModelFile) throws {
    #expect(found.metadata["imatrix.chunk_count"] == expected.metadata["imatrix.chunk_count"])
    #expect(found.metadata["imatrix.datasets"] == expected.metadata["imatrix.datasets"])
    #expect(found.tensors.map(\.name).sorted() == expected.tensors.map(\.name).sorted())
    for tensor in expected.tensors {
      let other = try #require(found[tensor.name])
      #expect(other.shape == tensor.shape, "\(tensor.name)")
      let (a, b) = (try values(of: tensor, in: expected), try values(of: other, in: found))
      let error = zip(a, b).reduce(0) { $0 + abs($1.0 - $1.1) } / a.reduce(0, +)
      let isOfInputs = ["in_sum2", "counts"].contains { tensor.name.hasSuffix($0) }
      #expect(error < (isOfInputs ? 1e-5 : 2e-2), "\(tensor.name): \(error)")
    }
  }

  private func values(of tensor: TensorDescriptor, in file: ModelFile) throws -> [Double] {
    var values = [Float](repeating: 0, count: tensor.elements)
    try values.withUnsafeMutableBytes {
      try file.read(tensor, byteRange: 0..<tensor.byteCount, into: $0)
    }
    return values.map(Double.init)
  }
}

extension CommandLineBench {
  /// Runs a program of Python's.
  fileprivate func run(_ arguments: String) throws {
    let run = try shell("HF_HUB_OFFLINE=1 '\(python)' \(arguments)")
    #expect(run.code == 0, "\(run.errors)")
  }
}
