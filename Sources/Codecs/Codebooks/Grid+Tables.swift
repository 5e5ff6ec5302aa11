/// The grids of the non-linear types, from the format's published constants: `kvalues_iq4nl`
/// (llama.cpp), `iq2nl_values`, `iq3nl_values`,
/// `iq4k_values`, `iq5nl_values`, and for IQ6_K the cubic that its
/// decoder evaluates (ik_llama.cpp, `iqk_quantize.cpp`).
extension Grid {
  static let iq2nl = Grid([-31, -13, 1, 17], shift: 5)

  static let iq3nl = Grid([-63, -40, -23, -10, 1, 13, 28, 47], shift: 4)

  static let iq4nl = Grid(iq4)

  static let iq4k = Grid(iq4, shift: 4)

  /// The magnitudes of the unshifted grid, which are all different.
  static let iq4kMagnitudes = Grid(iq4.map { abs($0) }.sorted())

  private static let iq4: [Float] = [
    -127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113,
  ]

  static let iq5nl = Grid(
    [
      -126, -114, -103, -92, -83, -74, -65, -57, -50, -43, -36, -30, -24, -18, -12, -6,
      -1, 5, 11, 17, 23, 29, 36, 43, 51, 59, 68, 77, 87, 97, 109, 121,
    ], shift: 2)

  /// value = −127 + q(6.2568 + q(−0.11218 + 0.0011972 q)), in single precision, in this order.
  static let iq6nl = Grid(
    (0..<64).map { code in
      let q = Float(code)
      let inner: Float = -0.11218 + q * 0.0011972
      return -127 + q * (6.2568 + q * inner)
    }, shift: 1)
}
