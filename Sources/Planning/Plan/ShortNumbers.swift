/// Numbers in the short form that sentences use.
extension Double {
  /// A positive number to two significant digits: `0.00012`, `3.4e-07`, `120.0`.
  var short: String {
    guard self > 0, isFinite else { return "\(self)" }
    var (digits, power) = (self, 0)
    while digits >= 99.5 { (digits, power) = (digits / 10, power + 1) }
    while digits < 9.95 { (digits, power) = (digits * 10, power - 1) }
    let whole = Double(Int(digits + 0.5))
    // A division by a power of ten gives the number nearest to the decimal, so it prints as one.
    return "\(power < 0 ? whole / Self.tenTo(-power) : whole * Self.tenTo(power))"
  }

  /// A number as it is, without a fraction of zero.
  var plain: String { Int(exactly: self).map(String.init) ?? "\(self)" }

  private static func tenTo(_ power: Int) -> Double {
    (0..<power).reduce(1) { product, _ in product * 10 }
  }
}

extension Int {
  /// A number of bytes in the largest unit that leaves at least one: `18 KiB`, `1.4 MiB`.
  package var shortBytes: String {
    let units = ["bytes", "KiB", "MiB", "GiB", "TiB"]
    var (value, unit) = (Double(self), 0)
    while value >= 1024, unit < units.count - 1 { (value, unit) = (value / 1024, unit + 1) }
    let tenths = Int(value * 10 + 0.5)
    let isWhole = tenths % 10 == 0 || tenths >= 100
    return "\(isWhole ? "\((tenths + 5) / 10)" : "\(tenths / 10).\(tenths % 10)") \(units[unit])"
  }
}
