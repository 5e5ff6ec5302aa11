import Testing
import TestSupport

/// Every architecture against the reference program, or what stands in for it (see the README here).
@Suite struct ReferenceLogitsTests {
  @Test(
    "logits are those of the reference", arguments: TestNetwork.all + [TestNetwork.chunked])
  func logits(network: TestNetwork) throws {
    let logits = try withNetwork(network.fixture, TestArchitecture.all) {
      try $0.logits(of: [TestNetwork.tokens])
    }
    let reference = try numbers("Logits/\(network.reference ?? network.name).txt", Float.self)
    let largest = try #require(reference.joined().map(abs).max())
    #expect(logits.count == reference.count)
    for (ours, theirs) in zip(logits, reference) {
      #expect(ours.count == theirs.count)
      #expect(zip(ours, theirs).allSatisfy { abs($0 - $1) <= 1.2e-3 * largest })
    }
  }

  @Test("sequences do not see each other", arguments: TestNetwork.all)
  func sequences(network: TestNetwork) throws {
    let (first, second) = (Array(TestNetwork.tokens[..<17]), Array(TestNetwork.tokens[5...]))
    try withNetwork(network.fixture) { runner in
      let together = try runner.logits(of: [first, second])
      let apart = try runner.logits(of: [first]) + runner.logits(of: [second])
      for (a, b) in zip(together, apart) {
        #expect(zip(a, b).allSatisfy { abs($0 - $1) < 1e-4 })
      }
    }
  }

  @Test("a token does not see later ones", arguments: TestNetwork.all)
  func causality(network: TestNetwork) throws {
    // Longer texts use other rotation factors.
    guard network.rotationFactors.count < 2 else { return }
    try withNetwork(network.fixture) { runner in
      let whole = try runner.logits(of: [TestNetwork.tokens])
      let part = try runner.logits(of: [Array(TestNetwork.tokens[..<9])])
      for (a, b) in zip(whole, part) {
        #expect(zip(a, b).allSatisfy { abs($0 - $1) < 1e-4 })
      }
    }
  }
}
