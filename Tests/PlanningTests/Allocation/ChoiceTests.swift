import GGUF
import Planning
import Testing

@Suite("A tied choice")
struct ChoiceTests {
  @Test("offers the types that all of its tensors offer, at the sum of their costs")
  func offersCommonTypes() {
    let gate = Choice(
      names: ["gate"],
      candidates: [
        Candidate(type: .Q4_K, bytes: 4, loss: 2, variance: 0.25),
        Candidate(type: .Q5_K, bytes: 5, loss: 1), Candidate(type: .IQ4_KSS, bytes: 3, loss: 3),
      ])
    let up = Choice(
      names: ["up"],
      candidates: [
        Candidate(type: .IQ4_KSS, bytes: 30, loss: 5),
        Candidate(type: .Q4_K, bytes: 40, loss: 4, variance: 0.5),
      ])
    let tied = Choice(tying: [gate, up])
    #expect(tied.names == ["gate", "up"])
    #expect(
      tied.candidates == [
        Candidate(type: .Q4_K, bytes: 44, loss: 6, variance: 0.75),
        Candidate(type: .IQ4_KSS, bytes: 33, loss: 8),
      ])
  }

  @Test("of nothing is empty")
  func ofNothing() {
    #expect(Choice(tying: []).candidates.isEmpty)
  }
}
