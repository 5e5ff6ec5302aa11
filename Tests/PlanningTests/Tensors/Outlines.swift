import GGUF

/// Tensors as models of several families have them, without their weights.
enum Outline {
  /// Models whose tensors any rule may meet: dense with grouped queries, tied embeddings, experts with
  /// latent attention, and one with capitals in its names.
  static let all = [dense, tied, experts, capitals]

  static let dense =
    [tensor("token_embd.weight", [512, 1024]), tensor("output.weight", [512, 1024])]
    + norms(["output_norm.weight"])
    + (0..<12).flatMap { block in
      [
        tensor("blk.\(block).attn_q.weight", [512, 512]),
        tensor("blk.\(block).attn_k.weight", [512, 128]),
        tensor("blk.\(block).attn_v.weight", [512, 128]),
        tensor("blk.\(block).attn_output.weight", [512, 512]),
        tensor("blk.\(block).ffn_gate.weight", [512, 1536]),
        tensor("blk.\(block).ffn_up.weight", [512, 1536]),
        tensor("blk.\(block).ffn_down.weight", [1536, 512]),
      ] + norms(["blk.\(block).attn_norm.weight", "blk.\(block).ffn_norm.weight"])
    }

  static let tied = dense.filter { $0.name != "output.weight" }

  static let experts =
    [tensor("token_embd.weight", [512, 1024]), tensor("output.weight", [512, 1024])]
    + (0..<5).flatMap { block in
      [
        tensor("blk.\(block).attn_k_b.weight", [128, 512, 4]),
        tensor("blk.\(block).attn_kv_a_mqa.weight", [512, 576]),
        tensor("blk.\(block).ffn_gate_inp.weight", [512, 8], .F32),
        tensor("blk.\(block).ffn_down_exps.weight", [256, 512, 8]),
        tensor("blk.\(block).ffn_up_exps.weight", [512, 256, 8]),
        tensor("blk.\(block).ffn_gate_exps.weight", [512, 256, 8]),
        tensor("blk.\(block).ffn_down_shexp.weight", [256, 512]),
        tensor("blk.\(block).ffn_up_shexp.weight", [512, 256]),
      ] + norms(["blk.\(block).attn_norm.weight", "blk.\(block).exp_probs_b.bias"])
    }

  static let capitals = [
    tensor("Model.Layers.0.MLP.weight", [512, 256]), tensor("blk.0.ffn_A.weight", [512, 256]),
    tensor("blk.0.ffn_a.weight", [512, 256]), tensor("a,b=c{1}.weight", [512, 256]),
  ]

  static func tensor(_ name: String, _ shape: [Int], _ type: TensorType = .BF16) -> TensorDescriptor
  {
    do {
      return try TensorDescriptor(name: name, shape: shape, type: type)
    } catch {
      fatalError("\(name): \(error)")
    }
  }

  private static func norms(_ names: [String]) -> [TensorDescriptor] {
    names.map { tensor($0, [512], .F32) }
  }
}
