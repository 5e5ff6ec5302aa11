import KernelsC

/// Sixteen scales and offsets tried side by side.
struct AffineTrials {
  var scales = Lanes()
  var offsets = Lanes()

  subscript(lane: Int) -> AffineBlock {
    get { AffineBlock(scale: scales[lane], offset: offsets[lane]) }
    set {
      scales[lane] = newValue.scale
      offsets[lane] = newValue.offset
    }
  }

  /// The trial of least Σ w (x − decoded)² over nearest codes.
  func choice(_ block: WeightedBlock, codes: ClosedRange<Int>) -> BestTrial {
    withLanes(scales, offsets) { scales, offsets in
      BestTrial(
        Kernels.active.pointee.affine_choice(
          block.x, block.w, Int32(block.count), Float(codes.lowerBound), Float(codes.upperBound),
          scales, offsets))
    }
  }
}
