extension TestNetwork {
  /// GLM-4.5 and later, whose last layer drafts: in one network with a table and an output head of its own, in the other
  /// with those of the model, and norms of heads.
  package static let drafting =
    [
      glm4moe("glm4moe", hasHeadNorms: false, ownsTables: true),
      glm4moe("glm4moe-shared", hasHeadNorms: true, ownsTables: false),
    ] + (delta + latent).filter(mayDraft).map { $0.drafting() }
    + mixtures.filter(mayDraft).map { $0.drafting(outputNorm: "layer_output_norm") }

  private static func mayDraft(_ network: TestNetwork) -> Bool {
    ["qwen3next", "qwen35", "qwen35moe", "latent-sigmoid", "bailingmoe2"].contains(network.name)
  }

  /// The network with one more layer, like its last, that drafts with the table and the output head of the model.
  private func drafting(outputNorm: String = "nextn.shared_head_norm") -> TestNetwork {
    var network = self
    network.name = "\(name)-draft"
    network.reference = name
    network.layers += 1
    network.keys.append(.uint32("\(architecture).nextn_predict_layers", 1))
    network.writeLayer = { [layers, writeLayer] layer, tensors in
      writeLayer?(layer, &tensors)
      if layer == layers {
        tensors.addDraft("blk.\(layer)", outputNorm: outputNorm, ownsTables: false)
      }
    }
    return network
  }

  /// A dense layer, one of experts, and one that drafts.
  private static func glm4moe(_ name: String, hasHeadNorms: Bool, ownsTables: Bool) -> TestNetwork {
    TestNetwork(
      name: name, architecture: "glm4moe", layers: 3, turnedWidth: 8, hidden: 96,
      keys: [
        .uint32("glm4moe.attention.key_length", 16), .uint32("glm4moe.attention.value_length", 16),
        .float32("glm4moe.rope.freq_base", 500), .uint32("glm4moe.expert_count", 8),
        .uint32("glm4moe.expert_used_count", 3), .uint32("glm4moe.expert_shared_count", 1),
        .uint32("glm4moe.expert_feed_forward_length", 32),
        .uint32("glm4moe.leading_dense_block_count", 1), .uint32("glm4moe.expert_gating_func", 2),
        .bool("glm4moe.expert_weights_norm", true), .float32("glm4moe.expert_weights_scale", 2.5),
        .uint32("glm4moe.nextn_predict_layers", 1),
      ],
      writeLayer: { layer, tensors in
        let block = "blk.\(layer)"
        tensors.addNorm("\(block).attn_norm")
        for (name, outputs) in [("q", 64), ("k", 32), ("v", 32)] {
          tensors.add("\(block).attn_\(name).weight", [width, outputs])
          tensors.add("\(block).attn_\(name).bias", [outputs], spread: 0.5)
        }
        if hasHeadNorms {
          tensors.addNorm("\(block).attn_q_norm", 16)
          tensors.addNorm("\(block).attn_k_norm", 16)
        }
        tensors.add("\(block).attn_output.weight", [64, width])
        tensors.addNorm("\(block).post_attention_norm")
        if layer == 0 {
          tensors.addGated(layer, hidden: 96)
        } else {
          tensors.addExperts(layer, shared: 32, hasSelectionBias: true)
        }
        if layer == 2 { tensors.addDraft(block, ownsTables: ownsTables) }
      })
  }
}

extension RandomTensors {
  /// Adds what makes a layer draft.
  fileprivate mutating func addDraft(
    _ block: String, outputNorm: String = "nextn.shared_head_norm", ownsTables: Bool
  ) {
    for norm in ["nextn.enorm", "nextn.hnorm", outputNorm] { addNorm("\(block).\(norm)") }
    add("\(block).nextn.eh_proj.weight", [2 * TestNetwork.width, TestNetwork.width])
    guard ownsTables else { return }
    let shape = [TestNetwork.width, TestNetwork.vocabulary]
    add("\(block).nextn.embed_tokens.weight", shape, spread: 1)
    add("\(block).nextn.shared_head_head.weight", shape)
  }
}
