import GGUF
import NeuralNetwork
import Testing
import TestSupport

/// The architectures of `TestNetwork.all` and `TestNetwork.imagined`.
enum TestArchitecture {
  static let all =
    Architecture.all + [
      Architecture(
        name: "grouped", pairing: .halves,
        routing: RoutingPolicy(
          .sigmoid, scale: 2.5, groups: RoutingPolicy.Groups(count: 4, used: 2))),
      .llama4("chunked", chunk: 8, step: 4),
      Architecture(
        name: "softmax", pairing: .neighbours,
        routing: RoutingPolicy(.softmax, normalizes: false, scale: 1.5)),
    ]
}

@Suite("Architectures") struct ArchitectureTests {
  @Test("heads of keys may differ from layer to layer")
  func layersDiffer() throws {
    let even = try #require(TestNetwork.all.first { $0.name == "llama" })
    var uneven = even
    uneven.keyHeadsByLayer = [2, 4]
    // Each head of keys and values twice, for half as many heads of queries each.
    var fixture = even.fixture
    fixture.keys.removeAll { $0.name == Array("llama.attention.head_count_kv".utf8) }
    fixture.keys.append(
      try #require(
        uneven.fixture.keys.first { $0.name == Array("llama.attention.head_count_kv".utf8) }))
    for name in ["blk.1.attn_k.weight", "blk.1.attn_v.weight"] {
      let index = try #require(fixture.tensors.firstIndex { $0.name == Array(name.utf8) })
      let data = fixture.tensors[index].data
      let head = data.count / 2
      fixture.tensors[index] = GGUFFixture.Tensor(
        name, [64, 64], type: 0,
        data: Array(data[..<head] + data[..<head] + data[head...] + data[head...]))
    }
    let expected = try withNetwork(even.fixture) { try $0.logits(of: [TestNetwork.tokens]) }
    try withNetwork(fixture) { network in
      let found = try network.logits(of: [TestNetwork.tokens])
      for (a, b) in zip(found, expected) {
        #expect(zip(a, b).allSatisfy { abs($0 - $1) < 1e-4 })
      }
      // Keys and values of 2 and 4 heads of 16 features, in floats.
      let bytesPerToken = 2 * (2 + 4) * 16 * 4
      let most = (6 << 30) / (100_000 * bytesPerToken)
      #expect(network.textsAtATime(of: most, length: 100_000) == most)
      // In two groups alike.
      #expect(network.textsAtATime(of: most + 1, length: 100_000) == (most + 2) / 2)
      #expect(network.textsAtATime(of: 3, length: 1 << 40) == 1)
    }
  }

  @Test("a shared expert stands beside the others")
  func sharedExpert() throws {
    let network = try #require(TestNetwork.imagined.first { $0.sharedHidden > 0 })
    var shared = network.fixture
    var dense = network.fixture
    dense.tensors.removeAll { tensor in
      let name = String(decoding: tensor.name, as: UTF8.self)
      return name.hasSuffix("_exps.weight") || name.hasSuffix("ffn_gate_inp.weight")
        || name.hasSuffix("exp_probs_b.bias")
    }
    dense.tensors = dense.tensors.map { tensor in
      let name = String(decoding: tensor.name, as: UTF8.self)
      return GGUFFixture.Tensor(
        name.split(separator: "_shexp").joined(), tensor.dimensions, type: 0, data: tensor.data)
    }
    for index in shared.tensors.indices
    where String(decoding: shared.tensors[index].name, as: UTF8.self)
      .hasSuffix("ffn_down_exps.weight")
    {
      let tensor = shared.tensors[index]
      shared.tensors[index] = GGUFFixture.Tensor(
        String(decoding: tensor.name, as: UTF8.self), tensor.dimensions, type: 0,
        data: Array(repeating: 0, count: tensor.data.count))
    }
    let expected = try withNetwork(dense, TestArchitecture.all) {
      try $0.logits(of: [TestNetwork.tokens])
    }
    let found = try withNetwork(shared, TestArchitecture.all) {
      try $0.logits(of: [TestNetwork.tokens])
    }
    for (a, b) in zip(found, expected) {
      #expect(zip(a, b).allSatisfy { abs($0 - $1) < 1e-5 })
    }
  }

  @Test("keys decide how tokens are sent to experts, and rows where keys say nothing")
  func routingKeys() throws {
    let grouped = try #require(TestNetwork.imagined.first { $0.name == "grouped" })
    var keyed = grouped
    keyed.architecture = "qwen3moe"
    keyed.keys = [
      .uint32("qwen3moe.expert_count", 8), .uint32("qwen3moe.expert_used_count", 3),
      .uint32("qwen3moe.expert_gating_func", 2), .float32("qwen3moe.expert_weights_scale", 2.5),
      .uint32("qwen3moe.expert_group_count", 4), .uint32("qwen3moe.expert_group_used_count", 2),
    ]
    try expectSameLogits(grouped, keyed)

    let softmax = try #require(TestNetwork.imagined.first { $0.name == "softmax" })
    keyed = softmax
    keyed.architecture = "llama"
    keyed.keys = [
      .uint32("llama.expert_count", 8), .uint32("llama.expert_used_count", 3),
      .bool("llama.expert_weights_norm", false), .float32("llama.expert_weights_scale", 1.5),
    ]
    try expectSameLogits(softmax, keyed)

    var silent = grouped
    silent.keys += [
      .uint32("grouped.expert_gating_func", 0), .float32("grouped.expert_weights_scale", 0),
      .uint32("grouped.expert_group_count", 0),
    ]
    try expectSameLogits(grouped, silent)
  }

  private func expectSameLogits(_ first: TestNetwork, _ second: TestNetwork) throws {
    let logits = try [first, second].map { network in
      try withNetwork(network.fixture, TestArchitecture.all) {
        try $0.logits(of: [TestNetwork.tokens])
      }
    }
    #expect(logits[0] == logits[1])
  }

  @Test("more experts than the groups that take part have are refused")
  func groups() throws {
    var network = try #require(TestNetwork.imagined.first { $0.name == "grouped" })
    network.keys = [
      .uint32("grouped.expert_count", 8), .uint32("grouped.expert_used_count", 5),
    ]
    try withModel(network.fixture) { model in
      let error = #expect(throws: NetworkError.self) {
        try Network(model, threads: 1, architectures: TestArchitecture.all)
      }
      #expect(error?.problem == .value(key: "grouped.expert_used_count", "5"))
    }
  }

  @Test("a number for each layer is as many as there are layers")
  func counts() throws {
    var network = TestNetwork.all[0]
    network.keyHeadsByLayer = [2, 2, 2]
    try withModel(network.fixture) { model in
      let error = #expect(throws: NetworkError.self) { try Network(model, threads: 1) }
      #expect(error?.problem == .key("llama.attention.head_count_kv"))
    }
  }
}
