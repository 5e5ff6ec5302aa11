import ArgumentParser
import Codecs
import Foundation
import GGUF

struct ModelBench: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "model",
    abstract: "Writes a model of random weights in bf16, to time commands at size.",
    discussion: """
      The model has the matrices and norms of a Llama with seven billion weights, 13.5 GB, or fewer layers of it. \
      Weights are normal; each row has a scale of its own. The file holds no tokenizer: plan, apply and verify take \
      it, and calibrate does not.
      """)

  @Argument(help: "The file to write.")
  var output: String

  @Option(help: "Layers, of which there are 32.")
  var layers = 32

  func validate() throws {
    guard 1...32 ~= layers else { throw ValidationError("--layers must be 1 to 32") }
  }

  func run() throws {
    let shape = ModelShape(
      "7b dense", layers: layers, width: Self.width, query: Self.width, key: Self.width,
      inner: 11_008, experts: 0, vocabulary: 32_000)
    let layout = try FileLayout(
      metadata: metadata,
      tensors: shape.tensors.map {
        (name: $0.name, shape: [$0.columns, $0.rows], type: TensorType.BF16)
      } + norms)
    FileManager.default.createFile(atPath: output, contents: nil)
    let file = try FileHandle(forWritingTo: URL(filePath: output))
    try file.write(contentsOf: Data(layout.encodedHeader()))
    var random = SplitMix64(state: 7)
    let variates = Self.variates
    for tensor in layout.tensors {
      try file.seek(toOffset: UInt64(tensor.offset))
      if tensor.type == .F32 {
        try file.write(contentsOf: [Float](repeating: 1, count: tensor.elements).data)
        continue
      }
      for _ in 0..<tensor.rows {
        // A stretch of the same variates from anywhere, at a scale of the row's own.
        let start = Int(random.fraction() * Double(variates.count - tensor.columns))
        let scale = Float(0.01 + 0.02 * random.fraction())
        let row = variates[start..<start + tensor.columns].map {
          UInt16(($0 * scale).bitPattern >> 16)
        }
        try file.write(contentsOf: row.data)
      }
    }
    try file.truncate(atOffset: UInt64(layout.fileBytes))
    try file.close()
  }

  private static let width = 4096

  private var metadata: Metadata {
    var metadata = Metadata()
    metadata["general.architecture"] = .string("llama")
    metadata["general.name"] = .string("Random 7B")
    for (key, value) in [
      ("block_count", layers), ("context_length", 4096), ("embedding_length", Self.width),
      ("feed_forward_length", 11_008), ("attention.head_count", 32),
      ("attention.head_count_kv", 32), ("rope.dimension_count", 128),
    ] {
      metadata["llama.\(key)"] = .uint32(UInt32(value))
    }
    metadata["llama.attention.layer_norm_rms_epsilon"] = .float32(1e-5)
    return metadata
  }

  private var norms: [(name: String, shape: [Int], type: TensorType)] {
    let names = (0..<layers).flatMap {
      ["blk.\($0).attn_norm.weight", "blk.\($0).ffn_norm.weight"]
    }
    return (names + ["output_norm.weight"]).map { (name: $0, shape: [Self.width], type: .F32) }
  }

  /// Normal variates of variance 1, enough that rows hardly repeat.
  private static var variates: [Float] {
    var gaussian = Gaussian(state: 11)
    return (0..<1 << 20).map { _ in Float(gaussian.next()) }
  }
}

extension Array where Element: FixedWidthInteger {
  /// Its elements as a file holds them, on a machine that stores the low byte first.
  fileprivate var data: Data { withUnsafeBytes { Data($0) } }
}

extension [Float] {
  /// Its elements as a file holds them, on a machine that stores the low byte first.
  fileprivate var data: Data { withUnsafeBytes { Data($0) } }
}
