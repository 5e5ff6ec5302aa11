import Codecs
import KernelsC
import TestSupport
import Testing

/// Rounding with feedback, against itself at other levels and against what it promises.
@Suite("Rounding with feedback") struct FeedbackKernelTests {
  static let rows = 32

  /// Targets, a factor and scales, all seeded.
  struct Case {
    let n: Int
    var targets: [Float]
    var m: [Float]
    var d: [Float]
    var scales: [Float]
    var offsets: [Float]

    init(_ seed: UInt64, n: Int, correlated: Bool = true) {
      var random = SeededGenerator(seed: seed)
      self.n = n
      targets = (0..<n * rows).map { _ in Float.random(in: -60...60, using: &random) }
      m = (0..<n * n).map { place in
        let (i, j) = (place / n, place % n)
        return i == j
          ? 1 : i < j && correlated ? Float.random(in: -0.5...0.5, using: &random) : 0
      }
      d = (0..<n).map { _ in Float.random(in: 0.5...2, using: &random) }
      scales = (0..<rows).map {
        $0 == 3 ? 0 : ($0 % 2 == 0 ? 1 : -1) * Float.random(in: 0.8...1.2, using: &random)
      }
      offsets = (0..<rows).map { _ in Float.random(in: -3...3, using: &random) }
    }

    /// Codes and values under some levels.
    func rounded(
      _ level: String, _ levels: rk_levels
    ) throws -> (codes: [UInt8], values: [Float]) {
      var codes = [UInt8](repeating: 0, count: n * rows)
      var values = [Float](repeating: 0, count: n * rows)
      var levels = levels
      try kernels(level).feedback_codes(
        targets, Int32(n), Int32(rows), Int32(rows), m, Int32(n), d, &levels, scales, offsets,
        &codes, &values)
      return (codes, values)
    }
  }

  /// Calls `body` with each kind of levels.
  private func forEachKind(_ body: (rk_levels, _ isParity: Bool) throws -> Void) throws {
    var grid = KernelGrid.table(KernelGrid.iq4)
    var (even, odd) = (KernelGrid.half(parity: 0), KernelGrid.half(parity: 1))
    try withUnsafePointer(to: &grid) { grid in
      try body(rk_levels(grid: grid, odd: nil, low: 0, high: 0), false)
    }
    try body(rk_levels(grid: nil, odd: nil, low: -100, high: 100), false)
    try withUnsafePointer(to: &even) { even in
      try withUnsafePointer(to: &odd) { odd in
        try body(rk_levels(grid: even, odd: odd, low: 0, high: 0), true)
      }
    }
  }

  @Test("gives the same bits at every level of this machine", arguments: Kernels.levels)
  func levels(level: String) throws {
    try forEachKind { levels, _ in
      let instance = Case(7, n: 32)
      let (base, here) = (
        try instance.rounded("base", levels), try instance.rounded(level, levels)
      )
      #expect(base.codes == here.codes && base.values == here.values)
    }
  }

  @Test("without couplings takes the nearest value of each weight")
  func nearest() throws {
    let instance = Case(5, n: 16, correlated: false)
    let values = KernelGrid.iq4
    var grid = KernelGrid.table(values)
    try withUnsafePointer(to: &grid) { grid in
      let rounded = try instance.rounded(
        Kernels.level, rk_levels(grid: grid, odd: nil, low: 0, high: 0))
      for place in rounded.values.indices {
        let (scale, offset) = (
          instance.scales[place % Self.rows], instance.offsets[place % Self.rows]
        )
        guard scale != 0 else { continue }
        let least = values.map { abs(scale * $0 + offset - instance.targets[place]) }.min()!
        #expect(abs(rounded.values[place] - instance.targets[place]) <= least * 1.0001 + 1e-4)
        let code = Int(rounded.codes[place])
        #expect(rounded.values[place] == scale * values[code] + offset)
      }
    }
  }

  @Test("loses less than rounding each weight by itself")
  func gain() throws {
    try forEachKind { levels, isParity in
      let instance = Case(11, n: 32)
      var alone = instance
      alone.m = (0..<32 * 32).map { $0 / 32 == $0 % 32 ? 1 : 0 }
      let total = { (values: [Float]) in
        (4..<Self.rows).reduce(0.0) { $0 + loss(values, instance, row: $1, isParity) }
      }
      let with = total(try instance.rounded(Kernels.level, levels).values)
      let without = total(try alone.rounded(Kernels.level, levels).values)
      #expect(with < 0.8 * without)
    }
  }

  /// Σⱼ dⱼ (Σₖ≤ⱼ rₖ mₖⱼ)² of a row.
  private func loss(_ values: [Float], _ instance: Case, row: Int, _ isParity: Bool) -> Double {
    let n = instance.n
    let order = isParity ? Self.order : Array(0..<n)
    let errors = order.map {
      Double(values[$0 * Self.rows + row] - instance.targets[$0 * Self.rows + row])
    }
    return (0..<n).reduce(0) { sum, j in
      let miss = (0...j).reduce(0.0) { $0 + errors[$1] * Double(instance.m[$1 * n + j]) }
      return sum + Double(instance.d[j]) * miss * miss
    }
  }

  static let order = stride(from: 0, to: 16, by: 2).flatMap { [$0, $0 + 16, $0 + 1, $0 + 17] }

  @Test("obeys the parity of every group of four, and so does descent")
  func parity() throws {
    try forEachKind { levels, isParity in
      guard isParity else { return }
      let instance = Case(13, n: 32)
      var (codes, values) = try instance.rounded(Kernels.level, levels)
      func expectEven() {
        for row in 0..<Self.rows {
          for group in stride(from: 0, to: 32, by: 4) {
            let bits = Self.order[group..<group + 4].reduce(0) {
              $0 ^ codes[$1 * Self.rows + row]
            }
            #expect(bits.nonzeroBitCount % 2 == 0)
          }
        }
      }
      expectEven()
      descend(&codes, &values, instance, levels)
      expectEven()
    }
  }

  @Test("descent never makes a row worse, and keeps the slope right")
  func descent() throws {
    try forEachKind { levels, _ in
      let instance = Case(17, n: 32)
      var (codes, values) = try instance.rounded(Kernels.level, levels)
      let before = (0..<Self.rows).map { quadratic(values, instance, row: $0) }
      let slope = descend(&codes, &values, instance, levels)
      var lower = 0
      for row in 0..<Self.rows {
        let after = quadratic(values, instance, row: row)
        #expect(after <= before[row] * 1.0001)
        if after < 0.999 * before[row] { lower += 1 }
        let expected = Self.slope(values, instance, row: row)
        for j in 0..<32 { #expect(abs(Double(slope[j * Self.rows + row]) - expected[j]) < 0.05) }
      }
      #expect(lower > 0)
    }
  }

  /// The moments M D Mᵀ of a case, in the order of the columns.
  private static func moments(_ instance: Case) -> [Float] {
    let n = instance.n
    return (0..<n * n).map { place in
      (0..<n).reduce(Float(0)) {
        $0 + instance.m[place / n * n + $1] * instance.d[$1] * instance.m[place % n * n + $1]
      }
    }
  }

  private static func slope(_ values: [Float], _ instance: Case, row: Int) -> [Double] {
    let (n, h) = (instance.n, moments(instance))
    let errors = (0..<n).map { Double(values[$0 * rows + row] - instance.targets[$0 * rows + row]) }
    return (0..<n).map { i in (0..<n).reduce(0) { $0 + Double(h[i * n + $1]) * errors[$1] } }
  }

  private func quadratic(_ values: [Float], _ instance: Case, row: Int) -> Double {
    zip(Self.slope(values, instance, row: row), 0..<instance.n).reduce(0) {
      $0 + $1.0
        * Double(values[$1.1 * Self.rows + row] - instance.targets[$1.1 * Self.rows + row])
    }
  }

  @discardableResult
  private func descend(
    _ codes: inout [UInt8], _ values: inout [Float], _ instance: Case, _ levels: rk_levels
  ) -> [Float] {
    var slope = [Float](repeating: 0, count: 32 * Self.rows)
    for row in 0..<Self.rows {
      for (j, value) in Self.slope(values, instance, row: row).enumerated() {
        slope[j * Self.rows + row] = Float(value)
      }
    }
    var levels = levels
    Kernels.active.pointee.descend_codes(
      &slope, &values, 32, Int32(Self.rows), Int32(Self.rows), Self.moments(instance), 32,
      &levels, instance.scales, instance.offsets, &codes)
    return slope
  }
}
