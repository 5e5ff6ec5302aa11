import GGUF
import NeuralNetwork
import Synchronization
import Testing
import TestSupport
import Threads

@Suite("Kept predictions of a base") struct PredictionFileTests {
  let directory = TemporaryDirectory()
  var path: String { directory("base.logits") }

  /// Four texts of one length.
  private static let chunks: [[Int32]] = (0..<4).map { shift in
    TestNetwork.tokens.prefix(16).map { ($0 + Int32(3 * shift)) % Int32(TestNetwork.vocabulary) }
  }
  private static let model = ContentDigest(of: "a model")
  private static let headerBytes = 80
  private static let rowBytes = 16 + 2 * TestNetwork.vocabulary + 8
  /// Seven of sixteen tokens are compared.
  private static let chunkBytes = 40 + 7 * rowBytes

  private func open(
    _ chunks: [[Int32]] = Self.chunks, of model: ContentDigest = Self.model,
    vocabulary: Int = TestNetwork.vocabulary,
    check: @escaping @Sendable () throws -> Void = {}
  ) throws -> PredictionFile {
    try PredictionFile(
      KeptFile(path), of: model, vocabulary: vocabulary, chunks: chunks, on: Workers(2),
      check: check)
  }

  /// Compares a model with coarser weights, its own predictions kept in the file.
  private func compare(
    _ chunks: [[Int32]] = Self.chunks, baseMayRun: Bool = true,
    check: @escaping @Sendable () throws -> Void = {}
  ) throws -> [TokenDivergence] {
    try withModel(TestNetwork.all[0].fixture) { model in
      let base =
        baseMayRun
        ? try Network(model, threads: 2)
        : try Network(model, weights: NoWeights(), threads: 2)
      return try NetworkPair(
        base: base, quantized: try Network(model, weights: CoarseWeights(model: model), threads: 2)
      ).divergences(over: chunks, base: open(chunks, check: check))
    }
  }

  @Test("give the figures of a base that runs, and it does not run again")
  func reuse() throws {
    let alone = try withModel(TestNetwork.all[0].fixture) { model in
      try NetworkPair(
        base: try Network(model, threads: 2),
        quantized: try Network(model, weights: CoarseWeights(model: model), threads: 2)
      ).divergences(over: Self.chunks)
    }
    let first = try compare()
    #expect(try open().missing == [] && contents(of: path).count == (try open()).bytes)
    #expect(try compare(baseMayRun: false) == first)
    #expect(first.count == alone.count)
    for (kept, token) in zip(first, alone) {
      #expect(abs(kept.baseSurprise - token.baseSurprise) < 1e-12)
      #expect(kept.baseTop == token.baseTop && kept.top == token.top)
      #expect(abs(kept.kld - token.kld) < 1e-5)
    }
    let means = [first, alone].map { Divergence($0).mean.value }
    #expect(abs(means[0] - means[1]) < 1e-6 && means[1] > 1e-6)
  }

  @Test("are kept of what a draft drafts, too") func drafts() throws {
    let network = try #require(TestNetwork.drafting.first)
    try withNetwork(network.fixture) { network in
      try #require(network.drafts)
      let pair = NetworkPair(base: network, quantized: network)
      let alone = Divergence(try pair.divergences(over: Self.chunks)).draftAgreement
      for _ in 0..<2 {
        let kept = try pair.divergences(over: Self.chunks, base: open())
        #expect(Divergence(kept).draftAgreement == alone && alone != nil)
      }
    }
  }

  @Test("are those of the first chunks of a file that has more, and more are added")
  func chunks() throws {
    let all = try compare()
    let bytes = try contents(of: path)
    let first = try compare([Self.chunks[0]], baseMayRun: false)
    #expect(first.map(\.baseSurprise) == all.prefix(7).map(\.baseSurprise))
    #expect(zip(first, all).allSatisfy { abs($0.kld - $1.kld) < 1e-6 })
    #expect(try contents(of: path) == bytes)
    try directory.write(Array(bytes.prefix(Self.headerBytes + Self.chunkBytes)), to: "base.logits")
    #expect(try open().missing == [1, 2, 3])
    #expect(try compare() == all)
    #expect(try contents(of: path) == bytes)
  }

  @Test("go on from wherever the file was cut, to the same bytes") func cuts() throws {
    let all = try compare()
    let bytes = try contents(of: path)
    let places =
      [0, 1, 23, 24, 25, 79, 80, 81, 119, 120, 121]
      + stride(from: 130, to: bytes.count, by: 97) + [bytes.count - 1]
    for place in places {
      try directory.write(Array(bytes.prefix(place)), to: "base.logits")
      let whole = max(0, place - Self.headerBytes) / Self.chunkBytes
      #expect(try open().missing == Array(whole..<4), "\(place)")
      try directory.write(Array(bytes.prefix(place)), to: "base.logits")
      #expect(try compare() == all, "\(place)")
      #expect(try contents(of: path) == bytes, "\(place)")
    }
  }

  @Test("are never believed where a byte has changed") func damage() throws {
    let all = try compare()
    let bytes = try contents(of: path)
    for place in [0, 23, 24, 32, 40, 71, 72, 79] {
      var changed = bytes
      changed[place] ^= 1
      try directory.write(changed, to: "base.logits")
      if place < 24 {
        #expect(throws: ConflictError.stranger(path, .predictions)) { try open() }
      } else {
        #expect(throws: UnusablePredictions.self) { try open() }
      }
      #expect(try contents(of: path) == changed, "\(place)")
    }
    for place in stride(from: 80, to: bytes.count, by: 61) {
      var changed = bytes
      changed[place] ^= 0x10
      try directory.write(changed, to: "base.logits")
      let chunk = (place - Self.headerBytes) / Self.chunkBytes
      #expect(try open().missing == [chunk], "\(place)")
      #expect(try compare() == all, "\(place)")
      #expect(try contents(of: path) == bytes, "\(place)")
    }
  }

  @Test("of another model, context or text are refused, saying which") func others() throws {
    _ = try compare()
    let bytes = try contents(of: path)
    func refused(_ words: String, _ body: () throws -> PredictionFile) throws {
      let error = #expect(throws: OtherPredictions.self) { try body() }
      #expect(try #require(error).description.contains(words))
      #expect(try contents(of: path) == bytes)
    }
    try refused("another model") { try open(of: ContentDigest(of: "another")) }
    try refused("another model") { try open(vocabulary: 41) }
    try refused("another context, of 16 tokens") { try open([Array(Self.chunks[0].prefix(12))]) }
    var chunks = Self.chunks
    chunks[2][15] += 1
    try refused("another text, in its chunk 3") { try open(chunks) }
    #expect(try open(Array(chunks.prefix(2))).missing == [])
  }

  @Test("are not written into a file that is something else") func strangers() throws {
    for bytes in [Array("notes".utf8), [UInt8](repeating: 0, count: 300), Array("Ration: x".utf8)] {
      try directory.write(bytes, to: "base.logits")
      #expect(throws: ConflictError.stranger(path, .predictions)) { try open() }
      #expect(try contents(of: path) == bytes)
    }
  }

  @Test("of a chunk count when it is complete, and an interrupted run goes on behind it")
  func interruption() throws {
    let all = try compare()
    let bytes = try contents(of: path)
    for steps in [1, 2, 3, 4] {
      try directory.write([], to: "base.logits")
      let left = Mutex(steps)
      #expect(throws: Interruption.self) {
        try compare {
          try left.withLock { left in
            left -= 1
            if left == 0 { throw Interruption() }
          }
        }
      }
      #expect(try open().missing == Array(steps - 1..<4))
      #expect(try compare() == all)
      #expect(try contents(of: path) == bytes)
    }
  }

  private struct Interruption: Error {}

  @Test("are read by many at a time, and written by one") func sharing() throws {
    _ = try compare()
    let readers = try (0..<2).map { _ in try open() }
    #expect(readers.allSatisfy { $0.missing.isEmpty })
    #expect(throws: ConflictError.locked(path)) { try open(Self.chunks + [Self.chunks[0]]) }
    withExtendedLifetime(readers) {}
  }

  @Test("that are not finite are an error, and not kept") func overflow() throws {
    try withModel(TestNetwork.all[0].fixture) { model in
      let large = try Network(model, weights: LargeWeights(model: model), threads: 2)
      #expect(throws: NonFiniteLogits.self) {
        try NetworkPair(base: large, quantized: large)
          .divergences(over: Self.chunks, base: open())
      }
    }
    #expect(try open().missing == [0, 1, 2, 3])
  }

  /// What a network that runs finds missing.
  private struct NoWeights: WeightSource {
    struct Asked: Error {}

    func read(
      _ tensor: TensorDescriptor, rows: Range<Int>,
      into weights: UnsafeMutableBufferPointer<Float>
    ) throws { throw Asked() }
  }
}
