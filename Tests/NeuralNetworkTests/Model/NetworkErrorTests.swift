import Codecs
import GGUF
import NeuralNetwork
import Testing
import TestSupport

/// Models that cannot be run: one for every complaint.
@Suite struct NetworkErrorTests {
  private static let sound = TestNetwork.all[0].fixture

  @Test("an unknown architecture: what still works is said")
  func architecture() throws {
    let problem = try problem { $0.replace(.string("general.architecture", "mamba")) }
    #expect(problem == .architecture("mamba"))
    for way in ["plan", "calibration/torch", "imatrix", "apply", "inspect"] {
      #expect(problem.description.contains(way))
    }
    #expect(try self.problem { $0.keys.removeFirst() } == .architecture(nil))
  }

  @Test("keys that are missing, or of the wrong kind")
  func key() throws {
    #expect(
      try problem { $0.remove("llama.embedding_length") } == .key("llama.embedding_length"))
    #expect(
      try problem { $0.replace(.string("llama.block_count", "two")) } == .key("llama.block_count"))
  }

  @Test("keys that an architecture needs, though most do not")
  func neededKeys() throws {
    for (name, key) in [
      ("granite", "granite.attention.scale"), ("granite", "granite.embedding_scale"),
      ("granite", "granite.residual_scale"), ("granite", "granite.logit_scale"),
      ("stablelm", "stablelm.use_parallel_residual"),
      ("cohere2", "cohere2.attention.layer_norm_epsilon"),
    ] {
      let network = try #require(TestNetwork.all.first { $0.name == name })
      #expect(try problem(network.fixture) { $0.remove(key) } == .key(key))
    }
    let granite = try #require(TestNetwork.all.first { $0.name == "granite" }).fixture
    let key = "granite.logit_scale"
    #expect(
      try problem(granite) { $0.replace(.float32(key, 0)) } == .value(key: key, "0.0"))
  }

  @Test("chunks of another length than the programs know")
  func chunks() throws {
    let key = "llama4.attention.sliding_window"
    let network = try #require(TestNetwork.all.first { $0.name == "llama4-unchunked" }).fixture
    #expect(try problem(network) { $0.replace(.uint32(key, 4096)) } == .value(key: key, "4096"))
  }

  @Test("blocks whose tensors are those of the other order")
  func order() throws {
    let key = "stablelm.use_parallel_residual"
    let sequential = try #require(TestNetwork.all.first { $0.name == "stablelm" }).fixture
    #expect(
      try problem(sequential) { $0.replace(.bool(key, true)) }
        == .unknownTensor("blk.0.ffn_norm.bias"))
    let parallel = try #require(TestNetwork.all.first { $0.name == "stablelm-parallel" }).fixture
    #expect(
      try problem(parallel) { $0.replace(.bool(key, false)) }
        == .tensorMissing("blk.0.ffn_norm.weight"))
  }

  @Test("values that no model has")
  func value() throws {
    for (name, value) in [
      ("block_count", 0), ("block_count", 1 << 24), ("attention.head_count_kv", 3),
      ("rope.dimension_count", 18),
      ("attention.value_length", 5),
    ] as [(String, UInt32)] {
      let key = "llama.\(name)"
      #expect(
        try problem { $0.replace(.uint32(key, value)) } == .value(key: key, "\(value)"))
    }
    let gemma = try #require(TestNetwork.all.first { $0.name == "gemma2" }).fixture
    let cap = "gemma2.final_logit_softcapping"
    #expect(try problem(gemma) { $0.replace(.float32(cap, 0)) } == .value(key: cap, "0.0"))
    // All layers, of which none is before them; and heads that are not those of the layer that is read.
    let sharing = try #require(TestNetwork.all.first { $0.name == "gemma4" })
    let shared = "gemma4.attention.shared_kv_layers"
    #expect(
      try problem(sharing.fixture) { $0.replace(.uint32(shared, 7)) } == .value(key: shared, "7"))
    var uneven = sharing
    uneven.keyHeadsByLayer = [2, 2, 2, 2, 2, 4, 2]
    #expect(
      try problem(uneven.fixture) { _ in }
        == .value(key: "gemma4.attention.head_count_kv", "4"))
    let key = "llama.rope.scaling.type"
    #expect(try problem { $0.replace(.string(key, "spiral")) } == .value(key: key, "spiral"))
  }

  @Test(
    "keys that ask for what the runner does not do",
    arguments: [
      .bool("attention.causal", false), .uint32("attention.sliding_window", 16),
      .float32("attention.clamp_kqv", 8), .float32("attention.max_alibi_bias", 8),
      .float32("attention.scale", 0.5), .float32("attention.temperature_scale", 0.1),
      .float32("attn_logit_softcapping", 50), .float32("final_logit_softcapping", 30),
      .float32("logit_scale", 0.25), .float32("residual_scale", 0.22),
      .float32("embedding_scale", 12), .bool("use_parallel_residual", true),
      .float32("rope.scaling.yarn_beta_fast", 16), .uint32("ssm.state_size", 128),
      .uint32("a_key_of_the_future", 1),
    ] as [GGUFFixture.Key])
  func unreadKeys(key: GGUFFixture.Key) throws {
    var key = key
    let name = "llama." + String(decoding: key.name, as: UTF8.self)
    key.name = Array(name.utf8)
    let found = try problem { $0.replace(key) }
    guard case .value(name, _) = found else {
      Issue.record("\(name): \(found)")
      return
    }
    #expect(found.description.contains("which the model runner does not know"))
  }

  @Test(
    "sizes of a gated delta net that do not go together, and rotations and layers that it has not")
  func gatedDeltaNet() throws {
    let sound = try #require(TestNetwork.all.first { $0.name == "qwen35" }).fixture
    for (name, value) in [
      ("ssm.inner_size", 255), ("ssm.group_count", 3), ("ssm.state_size", 4096),
      ("ssm.conv_kernel", 0), ("full_attention_interval", 0),
    ] as [(String, UInt32)] {
      let key = "qwen35.\(name)"
      #expect(
        try problem(sound) { $0.replace(.uint32(key, value)) } == .value(key: key, "\(value)"))
    }
    #expect(
      try problem(sound) { $0.remove("qwen35.ssm.state_size") } == .key("qwen35.ssm.state_size"))
    #expect(
      try problem(sound) { $0.replace(.uint32("qwen35.full_attention_interval", 3)) }
        == .shape(tensor: "blk.2.attn_qkv.weight", found: [64, 512], expected: [64, 384]))
    // Positions that differ from each other, were there any other than of text.
    let sections = "qwen35.rope.dimension_sections"
    var pairs: [UInt8] = []
    for count in [3, 3, 0, 2] as [UInt32] { pairs.put(count) }
    #expect(
      try problem(sound) { $0.replace(.array(sections, of: 5, count: 4, pairs)) }
        == .value(key: sections, "(a list of 4)"))
    let layers = "qwen35.attention.recurrent_layers"
    #expect(
      try problem(sound) { $0.replace(.array(layers, of: 7, count: 4, [1, 1, 0, 1])) }
        == .value(key: layers, "(a list of 4)"))
    var fixture = sound
    fixture.replace(.array(layers, of: 7, count: 4, [1, 1, 1, 0]))
    fixture.replace(.uint32("qwen35.full_attention_interval", 4))
    try withNetwork(fixture) { #expect($0.layers == 4) }
  }

  @Test(
    "Keys that ask for nothing, or for what the runner does anyway, are no fault",
    arguments: [
      .bool("attention.causal", true), .uint32("attention.sliding_window", 0),
      .uint32("attention.sliding_window", 128), .float32("attention.clamp_kqv", 0),
      .float32("attention.scale", 0.25), .float32("logit_scale", 1),
      .bool("use_parallel_residual", false), .float32("expert_weights_scale", 1),
      .bool("expert_weights_norm", true), .uint32("expert_gating_func", 1),
      .uint32("expert_group_count", 1), .float32("rope.scaling.yarn_beta_fast", 32),
      .uint32("pooling_type", 3), .string("tensor_data_layout", "Meta AI original pth"),
      .bool("rope.scaling.finetuned", true), .uint32("a_key_of_the_future", 0),
    ] as [GGUFFixture.Key])
  func neutralKeys(key: GGUFFixture.Key) throws {
    var key = key
    key.name = Array("llama.".utf8) + key.name
    var fixture = Self.sound
    fixture.replace(key)
    try withNetwork(fixture) { #expect($0.layers == 2) }
  }

  @Test("routing that no model has")
  func routing() throws {
    let network = try #require(TestNetwork.all.first { $0.name == "llama-experts" }).fixture
    for key in [
      .uint32("llama.expert_gating_func", 7), .float32("llama.expert_weights_scale", 1e9),
      .float32("llama.expert_weights_scale", -1), .uint32("llama.expert_group_used_count", 5),
    ] as [GGUFFixture.Key] {
      let name = String(decoding: key.name, as: UTF8.self)
      let found = try problem(network) {
        $0.replace(.uint32("llama.expert_group_count", 4))
        $0.replace(key)
      }
      guard case .value(name, _) = found else {
        Issue.record("\(name): \(found)")
        continue
      }
    }
    let norm = "llama.expert_weights_norm"
    #expect(try problem(network) { $0.replace(.string(norm, "no")) } == .key(norm))
    // Four experts are no three groups, and one group of two has no three experts.
    for (groups, used) in [(3, 2), (2, 3)] as [(UInt32, UInt32)] {
      let found = try problem(network) {
        $0.replace(.uint32("llama.expert_group_count", groups))
        $0.replace(.uint32("llama.expert_group_used_count", 1))
        $0.replace(.uint32("llama.expert_used_count", used))
      }
      #expect(found == .value(key: "llama.expert_used_count", "\(used)"))
    }
  }

  @Test("tensors that are missing, of another shape, unknown, or of a type without a codec")
  func tensors() throws {
    #expect(
      try problem { $0.tensors.removeAll { $0.name == Array("blk.1.ffn_up.weight".utf8) } }
        == .tensorMissing("blk.1.ffn_up.weight"))
    #expect(
      try problem { $0.tensors.removeAll { $0.name == Array("blk.1.attn_norm.weight".utf8) } }
        == .tensorMissing("blk.1.attn_norm.weight"))
    let normed = try #require(TestNetwork.all.first { $0.name == "olmo2" }).fixture
    #expect(
      try problem(normed) {
        $0.replace(.f32("blk.1.attn_k_norm.weight", [2], [1, 1]))
      } == .shape(tensor: "blk.1.attn_k_norm.weight", found: [2], expected: [16]))
    #expect(
      try problem { $0.replace(.f32("blk.0.attn_norm.weight", [2], [1, 1])) }
        == .shape(tensor: "blk.0.attn_norm.weight", found: [2], expected: [64]))
    #expect(
      try problem { $0.tensors.append(.f32("blk.1.ffn_sub_norm.weight", [1], [1])) }
        == .unknownTensor("blk.1.ffn_sub_norm.weight"))
    for stranger in ["blk.2.ffn_up.weight", "position_embd.weight"] {
      #expect(
        try problem { $0.tensors.append(.f32(stranger, [1], [1])) } == .unknownTensor(stranger))
    }
    // F64 is type 28.
    var fixture = Self.sound
    fixture.replace(
      GGUFFixture.Tensor(
        "output_norm.weight", [64], type: 28, data: [UInt8](repeating: 0, count: 8 * 64)))
    let type = try #require(TensorType.withID(28))
    #expect(
      try problem(running: fixture, [1]) == .type(tensor: "output_norm.weight", type))
  }

  @Test("weights that are not finite")
  func notFinite() throws {
    var fixture = Self.sound
    var values = [Float](repeating: 1, count: 64 * 64)
    values[130] = .nan
    fixture.replace(.f32("blk.1.attn_output.weight", [64, 64], values))
    try withNetwork(fixture) { network in
      let error = #expect(throws: NonFiniteWeight.self) {
        _ = try network.hiddenStates(of: [[1]])
      }
      #expect(error?.path == network.path && error?.tensor == "blk.1.attn_output.weight")
      #expect(error?.row == 2 && error?.columns == 2..<3)
    }
  }

  @Test("numbers that grow beyond what floats can hold: the layer is named")
  func overflow() throws {
    var fixture = Self.sound
    let name = "blk.1.attn_output.weight"
    fixture.replace(.f32(name, [64, 64], Array(repeating: 3e38, count: 64 * 64)))
    try withNetwork(fixture) { network in
      let first = #expect(throws: NetworkError.self) {
        try network.calibrate([CalibrationSequence(tokens: [1, 2, 3], seed: 0)])
      }
      #expect(first?.problem == .features(layer: 1))
      let second = #expect(throws: NetworkError.self) {
        try network.sample(after: [1], tokens: 2, seed: 0)
      }
      #expect(second?.problem == .features(layer: 1))
    }
  }

  @Test("tokens beyond the vocabulary")
  func token() throws {
    for token in [-1, 40] as [Int32] {
      #expect(
        try problem(running: Self.sound, [0, token]) == .token(token, vocabulary: 40))
    }
  }

  @Test("more experts used than there are")
  func experts() throws {
    let network = try #require(TestNetwork.all.first { $0.name == "llama-experts" })
    let key = "llama.expert_used_count"
    #expect(
      try problem(network.fixture) { $0.replace(.uint32(key, 5)) } == .value(key: key, "5"))
  }

  /// What is wrong with a network after a change.
  private func problem(
    _ fixture: GGUFFixture = sound, _ change: (inout GGUFFixture) -> Void
  ) throws -> NetworkError.Problem {
    var fixture = fixture
    change(&fixture)
    return try withModel(fixture) { model in
      let error = #expect(throws: NetworkError.self) { _ = try Network(model, threads: 1) }
      #expect(error?.path == model.path)
      return try #require(error?.problem)
    }
  }

  /// What is wrong with a network when these tokens run through it.
  private func problem(
    running fixture: GGUFFixture, _ tokens: [Int32]
  ) throws -> NetworkError.Problem {
    try withNetwork(fixture) { network in
      let error = #expect(throws: NetworkError.self) {
        _ = try network.hiddenStates(of: [tokens])
      }
      return try #require(error?.problem)
    }
  }
}

extension GGUFFixture {
  fileprivate mutating func remove(_ key: String) {
    keys.removeAll { $0.name == Array(key.utf8) }
  }

  fileprivate mutating func replace(_ key: Key) {
    remove(String(decoding: key.name, as: UTF8.self))
    keys.append(key)
  }

  fileprivate mutating func replace(_ tensor: Tensor) {
    tensors.removeAll { $0.name == tensor.name }
    tensors.append(tensor)
  }
}
