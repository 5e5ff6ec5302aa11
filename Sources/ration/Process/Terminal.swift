#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// A terminal that a stream goes to.
struct Terminal {
  /// How many columns a line has, at least 1.
  let columns: Int
  /// Whether a line can be drawn over again.
  let canRedraw: Bool
  /// Whether a text may have colours: `NO_COLOR` asks for none (no-color.org).
  let hasColours: Bool

  /// The terminal of a stream, or nil where it goes elsewhere. The width is what the terminal says, or else
  /// what `COLUMNS` says, or else 80.
  init?(descriptor: Int32) {
    guard isatty(descriptor) == 1 else { return nil }
    var size = winsize()
    let isKnown = ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0
    let said = Self.environment("COLUMNS").flatMap { Int($0) } ?? 0
    columns = isKnown ? Int(size.ws_col) : said > 0 ? said : 80
    canRedraw = ![nil, "", "dumb"].contains(Self.environment("TERM"))
    hasColours = canRedraw && [nil, ""].contains(Self.environment("NO_COLOR"))
  }

  private static func environment(_ name: String) -> String? {
    getenv(name).map { String(cString: $0) }
  }
}
