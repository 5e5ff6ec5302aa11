/// Which tensors of a GGUF file hold a module's weights, by the module's path in a checkpoint of transformers.
///
/// The names are those of `gguf-py/gguf/tensor_mapping.py` in llama.cpp.
struct CheckpointName {
  /// A tensor, and what of it the module is.
  struct Target: Hashable {
    /// The tensor.
    let tensor: String
    /// The expert that the module belongs to; nil for all of the tensor's.
    let expert: Int?
    /// Which half of the module's outputs are the tensor's: gates come first, and what they gate behind; nil for all.
    let half: Int?
  }

  /// The tensors; none where the path is not known. A model has one of two forms of stacked gates.
  let targets: [Target]

  init(_ path: String) {
    let parts = path.split(separator: ".")
    guard let layers = parts.firstIndex(where: { ["layers", "h", "blocks"].contains($0) }),
      layers + 2 < parts.count, let block = Int(parts[layers + 1])
    else {
      targets =
        parts.last == "lm_head" ? [Target(tensor: "output.weight", expert: nil, half: nil)] : []
      return
    }
    var rest = parts[(layers + 2)...].filter { $0 != "weight" }
    var expert: Int?
    if let place = rest.firstIndex(of: "experts"), place + 1 < rest.count,
      let number = Int(rest[place + 1])
    {
      expert = number
      rest.remove(at: place + 1)
    }
    let role = rest.joined(separator: ".")
    func target(_ name: String, half: Int? = nil) -> Target {
      Target(tensor: "blk.\(block).\(name).weight", expert: expert, half: half)
    }
    if role.hasSuffix("experts.gate_up_proj") {
      targets = [
        target("ffn_gate_up_exps"), target("ffn_gate_exps", half: 0),
        target("ffn_up_exps", half: 1),
      ]
    } else {
      targets = Self.names[role].map { [target($0)] } ?? []
    }
  }

  private static let names = [
    "self_attn.q_proj": "attn_q", "self_attn.k_proj": "attn_k", "self_attn.v_proj": "attn_v",
    "self_attn.qkv_proj": "attn_qkv", "self_attn.o_proj": "attn_output",
    "self_attn.out_proj": "attn_output",
    "self_attn.q_a_proj": "attn_q_a", "self_attn.q_b_proj": "attn_q_b",
    "self_attn.kv_a_proj_with_mqa": "attn_kv_a_mqa", "self_attn.kv_b_proj": "attn_kv_b",
    "linear_attn.in_proj_qkv": "attn_qkv", "linear_attn.in_proj_z": "attn_gate",
    "linear_attn.in_proj_a": "ssm_alpha", "linear_attn.in_proj_b": "ssm_beta",
    "linear_attn.out_proj": "ssm_out",
    "conv.in_proj": "shortconv.in_proj", "conv.out_proj": "shortconv.out_proj",
    "mlp.gate_proj": "ffn_gate", "mlp.up_proj": "ffn_up", "mlp.down_proj": "ffn_down",
    "mlp.gate_up_proj": "ffn_up",
    "feed_forward.w1": "ffn_gate", "feed_forward.w3": "ffn_up", "feed_forward.w2": "ffn_down",
    "mlp.gate": "ffn_gate_inp", "mlp.router": "ffn_gate_inp",
    "block_sparse_moe.gate": "ffn_gate_inp",
    "mlp.experts.gate_proj": "ffn_gate_exps", "mlp.experts.up_proj": "ffn_up_exps",
    "mlp.experts.down_proj": "ffn_down_exps",
    "block_sparse_moe.experts.w1": "ffn_gate_exps", "block_sparse_moe.experts.w3": "ffn_up_exps",
    "block_sparse_moe.experts.w2": "ffn_down_exps",
    "mlp.shared_expert.gate_proj": "ffn_gate_shexp", "mlp.shared_expert.up_proj": "ffn_up_shexp",
    "mlp.shared_expert.down_proj": "ffn_down_shexp",
    "mlp.shared_experts.gate_proj": "ffn_gate_shexp",
    "mlp.shared_experts.up_proj": "ffn_up_shexp",
    "mlp.shared_experts.down_proj": "ffn_down_shexp",
    "mlp.shared_expert_gate": "ffn_gate_inp_shexp",
  ]
}
