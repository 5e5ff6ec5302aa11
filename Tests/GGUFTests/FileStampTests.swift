import Foundation
import GGUF
import Testing
import TestSupport

@Suite("The stamp of a file") struct FileStampTests {
  let directory = TemporaryDirectory()

  @Test("shows an edit in place whose time was set back") func edits() throws {
    let path = try directory.write([1, 2, 3], to: "file")
    let before = try FileStamp(path: path)
    #expect(try FileStamp(path: path).change(since: before) == .none)
    usleep(20_000)
    try editInPlace(path, at: 1)
    let after = try FileStamp(path: path)
    #expect(after.size == before.size && after.modified == before.modified)
    #expect(after.isSameFile(as: before) && after != before)
    #expect(after.change(since: before) == .unclear)
  }

  @Test("tells permissions and names from another file or size") func changes() throws {
    let path = try directory.write([1, 2, 3], to: "file")
    let before = try FileStamp(path: path)
    usleep(20_000)
    chmod(path, 0o600)
    #expect(try FileStamp(path: path).change(since: before) == .unclear)
    link(path, directory("name"))
    #expect(try FileStamp(path: path).change(since: before) == .unclear)
    let file = try OpenFile(reading: path)
    usleep(20_000)
    link(path, directory("another"))
    #expect(throws: FileError("rely on", path, .touched)) { try file.checkUnchanged() }
    try directory.write([1, 2, 3], to: "file")
    #expect(try FileStamp(path: path).change(since: before) == .contents)
    #expect(throws: FileError("rely on", path, .changed)) { try file.checkUnchanged() }
  }
}
