import GGUF
import Planning
import Testing

@Suite("Losses under a reference type")
struct ReferenceLossesTests {
  private let losses = ReferenceLosses(
    type: .Q2_K, nats: ["blk.0.attn_q.weight": 0.02, "blk.0.ffn_up.weight": 0.04])
  private let shapes = [
    "blk.0.attn_q.weight": TensorShape([256, 256]),
    "blk.0.ffn_up.weight": TensorShape([256, 1024]),
    "output.weight": TensorShape([256, 4096]),
  ]

  @Test("keep what is known and take the rest from the prior, at the level of what is known")
  func completion() throws {
    let prior = SensitivityPrior.published
    let expected = prior.losses(of: shapes).nats
    let completed = losses.completed(by: prior, for: shapes)
    #expect(completed.type == .Q2_K)
    #expect(completed.nats.keys.sorted() == shapes.keys.sorted())
    for (name, loss) in losses.nats { #expect(completed.nats[name] == loss) }
    let level = try #require(completed.nats["output.weight"]) / expected["output.weight"]!
    let levels = losses.nats.map { $0.value / expected[$0.key]! }
    #expect(abs(level - (levels[0] + levels[1]) / 2) < 1e-12 * level)
  }

  @Test("of another model remain what they are")
  func otherModel() {
    let others = ["a.weight": TensorShape([256, 256])]
    #expect(losses.completed(by: .published, for: others) == losses)
  }
}
