import GGUF
import Reports

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// A stream that the program prints to.
struct Output: Sendable {
  static let standard = Output(descriptor: 1)
  static let error = Output(descriptor: 2)

  private let descriptor: Int32

  private init(descriptor: Int32) { self.descriptor = descriptor }

  /// The terminal that the stream goes to, or nil.
  var terminal: Terminal? { Terminal(descriptor: descriptor) }

  /// Writes a text whole. One whose reader has left is dropped.
  func write(_ text: String) { try? writeAll(text) }

  /// Writes a text whole. Characters that could disturb a terminal are escaped, wherever they come from.
  ///
  /// - Throws: `OutputError`, unless the reader has left.
  func writeAll(_ text: String) throws { try send(text.printable) }

  /// Writes a report, with tables that fit the terminal and a map in its colours where it goes to one.
  ///
  /// - Throws: `OutputError`, unless the reader has left.
  func writeAll(_ report: some TextReport) throws {
    let terminal = terminal
    try writeAll(report.text(columns: terminal?.columns))
    guard let map = report.heatMap else { return }
    let colours = terminal?.hasColours == true ? MapColours.palette : .none
    // The map escapes what it has from files; its colours are to reach the terminal.
    try send("\n" + map.text(columns: terminal?.columns, colours: colours))
  }

  /// Writes a report in words, or as JSON.
  ///
  /// - Throws: `OutputError`, unless the reader has left.
  func print(_ report: some Report, asJSON: Bool) throws {
    if asJSON { try writeAll(try report.json()) } else { try writeAll(report) }
  }

  /// Puts a line of progress in the place of the last one; nothing removes it. Never throws.
  func draw(_ line: String) { try? send("\r\u{1B}[K" + line.printable) }

  private func send(_ text: String) throws {
    var bytes = Array(text.utf8)[...]
    while !bytes.isEmpty {
      let count = bytes.withUnsafeBytes {
        #if canImport(Darwin)
          Darwin.write(descriptor, $0.baseAddress, $0.count)
        #else
          Glibc.write(descriptor, $0.baseAddress, $0.count)
        #endif
      }
      if count < 0 {
        if errno == EINTR { continue }
        // Nobody reads any more, as with `| head`: not a failure of ours.
        if errno == EPIPE { return }
        throw OutputError(reason: String(cString: strerror(errno)))
      }
      bytes = bytes.dropFirst(count)
    }
  }
}

/// Standard output could not be written.
struct OutputError: ClassifiedError {
  let reason: String
  var kind: ErrorKind { .inputOutput }
  var description: String { "cannot write to standard output: \(reason)" }
}
