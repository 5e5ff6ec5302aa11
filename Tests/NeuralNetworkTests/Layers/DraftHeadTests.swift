import Codecs
import Foundation
import GGUF
import LinearAlgebra
import NeuralNetwork
import Testing
import TestSupport

/// The head that drafts the token after next.
@Suite("Draft heads") struct DraftHeadTests {
  /// The reference program takes the model's table and output head, even where files have others for the draft.
  @Test("drafts are those of ik_llama.cpp")
  func logits() throws {
    let network = TestNetwork.drafting[1]
    let logits = try withNetwork(network.fixture) { try $0.draftLogits(of: [TestNetwork.tokens]) }
    let reference = try numbers("Logits/\(network.name)-draft.txt", Float.self)
    let largest = try #require(reference.joined().map(abs).max())
    #expect(logits.count == 23 && reference.count == 23)
    for (ours, theirs) in zip(logits, reference) {
      #expect(zip(ours, theirs).allSatisfy { abs($0 - $1) <= 1.2e-3 * largest })
    }
  }

  @Test("a table and a head that are copies of the model's give the drafts that the model's give")
  func copies() throws {
    var fixture = TestNetwork.drafting[0].fixture
    func data(_ name: String) throws -> [UInt8] {
      try #require(fixture.tensors.first { $0.name == Array(name.utf8) }).data
    }
    let names = [
      ("token_embd.weight", "blk.2.nextn.embed_tokens.weight"),
      ("output.weight", "blk.2.nextn.shared_head_head.weight"),
    ]
    let other = try withNetwork(fixture) { try $0.draftLogits(of: [TestNetwork.tokens]) }
    for (model, draft) in names {
      let copy = try data(model)
      let place = try #require(fixture.tensors.firstIndex { $0.name == Array(draft.utf8) })
      fixture.tensors[place].data = copy
    }
    let copied = try withNetwork(fixture) { try $0.draftLogits(of: [TestNetwork.tokens]) }
    for (_, draft) in names { fixture.tensors.removeAll { $0.name == Array(draft.utf8) } }
    let shared = try withNetwork(fixture) { try $0.draftLogits(of: [TestNetwork.tokens]) }
    #expect(copied == shared && copied != other)
  }

  @Test("a norm behind the layer is the one in front of the draft's output head, as in Ling")
  func outputNorm() throws {
    var fixture = TestNetwork.drafting[1].fixture
    let drafts = try withNetwork(fixture) { try $0.draftLogits(of: [TestNetwork.tokens]) }
    let name = Array("blk.2.nextn.shared_head_norm.weight".utf8)
    let place = try #require(fixture.tensors.firstIndex { $0.name == name })
    fixture.tensors[place].name = Array("blk.2.layer_output_norm.weight".utf8)
    #expect(try withNetwork(fixture) { try $0.draftLogits(of: [TestNetwork.tokens]) } == drafts)
  }

  @Test("a draft sees neither other sequences nor later tokens", arguments: TestNetwork.drafting)
  func sequences(network: TestNetwork) throws {
    let (first, second) = (Array(TestNetwork.tokens[..<17]), Array(TestNetwork.tokens[5...]))
    try withNetwork(network.fixture) { runner in
      let together = try runner.draftLogits(of: [first, [1], second])
      let apart = try runner.draftLogits(of: [first]) + runner.draftLogits(of: [second])
      #expect(together.count == 16 + 18 && apart.count == together.count)
      let part = try runner.draftLogits(of: [Array(first[..<9])])
      for (a, b) in Array(zip(together, apart)) + Array(zip(apart, part)) {
        #expect(zip(a, b).allSatisfy { abs($0 - $1) < 1e-4 })
      }
    }
  }

  /// The whole way down to the draft's own table: the embedding of one token at a time is moved, and the squared slopes
  /// of the draft's loss are summed.
  @Test("gradients are those of the log-likelihood of the model's labels")
  func gradients() throws {
    let tokens: [Int32] = [3, 1, 4, 15, 9, 2]
    let table = "blk.2.nextn.embed_tokens.weight"
    try withModel(TestNetwork.drafting[0].fixture) { model in
      let runner = try Network(model, threads: 1)
      let sums = try runner.calibrate([CalibrationSequence(tokens: tokens, seed: 7)])
      var draws = SplitMix64(state: 7)
      let labels = try runner.logits(of: [tokens]).map { label($0, draws.fraction()) }
      let lookup = try #require(sums.lookups[table])
      #expect(lookup.tokens.reduce(0, +) == 5 && lookup.tokens[3] == 0)
      for column in [0, 37] {
        let slopes = try tokens.dropFirst().map { token in
          try slope { step in
            let weights = MovedWeight(
              model: model, tensor: table, row: Int(token), column: column, step: step)
            let moved = try Network(model, weights: weights, threads: 1)
            return try zip(moved.draftLogits(of: [tokens]), labels.dropFirst()).reduce(0) {
              $0 - logarithm(of: $1.1, $1.0)
            }
          }
        }
        let expected = slopes.reduce(0) { $0 + $1 * $1 }
        #expect(abs(lookup.gradientSquares[column] - expected) < 0.02 * expected)
      }
    }
  }

  @Test("a draft adds nothing to the statistics of the model", arguments: TestNetwork.drafting)
  func statistics(network: TestNetwork) throws {
    var fixture = network.fixture
    let sequences = [CalibrationSequence(tokens: TestNetwork.tokens, seed: 1)]
    let all = try withNetwork(fixture) { try $0.calibrate(sequences) }
    // The file still says that there is one more layer.
    let block = "blk.\(network.layers - 1)."
    fixture.tensors.removeAll { $0.name.starts(with: Array(block.utf8)) }
    let alone = try withNetwork(fixture) { runner in
      #expect(runner.layers == network.layers - 1 && !runner.drafts)
      return try runner.calibrate(sequences)
    }
    for (name, squares) in alone.gradientSquares { #expect(all.gradientSquares[name] == squares) }
    for (name, site) in alone.inputs { #expect(all.inputs[name] == site) }
    #expect(all.lookups["token_embd.weight"] == alone.lookups["token_embd.weight"])
    let own = Set(all.gradientSquares.keys).subtracting(alone.gradientSquares.keys)
    let projection = "\(block)nextn.eh_proj.weight"
    #expect(own.allSatisfy { $0.hasPrefix(block) } && own.contains(projection))
    #expect(all.inputs[projection]?.tokens == [23])
  }

  @Test("agreement is the share of likeliest tokens that a draft and its model have in common")
  func agreement() throws {
    let sequences = [24, 4, 17].map { Array(TestNetwork.tokens.prefix($0)) }
    try withNetwork(TestNetwork.drafting[0].fixture) { network in
      let found = Divergence(
        try NetworkPair(base: network, quantized: network).divergences(over: sequences))
      var hits: [Bool] = []
      for sequence in sequences {
        let model = try network.logits(of: [sequence]).map { $0.firstIndex(of: $0.max()!) }
        let drafts = try network.draftLogits(of: [sequence]).map { $0.firstIndex(of: $0.max()!) }
        for position in sequence.count / 2..<sequence.count - 1 {
          hits.append(model[position] == drafts[position - 1])
        }
      }
      let agreement = try #require(found.draftAgreement)
      #expect(agreement.base == agreement.quantized)
      #expect(
        abs(agreement.base.value - Double(hits.count(where: \.self)) / Double(hits.count)) < 1e-12)
    }
    try withNetwork(TestNetwork.all[0].fixture) { network in
      let found = Divergence(
        try NetworkPair(base: network, quantized: network).divergences(over: sequences))
      #expect(found.draftAgreement == nil)
    }
  }

  @Test("more than one layer that drafts, and one without its tensors, are errors") func errors()
    throws
  {
    var fixture = TestNetwork.drafting[0].fixture
    let key = "glm4moe.nextn_predict_layers"
    fixture.keys.removeAll { $0.name == Array(key.utf8) }
    fixture.keys.append(.uint32(key, 2))
    let error = #expect(throws: NetworkError.self) { try withNetwork(fixture) { _ in } }
    #expect(error?.problem == .value(key: key, "2"))
    fixture = TestNetwork.drafting[0].fixture
    let name = "blk.2.nextn.eh_proj.weight"
    fixture.tensors.removeAll { $0.name == Array(name.utf8) }
    let missing = #expect(throws: NetworkError.self) { try withNetwork(fixture) { _ in } }
    #expect(missing?.problem == .tensorMissing(name))
  }

  private func logarithm(of token: Int, _ logits: [Float]) -> Double {
    let largest = Double(logits.max()!)
    return Double(logits[token]) - largest
      - log(logits.reduce(0) { $0 + exp(Double($1) - largest) })
  }

  private func label(_ logits: [Float], _ draw: Double) -> Int {
    var shares = logits.indices.map { Float(exp(logarithm(of: $0, logits))) }
    return shares.withUnsafeMutableBufferPointer { OutputHead.label($0, draw: draw) }
  }
}

extension Network {
  /// The logits of the draft at every token but the first of some sequences.
  fileprivate func draftLogits(of sequences: [[Int32]]) throws -> [[Float]] {
    let states = try #require(
      try draftStates(behind: [hiddenStates(of: sequences)], of: [Batch(sequences)]))
    let logits = try #require(try draftOutputHead()).logits(of: states[0])
    return (0..<logits.rows).map { Array(logits.row($0)) }
  }
}
