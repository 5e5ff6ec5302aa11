import Foundation
import GGUF
import Testing
import TestSupport

@Suite("An output that is held") struct ReservationTests {
  let directory = TemporaryDirectory()
  var path: String { directory("out") }

  @Test("is refused to others, with --force too, until it is let go of") func others() throws {
    do {
      let reservation = try Reservation([path])
      for overwrite in [false, true] {
        #expect(throws: ConflictError.locked(path)) {
          try Reservation([path], overwrite: overwrite)
        }
        #expect(throws: ConflictError.locked(path)) {
          try WholeFile.write([1], to: path, overwrite: overwrite)
        }
      }
      withExtendedLifetime(reservation) {}
    }
    #expect(try directory.names().isEmpty)
    try WholeFile.write([1], to: path)
    #expect(try contents(of: path) == [1])
  }

  @Test("leaves nothing behind when it is not written") func leftovers() throws {
    _ = try Reservation([path])
    #expect(try directory.names().isEmpty)
    // Nor what a process that was killed while it held the output has left.
    try directory.write([], to: "out.partial.journal")
    _ = try Reservation([path])
    #expect(try directory.names().isEmpty)
  }

  @Test("is one that may be written: its name is free and its folder is there") func places() throws
  {
    let taken = try directory.write([1], to: "taken")
    #expect(throws: ConflictError.exists(taken)) { try Reservation([taken]) }
    _ = try Reservation([taken], overwrite: true)
    #expect(try contents(of: taken) == [1])
    let error = #expect(throws: FileError.self) { try Reservation([directory("missing/out")]) }
    #expect(error?.reason == .system(ENOENT) && error?.kind == .inputOutput)
    #expect(try directory.names() == ["taken"])
  }

  @Test("is not written where something has appeared under its name") func appearance() throws {
    let reservation = try Reservation([path])
    try directory.write([9], to: "out")
    #expect(throws: ConflictError.exists(path)) { try WholeFile.write([1], to: reservation) }
    #expect(try contents(of: path) == [9])
    #expect(try directory.names() == ["out"])
  }

  @Test("keeps others from its further files, too") func furtherFiles() throws {
    let layout = try FileLayout(metadata: Metadata(), tensors: [("t", [1], .F32)])
    let paths = [directory("a"), directory("b")]
    let writer = try ModelFileWriter([layout, layout], to: Reservation(paths))
    #expect(throws: ConflictError.locked(paths[1])) { try Reservation([paths[1]]) }
    writer.abandon()
    #expect(try directory.names().isEmpty)
  }
}
