import GGUF
import Planning
import Reports
import Testing
import TestSupport
import Workflows

@Suite("An output that several processes write") struct ApplyShareTests {
  let bench: Workbench

  init() throws { bench = try Workbench() }

  @discardableResult
  private func apply(
    _ part: WorkPart, to name: String, firstHasTensors: Bool = true,
    _ session: Session = Session(threads: 2)
  ) throws -> String {
    try bench.apply("attn=q4_0,.*=q5_0", session) {
      $0.division = .limited(bytes: 50_000, firstHasTensors: firstHasTensors)
      $0.part = part
      $0.output = bench.directory("\(name).gguf")
    }.text
  }

  /// The files of an output, without its name.
  private func files(_ name: String) throws -> [String: [UInt8]] {
    let names = try bench.directory.names().filter { $0.hasPrefix(name) }
    return Dictionary(
      uniqueKeysWithValues: try names.map {
        (String($0.dropFirst(name.count)), try contents(of: bench.directory($0)))
      })
  }

  private static func share(_ number: Int, of count: Int) -> WorkPart {
    .share(WorkShare(number: number, of: count)!)
  }

  @Test("is the one that a single process writes", arguments: [1, 2, 3, 9], [true, false])
  func same(count: Int, firstHasTensors: Bool) throws {
    try apply(.whole, to: "one", firstHasTensors: firstHasTensors)
    for number in (1...count).reversed() {
      try apply(Self.share(number, of: count), to: "out", firstHasTensors: firstHasTensors)
    }
    let report = try apply(.finish, to: "out", firstHasTensors: firstHasTensors)
    #expect(report.contains("written, read back and verified"))
    let one = try files("one")
    #expect(one.count > 2)
    #expect(try files("out") == one)
  }

  @Test("is the same where every step is run again, at every time")
  func again() throws {
    try apply(.whole, to: "one")
    for part in [
      Self.share(1, of: 2), Self.share(1, of: 2), Self.share(2, of: 2), Self.share(1, of: 2),
    ] {
      try apply(part, to: "out")
    }
    try apply(.finish, to: "out")
    let one = try files("one")
    #expect(try files("out") == one)
    try apply(.finish, to: "out")
    try apply(Self.share(2, of: 2), to: "out")
    #expect(try files("out") == one)
  }

  @Test("is not completed before all is there, and the missing files are named")
  func missing() throws {
    try apply(Self.share(1, of: 3), to: "out")
    let error = #expect(throws: MissingFiles.self) { try apply(.finish, to: "out") }
    let there = try files("out").keys.filter { $0.hasSuffix(".record") }.count
    let missing = try #require(error)
    #expect(missing.numbers.count == missing.count - 1 - there && !missing.numbers.contains(1))
    #expect(try !files("out").keys.contains { $0.hasPrefix("-00001") })
  }

  @Test("goes on where a process was ended, to the same bytes")
  func resumes() throws {
    try apply(.whole, to: "one")
    let interruption = Interruption()
    let ending = ProgressSpy { if $0.steps >= 1 { interruption.request(signal: 15) } }
    #expect(throws: (any Error).self) {
      try apply(
        Self.share(1, of: 1), to: "out",
        Session(threads: 1, interruption: interruption, progress: ending))
    }
    try apply(Self.share(1, of: 1), to: "out")
    try apply(.finish, to: "out")
    #expect(try files("out") == files("one"))
  }

  @Test("is refused where a file is not what its record says")
  func damage() throws {
    try apply(Self.share(1, of: 1), to: "out")
    let name = try #require(files("out").keys.first { $0.hasSuffix(".gguf") })
    let path = bench.directory("out" + name)
    var bytes = try contents(of: path)
    bytes[bytes.count - 40] ^= 1
    try bench.directory.write(bytes, to: "out" + name)
    #expect(throws: (any Error).self) { try apply(.finish, to: "out") }
    #expect(try !files("out").keys.contains { $0.hasPrefix("-00001") })
  }

  @Test("is refused where the output is one file")
  func undivided() throws {
    #expect(throws: UndividedOutput.self) {
      try bench.apply(".*=q4_0") {
        $0.division = .limited(bytes: 1 << 30, firstHasTensors: true)
        $0.part = Self.share(1, of: 2)
      }
    }
  }
}
