#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// The three streams that whoever starts a program gives it.
enum StandardStreams {
  /// Puts a stand-in in the place of each that was closed, so that no file which is opened later gets its
  /// number. What is written to the stand-in, or read from it, fails as it would on a closed stream.
  static func fillGaps() {
    for (descriptor, mode) in [(0, O_WRONLY), (1, O_RDONLY), (2, O_RDONLY)] as [(Int32, Int32)]
    where fcntl(descriptor, F_GETFD) < 0 {
      // The lowest number that is free is this one: those below are open.
      _ = open("/dev/null", mode)
    }
  }
}
