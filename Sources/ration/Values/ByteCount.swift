import ArgumentParser

/// A size in bytes: `23GiB`, `900MB`, `1.5G`, `4096`.
struct ByteCount: ExpressibleByArgument {
  let bytes: Int

  /// Units by powers of 1024 (`KiB`, and `K` for short) and of 1000 (`KB`), in any capitalisation.
  private static let units: [String: Double] = [
    "": 1, "b": 1,
    "k": 0x1p10, "kib": 0x1p10, "m": 0x1p20, "mib": 0x1p20,
    "g": 0x1p30, "gib": 0x1p30, "t": 0x1p40, "tib": 0x1p40,
    "kb": 1e3, "mb": 1e6, "gb": 1e9, "tb": 1e12,
  ]

  init?(argument: String) {
    let number = argument.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
    let unit = argument.dropFirst(number.count).drop { $0 == " " }
    guard let value = Double(number), let factor = Self.units[unit.lowercased()],
      value > 0, value * factor < 0x1p53
    else { return nil }
    bytes = Int(value * factor)
  }
}
