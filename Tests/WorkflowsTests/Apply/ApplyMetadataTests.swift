import GGUF
import Measurement
import Planning
import Reports
import Testing
import TestSupport
import Workflows

@Suite struct ApplyMetadataTests {
  /// A bench whose model has these keys too.
  static func bench(_ keys: [GGUFFixture.Key] = []) throws -> Workbench {
    try Workbench(SmallModel(keys: keys))
  }

  @Test func allKeysOfTheSourceAreKeptInTheirOrder() throws {
    let bench = try Self.bench([
      .string("z.bytes", [0x66, 0xFF, 0x00, 0x6F]), .array("z.bools", of: 7, count: 2, [2, 0]),
      .array("z.none", of: 8, count: 0, []),
    ])
    try bench.apply(".*=q4_0")
    let source = try ModelFile(path: bench.model).metadata
    let written = try ModelFile(path: bench.output).metadata
    let kept = written.entries.prefix(source.entries.count)
    #expect(kept.map(\.key) == source.entries.map(\.key))
    for (before, after) in zip(source.entries, kept) where before.key != "general.file_type" {
      #expect(before.value == after.value)
    }
  }

  @Test func theFileTypeIsThatOfTheMostBytes() throws {
    for (rules, type) in [
      (".*=q8_0", 7), (".*=f16", 1), ("attn_k=q8_0,.*=q4_0", 2), ("exps=iq4_k,.*=q4_0", 140),
    ] {
      let bench = try Self.bench()
      try bench.apply(rules)
      let metadata = try ModelFile(path: bench.output).metadata
      #expect(metadata["general.file_type"]?.kind == .uint32)
      #expect(metadata["general.file_type"]?.integer == type, "\(rules)")
      #expect(metadata["general.quantization_version"] == .uint32(2))
    }
  }

  @Test func theStatisticsAreNamedWithoutTheirFolder() throws {
    let bench = try Self.bench([.string("quantize.imatrix.file", "/home/someone/old.dat")])
    try bench.apply(".*=q4_0")
    let metadata = try ModelFile(path: bench.output).metadata
    #expect(metadata["quantize.imatrix.file"] == .string("small.statistics.gguf"))
    #expect(metadata["quantize.imatrix.dataset"] == .string("text.txt"))
    #expect(metadata["quantize.imatrix.entries_count"]?.integer == 7)
    #expect(metadata["quantize.imatrix.chunks_count"]?.integer == 16)
    let text = String(decoding: try contents(of: bench.output), as: UTF8.self)
    #expect(!text.contains(bench.directory.path) && !text.contains("someone"))
  }

  @Test func withoutStatisticsWhatTheSourceSaysOfThemStays() throws {
    let bench = try Self.bench([.string("quantize.imatrix.file", "old.dat")])
    try bench.apply(".*=q4_0") { $0.statistics = nil }
    let metadata = try ModelFile(path: bench.output).metadata
    #expect(metadata["quantize.imatrix.file"] == .string("old.dat"))
    #expect(metadata["quantize.imatrix.entries_count"] == nil)
  }

  @Test func theProvenanceIsWritten() throws {
    let bench = try Self.bench([.string("ration.version", "0.0.1"), .string("ration.old", "x")])
    let planned = try bench.plan()
    try bench.apply(planned.recipe)
    let metadata = try ModelFile(path: bench.output).metadata
    #expect(metadata["ration.version"] == .string("1.2.3"))
    #expect(metadata["ration.old"] == nil)
    #expect(metadata["ration.predicted_kld"] == .float64(planned.report.plan.loss))
    #expect(
      metadata["ration.recipe_sha256"]
        == .string(ContentDigest(of: planned.recipe.tensorTypeFile).hexadecimal))
  }

  @Test func anEditedRecipeLosesItsPromiseAndIsWarnedOf() throws {
    let bench = try Self.bench()
    let planned = try bench.plan()
    var rules = planned.recipe.rules
    rules.insert(try TypeRule("attn_q=q8_0"), at: 0)
    let spy = WarningSpy()
    try bench.apply(Recipe(rules: rules, provenance: planned.recipe.provenance), spy.session())
    #expect(spy.warnings.contains { $0.contains("edited") && $0.contains("predicted_kld") })
    let metadata = try ModelFile(path: bench.output).metadata
    #expect(metadata["ration.predicted_kld"] == nil)
    #expect(metadata["ration.version"] == .string("1.2.3"))
  }

  @Test func aRecipeForAnotherModelLosesItsPromise() throws {
    let planned = try Self.bench().plan()
    var other = SmallModel()
    other.fixture.tensors[1] = .f32(
      "blk.0.attn_norm.weight", [256], [Float](repeating: 1, count: 256))
    let bench = try Workbench(other)
    let spy = WarningSpy()
    try bench.apply(planned.recipe, spy.session())
    #expect(spy.warnings.contains { $0.contains("another model") })
    #expect(try ModelFile(path: bench.output).metadata["ration.predicted_kld"] == nil)
  }

  @Test func tensorsThatTheModelLacksAreWrittenBesideItsOwn() throws {
    let bench = try Self.bench()
    let bytes: [UInt8] = [0, 0, 128, 63, 0, 0, 0, 64]
    try bench.apply(".*=q4_0") {
      $0.added = [
        OutputPlan.Tensor(
          name: "blk.0.attn_q.scale", shape: [2], type: .F32, content: .bytes(bytes))
      ]
    }
    let written = try ModelFile(path: bench.output)
    #expect(try written.data("blk.0.attn_q.scale") == bytes)
    #expect(try written.tensors.count == ModelFile(path: bench.model).tensors.count + 1)
  }

  @Test func aRecipeOfOthersPromisesNothing() throws {
    let bench = try Self.bench()
    try bench.apply(".*=q4_0")
    let keys = try ModelFile(path: bench.output).metadata.entries.map(\.key)
    #expect(
      keys.filter { $0.hasPrefix("ration.") } == [
        "ration.version", "ration.recipe_sha256", "ration.source_sha256",
        "ration.statistics_sha256",
        "ration.tensor_sha256", "ration.tensor_origin",
      ])
  }

  @Test func theDigestsOfTheFileAreThoseOfItsParts() throws {
    let bench = try Self.bench()
    try bench.apply(".*=q4_0")
    let written = try ModelFile(path: bench.output)
    let said = try FileProvenance(written.metadata, tensors: written.tensors.count)
    for (tensor, digest) in zip(written.tensors, try #require(said.tensorDigests)) {
      let data = try written.data(tensor.name)
      #expect(digest == data.withUnsafeBytes { ContentDigest(of: $0) })
    }
    #expect(said.statisticsDigest == (try ContentDigest(of: OpenFile(reading: bench.statistics))))
    #expect(Set(try #require(said.tensorOrigins)).count == written.tensors.count)

    try bench.apply(".*=q5_0") {
      $0.overwrite = true
      $0.statistics = nil
    }
    let other = try ModelFile(path: bench.output)
    let otherSaid = try FileProvenance(other.metadata, tensors: other.tensors.count)
    #expect(otherSaid.sourceDigest == said.sourceDigest && said.sourceDigest != nil)
    #expect(otherSaid.statisticsDigest == nil)
  }

  @Test func theDigestOfTheSourceIsThatOfItsTensors() throws {
    let bench = try Self.bench()
    try bench.apply(".*=q4_0")
    let written = try ModelFile(path: bench.output)
    let source = try ModelFile(path: bench.model)
    var hasher = ContentHasher()
    for tensor in source.tensors {
      hasher.add(tensor.name)
      hasher.add(tensor.type.name)
      hasher.add(UInt64(tensor.shape.count))
      for dimension in tensor.shape { hasher.add(UInt64(dimension)) }
      // Each has a single stretch.
      #expect(tensor.elements <= 1 << 20)
      let stretch = try source.data(tensor.name).withUnsafeBytes { ContentDigest(of: $0) }
      hasher.add(stretch.bytes.withUnsafeBytes { ContentDigest(of: $0) })
    }
    #expect(
      try FileProvenance(written.metadata, tensors: written.tensors.count).sourceDigest
        == hasher.finish())
  }

  @Test func theAlignmentOfTheSourceIsKept() throws {
    for alignment in [8, 64, 4096] {
      var small = SmallModel(keys: [.uint32("general.alignment", UInt32(alignment))])
      small.fixture.alignment = alignment
      let bench = try Workbench(small)
      let planned = try bench.plan(.fileBytes(200_000))
      try bench.apply(planned.recipe)
      let written = try ModelFile(path: bench.output)
      #expect(written.alignment == alignment)
      #expect(written.tensors.allSatisfy { $0.offset % alignment == 0 })
      #expect(try contents(of: bench.output).count == planned.report.fileBytes)
      #expect(planned.report.fileBytes <= 200_000)
    }
  }
}
