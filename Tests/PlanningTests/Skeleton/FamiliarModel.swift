import GGUF
import Planning
import Testing

/// The shape of a model that people use.
struct FamiliarModel: CustomTestStringConvertible {
  let testDescription: String
  let outline: ModelOutline
  private let tensors: [TensorDescriptor]

  static let all = [
    FamiliarModel("Llama 2 7B", blocks: 32, 4096, ff: 11008, heads: 32, kv: 32, tokens: 32000),
    FamiliarModel("Mistral 7B", blocks: 32, 4096, ff: 14336, heads: 32, kv: 8, tokens: 32768),
    FamiliarModel("Qwen2.5 7B", blocks: 28, 3584, ff: 18944, heads: 28, kv: 4, tokens: 152064),
    FamiliarModel("Llama 3.1 8B", blocks: 32, 4096, ff: 14336, heads: 32, kv: 8, tokens: 128256),
    FamiliarModel("Qwen3 8B", blocks: 36, 4096, ff: 12288, heads: 32, kv: 8, tokens: 151936),
    FamiliarModel("Mistral Nemo", blocks: 40, 5120, ff: 14336, heads: 32, kv: 8, tokens: 131072),
    FamiliarModel("Llama 2 13B", blocks: 40, 5120, ff: 13824, heads: 40, kv: 40, tokens: 32000),
    FamiliarModel("Qwen3 14B", blocks: 40, 5120, ff: 17408, heads: 40, kv: 8, tokens: 151936),
    FamiliarModel("Mistral Small", blocks: 40, 5120, ff: 32768, heads: 32, kv: 8, tokens: 131072),
    FamiliarModel("Qwen3 32B", blocks: 64, 5120, ff: 25600, heads: 64, kv: 8, tokens: 151936),
    FamiliarModel("Qwen2.5 32B", blocks: 64, 5120, ff: 27648, heads: 40, kv: 8, tokens: 152064),
    FamiliarModel(
      "Mixtral 8x7B", blocks: 32, 4096, ff: 14336, heads: 32, kv: 8, tokens: 32000, experts: 8),
    FamiliarModel(
      "Qwen3 30B A3B", blocks: 48, 2048, ff: 768, heads: 32, kv: 4, tokens: 151936, experts: 128),
    FamiliarModel(
      "Qwen3 235B A22B", blocks: 94, 4096, ff: 1536, heads: 64, kv: 4, tokens: 151936,
      experts: 128),
  ]

  /// - Parameters:
  ///   - width: The length of a token's embedding.
  ///   - ff: The width of a feed-forward layer, or of one expert's.
  private init(
    _ name: String, blocks: Int, _ width: Int, ff: Int, heads: Int, kv: Int, tokens: Int,
    experts: Int = 0
  ) {
    // All of these models have heads of 128.
    var matrices = [
      ("attn_q", [width, heads * 128]), ("attn_k", [width, kv * 128]),
      ("attn_v", [width, kv * 128]), ("attn_output", [heads * 128, width]),
    ]
    if experts > 0 {
      matrices += [
        ("ffn_gate_exps", [width, ff, experts]), ("ffn_up_exps", [width, ff, experts]),
        ("ffn_down_exps", [ff, width, experts]),
      ]
    } else {
      matrices += [
        ("ffn_gate", [width, ff]), ("ffn_up", [width, ff]), ("ffn_down", [ff, width]),
      ]
    }
    var named = [("token_embd", [width, tokens]), ("output", [width, tokens])]
    for block in 0..<blocks { named += matrices.map { ("blk.\(block).\($0)", $1) } }
    tensors = named.map { try! TensorDescriptor(name: "\($0).weight", shape: $1, type: .BF16) }

    var metadata = Metadata()
    metadata["general.architecture"] = .string("any")
    let facts = [
      ("block_count", blocks), ("attention.head_count", heads), ("attention.head_count_kv", kv),
      ("expert_count", experts),
    ]
    for (key, value) in facts {
      metadata["any.\(key)"] = .uint32(UInt32(value))
    }
    outline = try! ModelOutline(metadata: metadata, tensors: tensors)
    testDescription = name
  }

  /// The size of the model with these types.
  func bitsPerWeight(of types: [TensorType?]) -> Double {
    let bytes = zip(tensors, types).map { tensor, type in
      (type ?? tensor.type).bytes(rows: tensor.rows, columns: tensor.columns)!
    }
    return 8 * Double(bytes.reduce(0, +)) / Double(tensors.map(\.elements).reduce(0, +))
  }
}
