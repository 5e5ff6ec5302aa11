import Foundation

/// How reports write numbers.
enum Figures {
  /// Four significant digits, in the notation that is shorter.
  static func short(_ value: Double) -> String {
    if value.isNaN { return "no number" }
    return value.isFinite ? String(format: "%.4g", value) : "infinite"
  }

  /// Tokens a second: three significant digits, thousands set apart.
  static func rate(_ value: Double) -> String {
    guard value.isFinite else { return "infinite" }
    return value.formatted(
      .number.precision(.significantDigits(1...3)).locale(Locale(identifier: "en_US")))
  }

  /// Bits per weight.
  static func bits(_ value: Double) -> String { String(format: "%.4f", value) }

  /// Bits per weight as llama.cpp prints them in its figures of a model.
  static func threeDecimals(_ value: Double) -> String { String(format: "%.3f", value) }

  /// Bytes as llama.cpp prints the size of a model: in GiB, or in MiB where they are fewer.
  static func modelSize(_ count: Int) -> String {
    let gibibyte = 0x1p30
    return Double(count) < gibibyte
      ? String(format: "%.3f MiB", Double(count) / 0x1p20)
      : String(format: "%.3f GiB", Double(count) / gibibyte)
  }

  /// A round number beside an axis: `0.05`, `2e-4`.
  static func tick(_ value: Double) -> String {
    String(format: "%.6g", value).replacing("e-0", with: "e-").replacing("e+0", with: "e")
  }

  /// A share of one in per cent.
  static func percent(_ share: Double) -> String { String(format: "%.1f %%", 100 * share) }

  /// Bytes in the largest binary unit that they fill, and their exact number.
  static func bytes(_ count: Int) -> String {
    let exact = count.formatted(.number.grouping(.automatic).locale(Locale(identifier: "en_US")))
    return count < 1024 ? "\(exact) bytes" : "\(size(count)) (\(exact) bytes)"
  }

  /// Bytes in the largest binary unit that they fill.
  static func size(_ count: Int) -> String {
    var value = Double(count)
    for unit in ["bytes", "KiB", "MiB", "GiB"] {
      if value < 1024 {
        return String(format: unit == "bytes" ? "%.0f %@" : "%.2f %@", value, unit)
      }
      value /= 1024
    }
    return String(format: "%.2f TiB", value)
  }
}
