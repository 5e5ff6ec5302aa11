import GGUF
import Planning
import Testing

@Suite("Losses under a reference type")
struct ReferenceLossesTests {
  private let losses = ReferenceLosses(
    type: .Q2_K, nats: ["blk.0.attn_q.weight": 0.02, "blk.0.ffn_up.weight": 0.04])

  @Test("are scaled by the error")
  func scaling() {
    let name = "blk.0.attn_q.weight"
    #expect(losses.loss(of: name, error: 3, referenceError: 12) == 0.005)
    #expect(losses.loss(of: name, error: 12, referenceError: 12) == 0.02)
    #expect(losses.loss(of: name, error: 0, referenceError: 0) == 0)
    #expect(losses.loss(of: "output.weight", error: 1, referenceError: 1) == nil)
  }
}
