import GGUF

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

  /// Whether a person watches.
  var isTerminal: Bool { isatty(descriptor) == 1 }

  /// Writes a text whole. One whose reader has left is dropped.
  func write(_ text: String) { try? writeAll(text) }

  /// Writes a text whole.
  ///
  /// - Throws: `OutputError`, unless the reader has left.
  func writeAll(_ text: String) throws {
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
