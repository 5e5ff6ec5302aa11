import Foundation
import GGUF
import LinearAlgebra
import Measurement
import Reports
import Testing
import TestSupport
import Workflows

/// The Python that `make torch` installs.
private let python = Repository.file(".build-torch/bin/python").path

/// The statistics of calibration/torch, held against those of `ration calibrate`.
@Suite(
  "calibration/torch",
  .enabled("PyTorch is not installed; `make torch` does that") {
    FileManager.default.isExecutableFile(atPath: python)
  })
struct TorchCalibrationTests {
  private let directory = TemporaryDirectory()

  @Test("sums up what ration does: tables, tied and not, heads in other orders, experts in stacks")
  func statistics() throws {
    try run([Repository.file("Tests/WorkflowsTests/Calibrate/Torch/models.py").path, "."])
    let text = Repository.file("calibration/text/prose.txt").path
    for model in ["llama", "qwen3", "qwen3moe"] {
      // In floats, as PyTorch multiplies: what rounding moves may be another token's turn, or another expert's.
      let request = CalibrateRequest(
        model: directory("\(model).gguf"), text: .files([text]), tokens: 2560, sequence: 32,
        seed: 1,
        fixesRouting: true, arithmetic: .float, output: directory("\(model).native.gguf"))
      _ = try CalibrateWorkflow.run(request, Session(threads: 2))
      try run([
        Repository.file("calibration/torch/calibrate.py").path, model, "\(model).gguf", "--text",
        text,
        "--tokens", "2560", "--sequence", "32", "--seed", "1", "-o", "\(model).torch.gguf",
      ])
      try compare(
        ModelFile(path: directory("\(model).torch.gguf")),
        ModelFile(path: directory("\(model).native.gguf")))
      #expect(try knowledge(of: model) == "measured row sensitivities")
    }
  }

  /// What a plan for a model is made from, given the statistics of PyTorch.
  private func knowledge(of model: String) throws -> String {
    let inputs = PlanInputs(
      model: directory("\(model).gguf"), statistics: directory("\(model).torch.gguf"),
      sampling: .full, cache: nil, allowRequantize: false)
    let request = PlanRequest(inputs: inputs, target: .bitsPerWeight(6), version: "1.2.3")
    return try PlanWorkflow.run(request, Session(threads: 2)).report.knowledge
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

  /// Runs a program of Python's in the folder.
  private func run(_ arguments: [String]) throws {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: python)
    process.arguments = arguments
    process.currentDirectoryURL = URL(fileURLWithPath: directory.path)
    process.environment = ["PATH": "/usr/bin:/bin", "HOME": directory.path, "HF_HUB_OFFLINE": "1"]
    try process.run()
    process.waitUntilExit()
    #expect(process.terminationStatus == 0, "\(arguments)")
  }
}
