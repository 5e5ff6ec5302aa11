import Foundation
import GGUF
import Planning
import Testing

@Suite("The sensitivity prior")
struct SensitivityPriorTests {
  private let prior = SensitivityPrior.published

  /// A small model: two blocks, or one expert layer of eight in each.
  private func shapes(experts: Bool = false, tied: Bool = false) -> [String: TensorShape] {
    var shapes = ["token_embd.weight": TensorShape([256, 4096])]
    if !tied { shapes["output.weight"] = TensorShape([256, 4096]) }
    for block in 0..<2 {
      shapes["blk.\(block).attn_q.weight"] = TensorShape([256, 256])
      let up = experts ? "ffn_up_exps" : "ffn_up"
      shapes["blk.\(block).\(up).weight"] = TensorShape(experts ? [256, 512, 8] : [256, 512])
    }
    return shapes
  }

  @Test("expects a total that does not depend on the model", arguments: [false, true])
  func total(experts: Bool) {
    let losses = prior.losses(of: shapes(experts: experts))
    #expect(losses.type == .IQ1_KT)
    #expect(losses.nats.count == 6)
    #expect(losses.nats.values.allSatisfy { $0 > 0 })
    #expect(abs(losses.nats.values.reduce(0, +) - prior.total) < 1e-12)
    #expect(prior.losses(of: [:]).nats.isEmpty)
  }

  @Test("expects the same of each block, but less of later ones in a model with experts")
  func depth() throws {
    for (experts, up, ratio) in [(false, "ffn_up", 1), (true, "ffn_up_exps", exp(-1.41))] {
      let nats = prior.losses(of: shapes(experts: experts)).nats
      for role in ["attn_q", up] {
        let first = try #require(nats["blk.0.\(role).weight"])
        let last = try #require(nats["blk.1.\(role).weight"])
        #expect(abs(last / first - ratio) < 1e-12)
      }
    }
  }

  @Test("expects more of an embedding that is the output matrix too")
  func tiedEmbedding() throws {
    let name = "token_embd.weight"
    let untied = prior.losses(of: shapes()).nats
    let tied = prior.losses(of: shapes(tied: true)).nats
    let ratio = try #require(tied[name]) / #require(tied["blk.0.attn_q.weight"])
    let untiedRatio = try #require(untied[name]) / #require(untied["blk.0.attn_q.weight"])
    #expect(abs(ratio / untiedRatio - exp(1.5)) < 1e-9)
  }

  @Test("counts the weights of one expert, and those of all heads")
  func activeWeights() throws {
    let nats = prior.losses(of: [
      "blk.0.ffn_up_exps.weight": TensorShape([256, 512, 8]),
      "blk.1.ffn_up_exps.weight": TensorShape([256, 512, 64]),
      "blk.0.attn_k_b.weight": TensorShape([128, 512, 4]),
      "blk.1.attn_k_b.weight": TensorShape([128, 512, 16]),
    ]).nats
    let later = exp(-1.41)
    for (role, ratio) in [("ffn_up_exps", 1), ("attn_k_b", pow(4, 0.49))] {
      let first = try #require(nats["blk.0.\(role).weight"])
      let last = try #require(nats["blk.1.\(role).weight"])
      #expect(abs(last / first - later * ratio) < 1e-9)
    }
  }

  @Test("takes tensors of unknown roles and odd names for average ones")
  func unknownRoles() {
    let shape = TensorShape([256, 256])
    let names = ["blk.0.new.weight", "blk.99999999999999999999.new.weight", "x", "", "..."]
    let losses = prior.losses(of: Dictionary(uniqueKeysWithValues: names.map { ($0, shape) })).nats
    for name in names { #expect(abs(losses[name]! - prior.total / 5) < 1e-12) }
    #expect(prior.losses(of: ["x": TensorShape([.max, .max, 0])]).nats["x"] == prior.total)
  }

  @Test("fitted to models that follow a law is that law")
  func fit() {
    var law = SensitivityPrior.published
    law.roles = ["attn_q": -0.5, "ffn_up": 0.25, "ffn_up_exps": 0.5, "token_embd": 0, "output": 1]
    law.total = 2
    // So many of each model that the penalty hardly counts.
    let models = (0..<400).map { shapes(experts: $0 % 2 == 0, tied: $0 % 3 == 0) }
    let fitted = SensitivityPrior(
      fitting: models.map { .init(shapes: $0, losses: law.losses(of: $0)) })
    #expect(abs(fitted.total - 2) < 1e-9)
    #expect(fitted.levelError < 1e-9)
    #expect(fitted.tensorError < 1e-2)
    #expect(abs(fitted.expertDepth - law.expertDepth) < 1e-3)
    #expect(abs(fitted.tiedEmbedding - law.tiedEmbedding) < 1e-2)
  }

  @Test("fitted to models off by factors has their errors")
  func errors() {
    // Totals of 1 and 4 predict each other with an error of ln 4.
    let model = shapes()
    let losses = prior.losses(of: model).nats
    let fitted = SensitivityPrior(
      fitting: [1.0, 4].map { factor in
        let nats = losses.mapValues { $0 * factor / prior.total }
        return .init(shapes: model, losses: ReferenceLosses(type: .IQ1_KT, nats: nats))
      })
    #expect(abs(fitted.levelError - log(4)) < 1e-9)
    #expect(abs(fitted.total - 2.5) < 1e-9)
  }
}
