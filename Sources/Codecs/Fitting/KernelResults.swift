import KernelsC

/// The trial that loses least, the first of equals, and what it loses.
struct BestTrial {
  let lane: Int
  let error: Float

  init(_ choice: rk_choice) {
    lane = Int(choice.lane)
    error = choice.error
  }
}

/// The scale at which a block would lose least, and what a squared deviation from it costs.
struct IdealScale {
  let scale: Float
  let cost: Float

  /// The ideal scale of a block of zeros.
  static let zero = IdealScale(rk_ideal())

  init(_ ideal: rk_ideal) {
    scale = ideal.scale
    cost = ideal.cost
  }
}

/// Range, largest magnitude and sums of a block's weights x and importances w.
struct BlockSummary {
  /// The summary as kernels take it.
  let sums: rk_summary

  init(_ sums: rk_summary) { self.sums = sums }

  /// The smallest and the largest x.
  var low: Float { sums.low }
  var high: Float { sums.high }
  /// The largest |x|.
  var magnitude: Float { sums.magnitude }
  /// Σ w.
  var w: Float { sums.w }
  /// Σ w x.
  var wx: Float { sums.wx }
}

/// What a search for a block's seeds found.
struct FoundSeeds {
  /// The number of the scale, and the error at it.
  let scale: Int
  let error: Float
  /// Σ w x v and Σ w v² of the seeds' values v.
  let wxv: Float
  let wvv: Float

  init(_ found: rk_found) {
    scale = Int(found.scale)
    error = found.error
    wxv = found.wxv
    wvv = found.wvv
  }
}
