extension Architecture {
  /// Every architecture that can be run.
  package static let all = [
    // Llama, Mistral, Mixtral and many more.
    Architecture(name: "llama", pairing: .neighbours),
    llama4("llama4"),
    Architecture(name: "qwen2", pairing: .halves),
    Architecture(
      name: "qwen2moe", pairing: .halves, routing: RoutingPolicy(.softmax, normalizes: false)),
    Architecture(name: "qwen3", pairing: .halves),
    Architecture(name: "qwen3moe", pairing: .halves),
    Architecture(
      name: "phi3", pairing: .halves,
      mixers: [.attention(AttentionRule().windowed(.windowIfAny))]),
    gemma2,
    gemma3,
    gemma4,
    gptOSS,
    glm4moe,
    olmo2,
    Architecture(name: "minimax-m2", pairing: .halves, routing: RoutingPolicy(.sigmoid)),
    Architecture(
      name: "dots1", pairing: .halves, routing: RoutingPolicy(.sigmoid, normalizes: false)),
    Architecture(
      name: "bailingmoe2", pairing: .halves, routing: RoutingPolicy(.sigmoid, normalizes: false)),
    Architecture(name: "ernie4_5", pairing: .neighbours),
    Architecture(name: "ernie4_5-moe", pairing: .neighbours),
    Architecture(
      name: "olmoe", pairing: .halves, routing: RoutingPolicy(.softmax, normalizes: false)),
    Architecture(
      name: "hunyuan-dense", pairing: .halves,
      mixers: [.attention(AttentionRule().normingTurnedHeads())]),
    Architecture(
      name: "hunyuan-moe", pairing: .halves,
      mixers: [.attention(AttentionRule().normingTurnedHeads())]),
    hybrid("qwen3next"), hybrid("qwen35"), hybrid("qwen35moe"),
    Architecture(name: "glm4", pairing: .neighbours),
    Architecture(name: "seed_oss", pairing: .halves, norms: .afterAttention),
    smollm3,
    Architecture(
      name: "mistral3", pairing: .neighbours,
      mixers: [.attention(AttentionRule().sharpening(.stated))]),
    granite("granite"),
    granite("granitemoe"),
    cohere2,
    Architecture(name: "starcoder2", pairing: .halves, norm: .layer, activation: .gelu),
    Architecture(name: "stablelm", pairing: .halves, norm: .layer, order: nil),
    // DeepSeek V2, V3 and R1, Kimi K2, GLM-4.7-Flash. Older files do not say how experts are scored: by softmax.
    Architecture(
      name: "deepseek2", pairing: .neighbours, mixers: [.latentAttention],
      routing: RoutingPolicy(.softmax, normalizes: false)),
  ]

  /// Every fourth layer sees everything, does not know positions, and looks more sharply the longer a text is; the others
  /// see their chunk of the text. The router weighs what an expert reads. In the model of 128 experts heads are not normed.
  /// Where a model has a window of 0, all layers are those with positions, and see everything.
  ///
  /// The constants are in no key (`llama_model_llama4` of llama.cpp, `Llama4TextConfig` of transformers).
  ///
  /// - Parameters:
  ///   - chunk: the tokens of a chunk.
  ///   - step: for how many tokens attention is equally sharp.
  package static func llama4(
    _ name: String, chunk: Int = 8192, step: Int = 8192
  ) -> Architecture {
    let attention = AttentionRule()
    let chunked = attention.windowed(.chunk(chunk)).normingTurnedHeadsPlainly(.unlessExperts(128))
    let temperature = AttentionTemperature(scale: 0.1, length: step, offset: 1)
    return Architecture(
      name: name, pairing: .neighbours,
      mixers: Array(repeating: .attention(chunked), count: 3)
        + [.attention(attention.unrotated().sharpening(.constant(temperature)))],
      pattern: .inTurnIfWindowed,
      routing: RoutingPolicy(.sigmoid, normalizes: false, weighs: .inputs))
  }

  /// Unless a model says otherwise, every fourth layer attends. What is called the norm behind attention stands in front
  /// of the feed-forward. Sections of the rotation, in qwen35, have the same positions where all is text, so it is the
  /// one of halves (ik_llama.cpp 8337e4cd, `src/llama-hparams.cpp` and `src/llama-load-tensors.cpp`).
  private static func hybrid(_ name: String) -> Architecture {
    Architecture(
      name: name, pairing: .halves,
      mixers: Array(repeating: .gatedDeltaNet, count: 3) + [.attention(AttentionRule().gated())],
      pattern: .interval, norms: .afterAttention)
  }

  /// Every second layer sees everything.
  private static let gemma2 = {
    let attention = AttentionRule().capped().scoring(.byWidth(atLayers: 46))
    return Architecture(
      name: "gemma2", pairing: .halves,
      mixers: [.attention(attention.windowed()), .attention(attention)],
      activation: .gelu, embeddingScale: .rootOfWidth, capsLogits: true)
  }()

  /// Every sixth layer sees everything.
  private static let gemma3 = {
    let attention = AttentionRule().scoring(.byWidth(atLayers: 62))
    let windowed = MixerRule.attention(attention.windowed(rotation: .unscaled(base: 10_000)))
    return Architecture(
      name: "gemma3", pairing: .halves,
      mixers: Array(repeating: windowed, count: 5) + [.attention(attention)],
      activation: .gelu, embeddingScale: .rootOfWidth)
  }()

  /// The model says which layers see everything. Their heads are wider than those of the others.
  private static let gemma4 = {
    let attention = AttentionRule().normingValues()
    return Architecture(
      name: "gemma4", pairing: .halves,
      mixers: [.attention(attention.windowedWithOwnHeads()), .attention(attention)],
      pattern: .stated, activation: .gelu, embeddingScale: .rootOfWidth, capsLogits: true)
  }()

  /// Every second layer sees everything. What is called the norm behind attention stands in front of the experts
  /// (ik_llama.cpp 8337e4cd, `create_openai_moe_tensors`).
  private static let gptOSS = Architecture(
    name: "gpt-oss", pairing: .halves,
    mixers: [.attention(AttentionRule().windowed()), .attention(AttentionRule())],
    norms: .afterAttention, activation: .boundedSwish)

  /// In models with a window, OLMo 3, every fourth layer sees everything.
  private static let olmo2 = {
    let attention = AttentionRule()
    let windowed = MixerRule.attention(
      attention.windowed(.windowIfAny, rotation: .unscaled(base: nil)))
    return Architecture(
      name: "olmo2", pairing: .halves,
      mixers: Array(repeating: windowed, count: 3) + [.attention(attention)])
  }()

  /// GLM-4.5, 4.6 and 4.7. What is called the norm behind attention stands in front of the feed-forward
  /// (ik_llama.cpp 8337e4cd, `create_glm4_moe_tensors`).
  private static let glm4moe = Architecture(
    name: "glm4moe", pairing: .halves, norms: .afterAttention,
    routing: RoutingPolicy(.sigmoid, normalizes: false))

  /// Every fourth layer does not know positions.
  private static let smollm3 = {
    let attention = AttentionRule()
    return Architecture(
      name: "smollm3", pairing: .neighbours,
      mixers: Array(repeating: .attention(attention), count: 3)
        + [.attention(attention.unrotated())])
  }()

  /// Scales of everything are in keys.
  private static func granite(_ name: String) -> Architecture {
    Architecture(
      name: name, pairing: .neighbours,
      mixers: [.attention(AttentionRule().scoring(.stated))],
      embeddingScale: .stated("embedding_scale"), residualScale: .stated("residual_scale"),
      logitScale: .inverse("logit_scale"))
  }

  /// Every fourth layer sees everything, and does not know positions.
  private static let cohere2 = {
    let attention = AttentionRule()
    return Architecture(
      name: "cohere2", pairing: .neighbours,
      mixers: Array(repeating: .attention(attention.windowed()), count: 3)
        + [.attention(attention.unrotated())],
      norm: .layer, order: .parallel, logitScale: .stated("logit_scale"))
  }()
}
