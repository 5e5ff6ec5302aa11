import GGUF
import NeuralNetwork
import Testing
import TestSupport

@Suite("Texts that a model writes to be calibrated on") struct OwnTextTests {
  let network: Network

  init() throws { network = try Network(ModelFile(path: Folio.model), threads: 2) }

  func tokenizer(addingBOS: Bool) throws -> Tokenizer {
    var metadata = try ModelFile(path: Folio.model).metadata
    metadata["tokenizer.ggml.add_bos_token"] = .bool(addingBOS)
    return try Tokenizer(metadata, path: Folio.model)
  }

  @Test("begin with the token that begins texts where the model wants one") func start() throws {
    let tokenizer = try tokenizer(addingBOS: true)
    let bos = try #require(tokenizer.bos)
    let texts = try network.write(3, length: 12, tokenizer, seed: 4)
    let rest = try network.sample(after: [bos, bos, bos], tokens: 11, seed: 4)
    #expect(texts == rest.map { [bos] + $0 })
  }

  @Test("else begin with a token that the model wrote, after a line break that is no part of them")
  func noStart() throws {
    let tokenizer = try tokenizer(addingBOS: false)
    let newline = try #require(tokenizer.encode(Array("\n".utf8), addingSpecial: false).first)
    let texts = try network.write(3, length: 12, tokenizer, seed: 4)
    #expect(texts == (try network.sample(after: [newline, newline, newline], tokens: 12, seed: 4)))
    #expect(texts.allSatisfy { $0.count == 12 })
    #expect(Set(texts.map { $0[0] }).count > 1)
  }

  @Test("are the same however many are written side by side") func groups() throws {
    let tokenizer = try tokenizer(addingBOS: false)
    let together = try network.write(3, length: 8, tokenizer, seed: 4)
    let apart = try (0..<3).flatMap {
      try network.write(1, length: 8, tokenizer, seed: 4 + UInt64($0))
    }
    #expect(together == apart)
  }
}
