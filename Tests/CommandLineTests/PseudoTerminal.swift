import Foundation

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// A terminal of a given width, and what a program draws on it.
final class PseudoTerminal {
  private let master: Int32
  /// What a program is given as its stream.
  let handle: FileHandle

  init(columns: Int) {
    var size = winsize(ws_row: 24, ws_col: UInt16(columns), ws_xpixel: 0, ws_ypixel: 0)
    var (one, other): (Int32, Int32) = (-1, -1)
    guard openpty(&one, &other, nil, nil, &size) == 0 else { fatalError("no pseudo terminal") }
    master = one
    handle = FileHandle(fileDescriptor: other, closeOnDealloc: true)
  }

  deinit { close(master) }

  /// What is drawn until the program that was given the handle ends.
  func drawn() -> String {
    try? handle.close()
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    // The last of the other side's owners to leave is an error here.
    while case let count = read(master, &buffer, buffer.count), count > 0 {
      bytes += buffer[..<count]
    }
    return String(decoding: bytes, as: UTF8.self).replacingOccurrences(of: "\r\n", with: "\n")
  }
}
