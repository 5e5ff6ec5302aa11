import Codecs
import Foundation
import GGUF
import Planning
import Reports
import Testing
import TestSupport
import Workflows

/// What a verification finds in files of any tool.
@Suite("Verifying") struct VerifyTests {
  let bench: Workbench

  init() throws { bench = try Workbench() }

  func verify(
    _ model: String, against source: String? = nil, _ session: Session = Session(threads: 2)
  ) throws -> VerifyReport {
    try VerifyWorkflow.run(VerifyRequest(model: model, source: source), session)
  }

  /// A file made by `apply`, as bytes that a test may change.
  func written(_ rules: String = "attn=q4_0\nffn=iq4_kss") throws -> [UInt8] {
    try bench.apply(rules)
    return try contents(of: bench.output)
  }

  /// The bytes of a model that records the digests of its tensors.
  func recorded() -> [UInt8] {
    let digests = SmallModel().fixture.tensors.map { tensor in
      tensor.data.withUnsafeBytes { ContentDigest(of: $0) }.hexadecimal
    }
    return SmallModel(keys: [.strings("ration.tensor_sha256", digests)]).fixture.bytes
  }

  func write(_ bytes: [UInt8]) throws -> String {
    try bench.directory.write(bytes, to: "other.gguf")
  }

  /// The kinds of the faults of a file.
  func kinds(_ bytes: [UInt8], against source: String? = nil) throws -> [String] {
    try verify(write(bytes), against: source).faults.map(\.name)
  }

  @Test("A file that apply wrote has no fault, by itself and against its source")
  func sound() throws {
    _ = try written()
    for source in [nil, bench.model] {
      let report = try verify(bench.output, against: source)
      #expect(report.faults == [] && report.digests == .agree)
      #expect(report.tensors == 10 && report.shards == 1 && report.undecoded.isEmpty)
      // Norms, the router and the tensors that no rule matches.
      #expect(report.source?.kept == source.map { _ in 5 })
    }
  }

  @Test("A file that was made from another model is told from one of the source")
  func otherSource() throws {
    let bytes = try written()
    var other = SmallModel().fixture
    // The tensor changes its type, so nothing but the digest can tell.
    other.tensors[2].data[4] ^= 1
    let source = try bench.directory.write(other.bytes, to: "another.gguf")
    #expect(try kinds(bytes, against: bench.model) == [])
    #expect(try kinds(bytes, against: source) == ["other_source"])
  }

  @Test("A file of another tool is verified as well; it has no digests")
  func others() throws {
    let report = try verify(bench.model)
    #expect(report.faultCount == 0 && report.digests == .none)
    #expect(report.text.contains("the file records none"))
  }

  @Test("A flipped bit anywhere in the data is found, in the tensor that has it")
  func flippedBits() throws {
    let bytes = recorded()
    let model = try ModelFile(path: write(bytes))
    #expect(try verify(model.path).digests == .agree)
    for tensor in model.tensors {
      for place in [0, tensor.byteCount / 2, tensor.byteCount - 1] {
        var changed = bytes
        changed[tensor.offset + place] ^= 1
        let report = try verify(write(changed))
        #expect(report.digests == .differ)
        #expect(report.faults.contains { $0.name == "digest" && $0.tensor == tensor.name })
        #expect(report.faults.allSatisfy { $0.tensor == tensor.name })
      }
    }
  }

  @Test("A scale that is no number is found in a file without digests, with row and columns")
  func scales() throws {
    var small = SmallModel()
    // 40 rows of q4_0 in place of attn_k: row 7 has an infinite scale.
    var data = [UInt8](repeating: 0x11, count: 40 * 18)
    data.replaceSubrange(7 * 18..<7 * 18 + 2, with: [0x00, 0x7C])
    small.fixture.tensors[3] = .init("blk.0.attn_k.weight", [32, 40], type: 2, data: data)
    let path = try write(small.fixture.bytes)
    let report = try verify(path)
    guard case .nonFinite(let weight)? = report.faults.first else {
      Issue.record("\(report.faults)")
      return
    }
    #expect(report.faultCount == 1)
    #expect(weight.tensor == "blk.0.attn_k.weight" && weight.row == 7 && weight.columns == 0..<32)
    #expect(throws: FailedVerification.self) { try VerifyWorkflow.judge(report) }
  }

  @Test("Up to twenty faults are listed, and all are counted")
  func many() throws {
    var small = SmallModel()
    small.fixture.tensors[4].data = [UInt8](repeating: 0xFF, count: 576 * 64 * 4)
    let report = try verify(write(small.fixture.bytes))
    #expect(report.faults.count == 20 && report.faultCount == 64)
    #expect(report.text.contains("64 faults, the first 20:"))
  }

  @Test("A malformed or cut file is a fault of the file, in the report")
  func malformed() throws {
    let bytes = try written()
    #expect(try kinds(Array(bytes.dropLast(40_000))) == ["format"])
    #expect(try kinds(Array("GGML".utf8)) == ["format"])
    #expect(try kinds(bytes + [0]) == ["surplus"])
    #expect(throws: FileError.self) { try verify("missing.gguf") }
    let source = try write(Array("GGML".utf8))
    #expect(throws: FormatError.self) { try verify(bench.output, against: source) }
  }

  @Test("Tensors of types that cannot be decoded are named, and their structure is checked")
  func undecoded() throws {
    var small = SmallModel()
    small.fixture.tensors[2] = .init(
      "blk.0.attn_q.weight", [256, 96], type: 40, data: [UInt8](repeating: 9, count: 4 * 36 * 96))
    let report = try verify(write(small.fixture.bytes))
    #expect(report.faultCount == 0)
    #expect(report.undecoded == [.init(tensor: "blk.0.attn_q.weight", type: .NVFP4)])
    #expect(report.text.contains("nvfp4"))
  }

  @Test("Digests that are not of the form are a fault")
  func provenance() throws {
    var small = SmallModel(keys: [.strings("ration.tensor_sha256", ["abc"])])
    #expect(try kinds(small.fixture.bytes) == ["provenance"])
    small = SmallModel(keys: [.float32("ration.predicted_kld", .nan)])
    #expect(try kinds(small.fixture.bytes) == ["provenance"])
  }

  @Test("Against the source, each difference is a fault of its kind")
  func differences() throws {
    let small = SmallModel()
    func kinds(_ change: (inout GGUFFixture) -> Void) throws -> [String] {
      var fixture = small.fixture
      change(&fixture)
      return try self.kinds(fixture.bytes, against: bench.model)
    }
    #expect(try kinds { _ in } == [])
    #expect(try kinds { $0.tensors.removeLast() } == ["missing_tensor"])
    #expect(
      try kinds { $0.tensors.append(.f32("more.weight", [4], [1, 2, 3, 4])) } == ["added_tensor"])
    #expect(try kinds { $0.tensors[1].data[9] ^= 1 } == ["content"])
    #expect(
      try kinds {
        $0.tensors[3] = .f32("blk.0.attn_k.weight", [64, 20], [Float](repeating: 1, count: 1280))
      } == ["shape"])
    #expect(try kinds { $0.keys[1] = .string("general.name", "Large") } == ["changed_key"])
    #expect(try kinds { $0.keys.remove(at: 2) } == ["missing_key"])
    // What quantizing sets is no difference.
    #expect(try kinds { $0.keys[3] = .uint32("general.file_type", 2) } == [])
  }

  @Test("A split model is verified whole, against a source that is split otherwise")
  func shards() throws {
    let small = SmallModel()
    for (name, fixture) in small.shards([3, 4, 3]) {
      try bench.directory.write(fixture.bytes, to: name)
    }
    let first = bench.directory("small-00001-of-00003.gguf")
    #expect(try verify(first, against: bench.model).faults == [])
    #expect(try verify(bench.model, against: first).faults == [])
    var last = small.shards([3, 4, 3])[2]
    last.fixture.tensors[1].data[4...7] = [0, 0, 0xC0, 0x7F]
    try bench.directory.write(last.fixture.bytes, to: last.name)
    #expect(try verify(first).faults.map(\.name) == ["not_finite"])
  }

  @Test("The report does not depend on the threads") func threads() throws {
    var small = SmallModel()
    small.fixture.tensors[4].data[0...3] = [0, 0, 0xC0, 0x7F]
    small.fixture.tensors[8].data[0...3] = [0, 0, 0x80, 0x7F]
    let path = try write(small.fixture.bytes)
    let reports = try [1, 2, 7].map { try verify(path, Session(threads: $0)) }
    #expect(reports[0].faults.map(\.tensor) == ["blk.0.attn_output.weight", "output_norm.weight"])
    for report in reports { #expect(report.text == reports[0].text) }
  }

  @Test("An interruption is heard between stretches, and progress reaches its total")
  func interruption() throws {
    let spy = ProgressSpy()
    _ = try verify(bench.model, Session(threads: 2, progress: spy))
    #expect(spy.record.done == spy.record.total && spy.record.total > 0)
    let interruption = Interruption()
    let stopping = ProgressSpy { _ in interruption.request(signal: 15) }
    #expect(throws: Interrupted.self) {
      try verify(
        bench.model, Session(threads: 1, interruption: interruption, progress: stopping))
    }
    #expect(stopping.record.steps == 1)
  }
}

extension VerifyTests {
  fileprivate func verify(_ model: String, _ session: Session) throws -> VerifyReport {
    try verify(model, against: nil, session)
  }
}
