import GGUF
import Statistics
import Testing
import TestSupport
import Threads

/// Files of second moments, written and read.
@Suite("A file of second moments") struct SecondMomentFileTests {
  let directory = TemporaryDirectory()

  /// Two sites: weights that share one input over several tiles, and experts with inputs of their own, the last of
  /// which no token reaches in the second half, and none at all the one before.
  let sites = [
    SecondMomentSite(weights: ["q.weight", "k.weight", "e.weight"], columns: 300, slices: 1),
    SecondMomentSite(weights: ["down.weight"], columns: 20, slices: 3),
  ]
  let samples: [[MomentSample?]] = [
    [
      MomentSample(columns: 300, tokens: 40, seed: 1, dead: 7),
      MomentSample(columns: 300, tokens: 50, seed: 2, dead: 7),
    ],
    [
      MomentSample(columns: 20, tokens: 5, seed: 3), nil,
      MomentSample(columns: 20, tokens: 6, seed: 4, dead: 1),
      MomentSample(columns: 20, tokens: 7, seed: 5), nil, nil,
    ],
  ]

  func file(threads: Int = 1) throws -> SecondMomentFile {
    try SecondMomentFile.read(
      path: directory.writeMoments(sites, samples, to: "moments.gguf", threads: threads))
  }

  func tensor(_ name: String, _ shape: [Int]) throws -> TensorDescriptor {
    try TensorDescriptor(name: name, shape: shape, type: .F32)
  }

  /// Holds a moment against samples that were taken together.
  func expect(_ moment: SecondMoment?, of samples: [MomentSample]) throws {
    let moment = try #require(moment)
    let columns = samples[0].columns
    let tokens = samples.reduce(0) { $0 + Double($1.tokens.count) }
    #expect(moment.columns == columns && moment.tokens == tokens)
    func product(_ i: Int, _ j: Int) -> Double { samples.reduce(0) { $0 + $1.product(i, j) } }
    let squares = (0..<columns).map { product($0, $0) }
    var worst = 0.0
    for i in 0..<columns {
      #expect(abs(Double(moment.meanSquares[i]) - squares[i] / tokens) <= 1e-5 * squares[i])
      for j in 0..<columns {
        let scale = (squares[i] * squares[j]).squareRoot()
        let expected = scale > 0 ? product(i, j) / scale : 0
        let found = Double(moment.correlations[i * columns + j])
        if i == j || scale == 0 { #expect(found == expected.rounded()) }
        worst = max(worst, abs(found - expected))
      }
    }
    #expect(worst < 0x1p-11)
  }

  @Test("gives back what was summed, half by half and both together")
  func roundTrip() throws {
    let file = try file()
    #expect(file.texts == ["a.txt", "b.txt"] && file.tokens == 90 && file.sequence == 30)
    #expect(file.sites == sites && file.model == ContentDigest(of: "model"))
    let weight = try tensor("q.weight", [300, 4])
    for half in 0..<2 {
      try expect(
        file.moment(of: weight, slice: 0, half: half), of: [#require(samples[0][half])])
    }
    try expect(
      file.moment(of: weight, slice: 0, half: nil, on: Workers(2)), of: samples[0].map { $0! })
  }

  @Test("has one moment for all weights and slices that share an input")
  func shared() throws {
    let file = try file()
    let first = try #require(try file.moment(of: tensor("q.weight", [300, 4]), slice: 0, half: 1))
    for (weight, slice) in [
      (try tensor("k.weight", [300, 9]), 0), (try tensor("e.weight", [300, 4, 5]), 3),
    ] {
      let other = try #require(try file.moment(of: weight, slice: slice, half: 1))
      #expect(other.meanSquares == first.meanSquares)
      #expect(other.correlations.values.elementsEqual(first.correlations.values))
    }
  }

  @Test("keeps experts apart, and has nothing for those that no token reached")
  func experts() throws {
    let file = try file()
    let weight = try tensor("down.weight", [20, 4, 3])
    try expect(
      file.moment(of: weight, slice: 0, half: nil), of: [samples[1][0]!, samples[1][3]!])
    try expect(file.moment(of: weight, slice: 2, half: nil), of: [samples[1][2]!])
    try expect(file.moment(of: weight, slice: 2, half: 0), of: [samples[1][2]!])
    #expect(try file.moment(of: weight, slice: 2, half: 1) == nil)
    #expect(try file.moment(of: weight, slice: 1, half: nil) == nil)
  }

  @Test("has nothing for a weight that it does not name") func unknownWeight() throws {
    #expect(try file().moment(of: tensor("v.weight", [300, 4]), slice: 0, half: nil) == nil)
  }

  @Test("is the same bytes for any number of threads") func threads() throws {
    let one = try directory.writeMoments(sites, samples, to: "one", threads: 1)
    let three = try directory.writeMoments(sites, samples, to: "three", threads: 3)
    #expect(try contents(of: one) == contents(of: three))
  }

  @Test("is refused for a tensor of another shape") func otherShape() throws {
    let file = try file()
    #expect(
      throws: StatisticsError(
        path: file.path,
        .otherShape(
          entry: "q.weight.moment_squares", "squares", found: 300, expected: 299))
    ) { try file.moment(of: tensor("q.weight", [299, 4]), slice: 0, half: nil) }
    #expect(
      throws: StatisticsError(
        path: file.path,
        .otherShape(entry: "down.weight.moment_counts", "tokens", found: 3, expected: 4))
    ) { try file.moment(of: tensor("down.weight", [20, 4, 4]), slice: 0, half: nil) }
  }

  @Test("is of one model, and refused for one with other weights") func otherModel() throws {
    let model = try directory.model(["q.weight": [300, 4]])
    let path = try directory.writeMoments(
      sites, samples, model: ContentDigest(fingerprintOf: model), to: "of-model")
    let file = try SecondMomentFile.read(path: path)
    try file.requireModel(model)
    let other = try directory.model(["q.weight": [300, 5]])
    #expect(throws: StatisticsError(path: path, .otherModel("model.gguf"))) {
      try file.requireModel(other)
    }
  }

  @Test("leaves nothing behind when it was not completed") func incomplete() throws {
    do {
      let writer = try SecondMomentWriter(
        sites, model: ContentDigest(of: "m"), texts: [], tokens: 1, sequence: 1,
        to: Reservation([directory("out")]))
      #expect(writer.fileBytes > 3 << 18)
      #expect(try directory.names().contains("out.partial"))
      #expect(throws: VerificationError.self) { try writer.finish(by: Workers(1)) }
    }
    #expect(try directory.names() == [])
  }
}

/// What is wrong with a file has its error.
@Suite("A malformed file of second moments") struct SecondMomentErrorTests {
  let directory = TemporaryDirectory()

  typealias Fault = (change: @Sendable (inout MomentFixture) -> Void, StatisticsError.Problem)

  static let faults: [String: Fault] = [
    "another type": ({ $0.type = "imatrix" }, .noSecondMoments),
    "no type": ({ $0.missing = ["type"] }, .noSecondMoments),
    "another form": ({ $0.form = 2 }, .form(2)),
    "no form": ({ $0.missing = ["form"] }, .key("ration.covariance.form")),
    "no fingerprint": ({ $0.missing = ["model"] }, .key("ration.covariance.model")),
    "a fingerprint that is none": ({ $0.model = "00ff" }, .key("ration.covariance.model")),
    "no texts": ({ $0.missing = ["texts"] }, .key("ration.covariance.texts")),
    "no tokens": ({ $0.tokens = 0 }, .key("ration.covariance.tokens")),
    "no sequences": ({ $0.sequence = 0 }, .key("ration.covariance.sequence")),
    "no sites": ({ $0.missing = ["sites"] }, .key("ration.covariance.sites")),
    "a site without weights": ({ $0.sites = [","] }, .key("ration.covariance.sites")),
    "a weight twice": ({ $0.sites = ["a.weight", "b.weight,a.weight"] }, .weightTwice("a.weight")),
    "a missing entry": ({ $0.sites = ["c.weight"] }, .entryMissing("c.weight.moment_squares")),
    "missing correlations": (
      { $0.names[2] = "a.weight.moments" }, .entryMissing("a.weight.moment")
    ),
    "an entry of nothing": ({ $0.sites = [] }, .unknownEntry("a.weight.moment_squares")),
    "squares of another type": (
      { $0.types[0] = 1 },
      .otherType(entry: "a.weight.moment_squares", found: .F16, expected: .F32)
    ),
    "correlations of another type": (
      { $0.types[2] = 0 }, .otherType(entry: "a.weight.moment", found: .F32, expected: .F16)
    ),
    "squares without dimensions": (
      { $0.shapes[0] = [2, 2] },
      .shape(entry: "a.weight.moment_squares", found: [2, 2], expected: nil)
    ),
    "squares of one half": (
      { $0.shapes[0] = [4, 1, 1] },
      .shape(entry: "a.weight.moment_squares", found: [4, 1, 1], expected: [4, 1, 2])
    ),
    "counts of another shape": (
      { $0.shapes[1] = [2, 1, 1] },
      .shape(entry: "a.weight.moment_counts", found: [2, 1, 1], expected: [1, 1, 2])
    ),
    "too few tiles": (
      { $0.shapes[0] = [257, 1, 2] },
      .shape(
        entry: "a.weight.moment", found: [256, 256, 1, 2], expected: [256, 768, 1, 2])
    ),
    "a negative square": (
      { $0.squares[1] = -9 }, .negative(entry: "a.weight.moment_squares", index: 1)
    ),
    "an infinite count": (
      { $0.counts[1] = .infinity }, .notFinite(entry: "a.weight.moment_counts", index: 1)
    ),
  ]

  @Test("is refused when it is opened", arguments: faults.keys.sorted())
  func opening(fault: String) throws {
    let (change, problem) = try #require(Self.faults[fault])
    var fixture = MomentFixture()
    change(&fixture)
    let path = try directory.write(fixture.bytes, to: "moments.gguf")
    #expect(throws: StatisticsError(path: path, problem)) {
      try SecondMomentFile.read(path: path)
    }
  }

  func moment(_ fixture: MomentFixture) throws -> SecondMoment? {
    let path = try directory.write(fixture.bytes, to: "moments.gguf")
    return try SecondMomentFile.read(path: path).moment(
      of: TensorDescriptor(name: "b.weight", shape: [2, 3], type: .F32), slice: 0, half: nil)
  }

  @Test(
    "is refused for a number that is no correlation", arguments: [0x3c02, 0xc000, 0x7e00, 0xfc00])
  func noCorrelation(bits: UInt16) throws {
    var fixture = MomentFixture()
    fixture.correlation = bits
    #expect(
      throws: StatisticsError(
        path: directory("moments.gguf"), .noCorrelation(entry: "a.weight.moment", index: 1))
    ) { try moment(fixture) }
  }

  @Test("is refused where a mean would be infinite") func infiniteMean() throws {
    var fixture = MomentFixture()
    fixture.squares[0] = 1e38
    fixture.counts = [1e-3, 0]
    #expect(
      throws: StatisticsError(
        path: directory("moments.gguf"), .notFinite(entry: "a.weight.moment_squares", index: 0))
    ) { try moment(fixture) }
  }

  @Test("is not what the sound one is") func sound() throws {
    let moment = try #require(try moment(MomentFixture()))
    #expect(moment.tokens == 6 && moment.meanSquares == [5.0 / 6, 9.0 / 6])
    // ½ √4 √9 of the first half, nothing of the second, over √(4 + 1) √9.
    let correlation = Float(0.5 * 2 / 5.0.squareRoot())
    #expect(moment.correlations[1] == moment.correlations[2])
    #expect(abs(moment.correlations[1] - correlation) < 1e-6)
    #expect(moment.correlations[0] == 1 && moment.correlations[3] == 1)
  }

  @Test("is no model of this length") func tiles() {
    #expect(TriangleTiles(columns: 0) == nil && TriangleTiles(columns: 1 << 31) == nil)
  }
}

@Suite("Tiles of a triangle") struct TriangleTilesTests {
  @Test("follow each other row by row", arguments: [1, 256, 257, 14336, Int(Int32.max)])
  func places(columns: Int) throws {
    let tiles = try #require(TriangleTiles(columns: columns))
    var indices = Set([0, tiles.count - 1])
    for row in [0, 1, tiles.across / 2, tiles.across - 1] where row < tiles.across {
      indices.formUnion([tiles.index(row: row, column: 0), tiles.index(row: row, column: row)])
    }
    for index in indices {
      let (row, column) = tiles.place(of: index)
      #expect(0...row ~= column && row < tiles.across)
      #expect(tiles.index(row: row, column: column) == index)
    }
    #expect(tiles.range(tiles.across - 1).upperBound == columns)
    #expect(tiles.diagonal(0) == 0 && tiles.diagonal(columns - 1) < tiles.count << 16)
    #expect(tiles.place(of: tiles.count - 1).row == tiles.across - 1)
  }
}
