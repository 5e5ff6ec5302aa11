import GGUF
import Statistics
import Testing
import TestSupport

@Suite("A sensitivity card") struct SensitivityCardTests {
  let directory = TemporaryDirectory()

  /// Reads a card for a model of these shapes.
  func card(
    _ fixture: CardFixture = CardFixture(),
    _ shapes: KeyValuePairs<String, [Int64]> = [
      "blk.0.ffn_up.weight": [4, 2], "blk.0.ffn_gate_exps.weight": [2, 2, 3],
      "blk.0.ffn_up_exps.weight": [2, 2, 3],
    ]
  ) throws -> (StatisticsFile, ModelFile) {
    let model = try directory.model(shapes)
    let path = try directory.write(fixture.bytes, to: "card.npz")
    return (try StatisticsFile.read(path: path, for: model), model)
  }

  @Test("gives means over tokens, and experts theirs") func means() throws {
    let (file, model) = try card()
    #expect(
      file.names
        == ["blk.0.ffn_gate_exps.weight", "blk.0.ffn_up.weight", "blk.0.ffn_up_exps.weight"])
    #expect(file.totalTokens == 10 && file.datasets == ["m"])
    let dense = try #require(try file.of(model.tensors[0]))
    #expect(dense.importance == [1, 2, 3, 4] && dense.rowSensitivity == [0.1, 0.2])
    // Of each expert's four outputs the first two are the gate's.
    let gates = try #require(try file.of(model.tensors[1]))
    #expect(gates.importance == [1, 2, 1.5, 2, 1.25, 2])
    #expect(gates.rowSensitivity == [0.25, 0.5, 1, 1.25, 0.625, 0.875])
    #expect(gates.tokens == [2, 4, 3] && gates.uninformedSlices == [2])
    let up = try #require(try file.of(model.tensors[2]))
    #expect(up.rowSensitivity?.prefix(4) == [1, 1.5, 1.5, 1.75])
  }

  @Test("is told from tables by its beginning") func kinds() throws {
    let path = try directory.write(CardFixture().bytes, to: "card.npz")
    #expect(try StatisticsFile.isCard(path: path))
    #expect(try !StatisticsFile.isCard(path: directory.write(Array("QTYPE".utf8), to: "k.csv")))
    #expect(try !StatisticsFile.isCard(path: directory.write([], to: "empty")))
  }

  @Test("may be deflated, as NumPy's compressed archives are") func deflated() throws {
    var fixture = CardFixture()
    // A stored block of deflate's, the last one.
    let bytes = fixture.members[0].bytes
    var packed: [UInt8] = [1]
    packed.put(UInt16(bytes.count))
    packed.put(~UInt16(bytes.count))
    fixture.members[0].method = 8
    fixture.members[0].packed = packed + bytes
    let (file, model) = try card(fixture)
    #expect(try file.of(model.tensors[0])?.importance == [1, 2, 3, 4])
  }

  @Test("has features in the order of the model's file") func order() throws {
    var fixture = CardFixture()
    fixture.header = fixture.header.replacing("mlp.up_proj", with: "self_attn.q_proj")
    fixture.header = fixture.header.replacing(
      "\"out_features\": 2", with: "\"out_features\": 8")
    fixture.members[1].bytes = CardFixture.array([8], (0..<8).map { Float(10 * $0) })
    let model = GGUFFixture(
      keys: [.string("general.architecture", "llama"), .uint32("llama.attention.head_count", 2)],
      tensors: [.f32("blk.0.attn_q.weight", [4, 8], Array(repeating: 0, count: 32))])
    let path = try directory.write(model.bytes, to: "llama.gguf")
    let file = try StatisticsFile.read(
      path: directory.write(fixture.bytes, to: "card.npz"), for: ModelFile(path: path))
    #expect(
      try file.of(ModelFile(path: path).tensors[0])?.rowSensitivity
        // 0 has no neighbour that is measured as nothing: it is the mean of all.
        == [3.5, 2, 1, 3, 4, 6, 5, 7])
  }

  @Test("of a layer that the model lacks is told by its path") func unknown() throws {
    let (file, _) = try card(CardFixture(), ["blk.0.ffn_up.weight": [4, 2]])
    #expect(
      file.names == ["blk.0.ffn_up.weight", "model.layers.0.mlp.experts.gate_up_proj"])
  }

  // One malformed file for each way in which these can be wrong.

  func problem(_ change: (inout CardFixture) -> Void) -> CardProblem? {
    var fixture = CardFixture()
    change(&fixture)
    let error = #expect(throws: StatisticsError.self) { try card(fixture) }
    guard case .card(let problem)? = error?.problem else { return nil }
    #expect(!problem.description.isEmpty)
    return problem
  }

  @Test("without an end is refused") func noDirectory() throws {
    let bytes = CardFixture().bytes
    for length in [4, 100, bytes.count - 1] {
      let path = try directory.write(Array(bytes.prefix(length)), to: "cut.npz")
      #expect(throws: StatisticsError.self) { try StatisticsFile.read(path: path) }
    }
  }

  @Test("with a directory elsewhere is refused", arguments: [0, 1, 0x7FFF_FFFF, .max] as [UInt32])
  func misplacedDirectory(offset: UInt32) {
    #expect(problem { $0.directoryOffset = offset } == .directory)
  }

  @Test("with too many members is refused", arguments: [7, 1000, .max] as [UInt16])
  func memberCount(count: UInt16) {
    #expect(problem { $0.declaredCount = count } == .directory)
  }

  @Test("with a member elsewhere is refused", arguments: [1, 0x7FFF_FFFF] as [UInt32])
  func misplacedMember(offset: UInt32) {
    #expect(problem { $0.members[0].offset = offset } == .misplaced("v0_act_sq_sum.npy"))
  }

  @Test("with a member twice is refused") func memberTwice() {
    #expect(
      problem { $0.members.append($0.members[0]) } == .memberTwice("v0_act_sq_sum.npy"))
  }

  @Test("packed in another way is refused") func method() {
    #expect(problem { $0.members[0].method = 12 } == .method("v0_act_sq_sum.npy", 12))
  }

  @Test("with damaged data is refused") func damaged() {
    let name = "v0_act_sq_sum.npy"
    #expect(problem { $0.members[0].checksum = 1 } == .damaged(name))
    #expect(problem { $0.members[0].declaredSize = 5 } == .damaged(name))
    #expect(
      problem { ($0.members[0].method, $0.members[0].packed) = (8, [7, 7]) } == .damaged(name))
  }

  @Test("that claims more than a layer needs is refused before anything is allocated")
  func tooLarge() {
    #expect(
      problem { $0.members[0].declaredSize = 0x7FFF_FFFF }
        == .tooLarge("v0_act_sq_sum.npy", 0x7FFF_FFFF))
  }

  @Test("that lacks an array is refused") func missing() {
    #expect(problem { $0.members.removeFirst() } == .memberMissing("v0_act_sq_sum.npy"))
  }

  @Test(
    "with an array that is none is refused",
    arguments: [
      [], [1, 2, 3], CardFixture.array([4], [1, 2, 3]),
      CardFixture.array([.max, .max], [1]), CardFixture.array([4], [1, 2, 3, 4], type: "<f8"),
      CardFixture.array([16], [1, 2, 3, 4], type: "|u1"),
    ])
  func noArray(bytes: [UInt8]) {
    #expect(problem { $0.members[0].bytes = bytes } == .array("v0_act_sq_sum.npy"))
  }

  @Test("with an array of another shape is refused") func shape() {
    #expect(
      problem { $0.members[1].bytes = CardFixture.array([1, 2], [1, 2]) }
        == .shape("v0_g_sq_sum.npy", found: [1, 2], expected: [2]))
  }

  @Test(
    "with figures that cannot be is refused",
    arguments: [
      ("\"n_tokens\": 10", "\"n_tokens\": 0"), ("\"in_features\": 4", "\"in_features\": -4"),
      ("\"in_features\": 4", "\"in_features\": 9223372036854775807"),
      ("\"route_prob\": null", "\"route_prob\": 2"), ("\"units\"", "\"layers\""),
      ("mlp.experts.gate_up_proj", "mlp.up_proj"), ("}]}", "}]"),
    ])
  func header(old: String, new: String) {
    guard case .header? = problem({ $0.header = $0.header.replacing(old, with: new) }) else {
      Issue.record("\(old)")
      return
    }
  }

  @Test("with sums that are none is refused", arguments: [-1, .nan, .infinity] as [Float])
  func values(value: Float) {
    var fixture = CardFixture()
    fixture.members[0].bytes = CardFixture.array([4], [1, value, 1, 1])
    #expect(throws: StatisticsError.self) { try card(fixture) }
  }

  @Test("of another model is refused") func otherModel() throws {
    let (file, model) = try card(CardFixture(), ["blk.0.ffn_up.weight": [8, 2]])
    #expect(throws: StatisticsError.self) { try file.of(model.tensors[0]) }
  }
}
