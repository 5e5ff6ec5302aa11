import Foundation
import GGUF
import Testing
import TestSupport

/// Writers that go on where one before them was ended.
@Suite("Writing that goes on") struct ResumeTests {
  let directory = TemporaryDirectory()

  static func layout(_ name: String = "llama") throws -> FileLayout {
    var metadata = Metadata()
    metadata["general.architecture"] = .string(name)
    return try FileLayout(
      metadata: metadata,
      tensors: [("norm", [5], .F32), ("ffn", [256, 4, 2], .IQ4_KSS), ("out", [64, 30], .Q8_0)])
  }

  /// The data of each tensor, always the same.
  static func data() throws -> [[UInt8]] {
    var generator = SeededGenerator(seed: 3)
    return try layout().tensors.map { generator.bytes($0.byteCount) }
  }

  static func origin(_ index: Int) -> ContentDigest { ContentDigest(of: "origin \(index)") }

  func writer(_ layout: FileLayout? = nil) throws -> ModelFileWriter {
    try ModelFileWriter(
      path: directory("out.gguf"), layout: layout ?? Self.layout(), resumes: true)
  }

  func write(_ index: Int, to writer: ModelFileWriter) throws {
    try Self.data()[index].withUnsafeBytes { try writer.write($0, tensor: index, at: 0) }
    try writer.complete(index, origin: Self.origin(index))
  }

  /// Writes the first tensors, and is ended.
  func begin(_ count: Int) throws {
    let writer = try writer()
    for index in 0..<count { try write(index, to: writer) }
    writer.suspend()
  }

  /// Goes on to the end.
  ///
  /// - Returns: Which tensors were kept.
  func goOn() throws -> [Bool] {
    let writer = try writer()
    let kept = try writer.tensors.indices.map { index in
      let isKept = try writer.keepEarlier(index, origin: Self.origin(index))
      if !isKept { try write(index, to: writer) }
      return isKept
    }
    try writer.finish()
    return kept
  }

  func output() throws -> [UInt8] { try contents(of: directory("out.gguf")) }

  /// What a run makes that nothing disturbs.
  func undisturbed() throws -> [UInt8] {
    _ = try goOn()
    defer { unlink(directory("out.gguf")) }
    return try output()
  }

  @Test("keeps what is complete, and ends with the same bytes", arguments: 0...3)
  func keeps(_ count: Int) throws {
    let expected = try undisturbed()
    try begin(count)
    #expect(try goOn() == (0..<3).map { $0 < count })
    #expect(try output() == expected)
    #expect(try directory.names() == ["out.gguf"])
  }

  @Test("makes a tensor anew that has another origin") func otherOrigin() throws {
    try begin(2)
    let writer = try writer()
    #expect(try writer.keepEarlier(0, origin: Self.origin(1)) == false)
    #expect(try writer.keepEarlier(1, origin: Self.origin(1)))
    writer.abandon()
    #expect(try directory.names() == [])
  }

  @Test("makes a tensor anew of which a bit has flipped") func flippedBit() throws {
    let expected = try undisturbed()
    for tensor in try Self.layout().tensors {
      try begin(3)
      try flip(tensor.offset + tensor.byteCount / 2, of: "out.gguf.partial")
      #expect(try goOn() == Self.layout().tensors.map { $0.name != tensor.name })
      #expect(try output() == expected)
      unlink(directory("out.gguf"))
    }
  }

  @Test("mends padding of which a bit has flipped") func flippedPadding() throws {
    let expected = try undisturbed()
    try begin(3)
    try flip(Self.layout().tensors[0].offset + 21, of: "out.gguf.partial")
    #expect(try goOn() == [true, true, true])
    #expect(try output() == expected)
  }

  @Test("never trusts a damaged journal: whatever byte of it changes, or wherever it ends")
  func damagedJournal() throws {
    let expected = try undisturbed()
    try begin(2)
    let partial = try contents(of: directory("out.gguf.partial"))
    let journal = try contents(of: directory("out.gguf.partial.journal"))
    #expect(journal.count == 24 + 3 * 88)
    let flips = stride(from: 24, to: journal.count, by: 11).map { place in
      var bytes = journal
      bytes[place] ^= 0x40
      return bytes
    }
    let cuts = stride(from: 0, to: journal.count, by: 17).map { Array(journal[..<$0]) }
    for (number, bytes) in (flips + cuts).enumerated() {
      try directory.write(partial, to: "out.gguf.partial")
      try directory.write(bytes, to: "out.gguf.partial.journal")
      let kept = try goOn()
      // The last tensor was never written, and what follows damage is not believed.
      #expect(!kept[2] && (kept[0] || !kept[1]), "\(number)")
      #expect(try output() == expected, "\(number)")
      unlink(directory("out.gguf"))
    }
  }

  @Test("begins anew what was left of another output, and says so") func anotherOutput() throws {
    try begin(2)
    let other = try writer(Self.layout("gemma"))
    #expect(!other.isResumed && other.notes.count == 1)
    #expect(other.notes.first?.contains("not used") == true)
    #expect(!other.hasEarlier(0))
    other.suspend()
    let again = try writer()
    #expect(!again.isResumed && again.notes.isEmpty)
  }

  @Test("leaves what was left alone where the output is only held") func reservation() throws {
    try begin(2)
    _ = try Reservation([directory("out.gguf")])
    #expect(try goOn() == [true, true, false])
  }

  @Test("stops reading when it is asked to") func pause() throws {
    struct Stop: Error {}
    let writer = try ModelFileWriter(
      path: directory("out.gguf"), layout: Self.layout(), resumes: true, pause: { throw Stop() })
    try Self.data()[0].withUnsafeBytes { try writer.write($0, tensor: 0, at: 0) }
    #expect(throws: Stop.self) { try writer.complete(0, origin: Self.origin(0)) }
  }

  private func flip(_ offset: Int, of name: String) throws {
    var bytes = try contents(of: directory(name))
    bytes[offset] ^= 1
    // In place: the file stays the same one.
    let handle = try #require(FileHandle(forWritingAtPath: directory(name)))
    try handle.write(contentsOf: bytes)
    try handle.close()
  }
}
