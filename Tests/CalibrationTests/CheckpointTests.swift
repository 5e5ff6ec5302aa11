import Calibration
import GGUF
import NeuralNetwork
import Testing
import TestSupport

/// What an interrupted calibration goes on from. It loses nothing, and nothing in it is believed that cannot be.
@Suite("A checkpoint") struct CheckpointTests {
  let directory = TemporaryDirectory()
  let model: ModelFile
  let network: Network
  /// Two texts of four tokens, in two batches.
  let state: CalibrationState

  init() throws {
    let fixture = try #require(TestNetwork.all.first { $0.experts > 4 }).fixture
    model = try ModelFile(path: directory.write(fixture.bytes, to: "model.gguf"))
    network = try Network(model, threads: 2)
    var state = CalibrationState()
    state.texts = [[3, 1, 4, 1], [5, 9, 2, 6]]
    for (number, text) in state.texts.enumerated() {
      state.add(
        try network.calibrate([CalibrationSequence(tokens: text, seed: UInt64(number))]))
    }
    self.state = state
  }

  var path: String { directory("checkpoint") }
  var work: CalibrationWork {
    CalibrationWork(network, given: 0, written: 2, length: 4)
  }

  func saved(key: String = "k") throws -> CalibrationState {
    try CalibrationState.saved(at: path, key: key, of: work)
  }

  @Test("loses nothing") func roundTrip() throws {
    try state.save(to: path, key: "k")
    let saved = try saved()
    #expect(saved.texts == state.texts && saved.batches == 2)
    #expect(saved.sums == state.sums)
    #expect(saved.traces == state.traces)
  }

  @Test("may hold texts alone") func textsAlone() throws {
    var early = CalibrationState()
    early.texts = [state.texts[0]]
    try early.save(to: path, key: "k")
    let saved = try saved()
    #expect(saved.texts == early.texts && saved.batches == 0)
  }

  @Test("of given texts and written ones holds the written ones, all of them before any sum")
  func mixedTexts() throws {
    var mixed = CalibrationState()
    mixed.texts = [state.texts[1]]
    let work = CalibrationWork(network, given: 1, written: 1, length: 4)
    for text in state.texts {
      mixed.add(try network.calibrate([CalibrationSequence(tokens: text, seed: 0)]))
      try mixed.save(to: path, key: "k")
      #expect(try CalibrationState.saved(at: path, key: "k", of: work).batches == mixed.batches)
    }
    let others = [(0, 2), (2, 0), (1, 2), (0, 1)].map {
      CalibrationWork(network, given: $0, written: $1, length: 4)
    }
    for work in others {
      #expect(throws: UnusableCheckpoint.self) {
        try CalibrationState.saved(at: path, key: "k", of: work)
      }
    }
  }

  @Test("of every architecture is what its network allows", arguments: TestNetwork.all)
  func networks(_ fixture: TestNetwork) throws {
    let model = try ModelFile(path: directory.write(fixture.fixture.bytes, to: "net.gguf"))
    let network = try Network(model, threads: 2)
    var state = CalibrationState()
    state.add(try network.calibrate([CalibrationSequence(tokens: [3, 1, 4, 1], seed: 1)]))
    try state.save(to: path, key: "k")
    let work = CalibrationWork(network, given: 1, written: 0, length: 4)
    #expect(try CalibrationState.saved(at: path, key: "k", of: work).sums == state.sums)
  }

  @Test("of another calibration is neither used nor replaced") func anotherKey() throws {
    try state.save(to: path, key: "k")
    let error = #expect(throws: OtherCalibration.self) { try saved(key: "another") }
    #expect(error?.kind == .conflict)
  }

  @Test("is known by how it begins; any other file is a stranger's") func strangers() throws {
    for bytes in [[], Array("no checkpoint".utf8), try contents(of: model.path)] {
      try directory.write(bytes, to: "checkpoint")
      #expect(throws: ConflictError.stranger(path, .checkpoint)) { try saved() }
    }
  }

  @Test("that is cut short or has a flipped bit is noticed") func damage() throws {
    try state.save(to: path, key: "k")
    let whole = try contents(of: path)
    for offset in stride(from: 100, to: whole.count, by: 997) {
      var bytes = whole
      bytes[offset] ^= 0x10
      try directory.write(bytes, to: "checkpoint")
      // Padding is no part of it.
      if let saved = try? saved() {
        #expect(saved.sums == state.sums && saved.texts == state.texts)
      }
      try directory.write(Array(whole[..<offset]), to: "checkpoint")
      #expect(throws: (any Error).self) { try saved() }
    }
  }

  @Test("is refused for any field that this calibration cannot have come to") func fields() throws {
    try state.save(to: path, key: "k")
    let sound = try #require(try CheckpointFixture(ModelFile(path: path)))
    try directory.write(sound.bytes, to: "checkpoint")
    #expect(try saved().sums == state.sums)

    var faults = 0
    func expectRefused(_ what: String, _ change: (inout CheckpointFixture) -> Void) throws {
      var fixture = sound
      change(&fixture)
      try directory.write(fixture.bytes, to: "checkpoint")
      let error = #expect(throws: (any Error).self, "\(what)") { try saved() }
      #expect(error is UnusableCheckpoint || error is FormatError, "\(what)")
      faults += 1
    }
    for (index, vector) in sound.vectors.enumerated() {
      let isTexts = vector.name == "texts"
      try expectRefused("\(vector.name) is missing") { $0.vectors.remove(at: index) }
      try expectRefused("\(vector.name) is one value short") {
        $0.vectors[index].values.removeLast()
        $0.vectors[index].shape = [vector.values.count - 1]
      }
      try expectRefused("\(vector.name) is empty") {
        $0.vectors[index].values = []
        $0.vectors[index].shape = [0, 1]
      }
      for value in [.nan, .infinity, -.infinity, -1] as [Double] {
        try expectRefused("\(vector.name) has \(value)") { $0.vectors[index].values[0] = value }
      }
      if vector.name.hasSuffix("counts") || isTexts {
        try expectRefused("\(vector.name) has a half") { $0.vectors[index].values[0] += 0.5 }
      }
    }
    let texts = try #require(sound.index(of: "texts"))
    for shape in [[8, 1], [2, 4], [1, 8], [8], [4, 1, 2]] {
      try expectRefused("texts of the shape \(shape)") { $0.vectors[texts].shape = shape }
    }
    try expectRefused("a token that the model lacks") {
      $0.vectors[texts].values[3] = Double(TestNetwork.vocabulary)
    }
    let counts = try #require(sound.vectors.firstIndex { $0.name.hasSuffix(".lookup_counts") })
    try expectRefused("a token too many") { $0.vectors[counts].values[0] += 1 }
    for index in sound.sites.indices {
      try expectRefused("site \(index) is missing") { $0.sites.remove(at: index) }
      try expectRefused("site \(index) is there twice") { $0.sites.append($0.sites[index]) }
      try expectRefused("site \(index) has another weight") { $0.sites[index] += ",x.weight" }
      try expectRefused("site \(index) has no name") { $0.sites[index] = "" }
    }
    try expectRefused("no sites, but sums") { $0.sites = [] }
    #expect(faults > 300)
  }
}
