/// Finds scales and offsets of affine blocks, minimising Σ w (x − decoded)².
enum AffineFit {
  /// The best scale and offset of a block alone.
  ///
  /// A fan of sixteen trials spreads the codes over the block's range, from a little wider to
  /// clipped at both ends; each is improved three times by choosing nearest codes and solving for
  /// scale and offset by least squares.
  ///
  /// - Parameter offsetAtMostZero: whether the type can only subtract.
  static func ideal(_ block: WeightedBlock, high: Int, offsetAtMostZero: Bool) -> AffineBlock {
    let sums = Sums(block)
    var low = block.x[0]
    var top = block.x[0]
    for j in 1..<block.count {
      low = min(low, block.x[j])
      top = max(top, block.x[j])
    }
    if offsetAtMostZero { low = min(low, 0) }
    guard top > low else {
      return AffineBlock(scale: 0, offset: offsetAtMostZero ? min(low, 0) : low)
    }
    var trials = AffineTrials()
    let range = top - low
    for lane in 0..<16 {
      // Coarser grids gain more by clipping.
      let clip = (Float(lane / 4) * 0.5 - 0.25) / Float(high)
      let slack = Float(lane % 4) * 0.6 - 0.9
      trials.scales[lane] = range * (1 - 2 * clip) / (Float(high) + slack)
      trials.offsets[lane] = low + range * clip
      if offsetAtMostZero { trials.offsets[lane] = min(trials.offsets[lane], 0) }
    }
    var best = (block: AffineBlock(), explained: -Double.infinity)
    for _ in 0..<3 {
      let moments = trials.moments(block, codes: 0...high)
      for lane in 0..<16 {
        let solution = sums.solve(moments, lane, offsetAtMostZero: offsetAtMostZero)
        trials.scales[lane] = solution.block.scale
        trials.offsets[lane] = solution.block.offset
        if solution.explained > best.explained { best = solution }
      }
    }
    return best.block
  }

  /// The sums of a block that do not depend on codes.
  private struct Sums {
    var w = 0.0
    var wx = 0.0

    init(_ block: WeightedBlock) {
      for j in 0..<block.count {
        w += Double(block.w[j])
        wx += Double(block.w[j]) * Double(block.x[j])
      }
    }

    /// Least squares for scale and offset with the codes of one trial kept, and the energy that the
    /// solution explains: Σwx² less the error.
    func solve(
      _ moments: AffineMoments, _ lane: Int, offsetAtMostZero: Bool
    ) -> (block: AffineBlock, explained: Double) {
      let wq = Double(moments.wq[lane])
      let wqq = Double(moments.wqq[lane])
      let wxq = Double(moments.wxq[lane])
      let determinant = w * wqq - wq * wq
      if determinant > 1e-9 * w * wqq {
        let scale = (w * wxq - wx * wq) / determinant
        let offset = (wqq * wx - wq * wxq) / determinant
        if scale > 0, !(offsetAtMostZero && offset > 0) {
          return (
            AffineBlock(scale: Float(scale), offset: Float(offset)), scale * wxq + offset * wx
          )
        }
      }
      let scale = wqq > 0 ? max(wxq / wqq, 0) : 0
      return (AffineBlock(scale: Float(scale), offset: 0), scale * wxq)
    }
  }
}
