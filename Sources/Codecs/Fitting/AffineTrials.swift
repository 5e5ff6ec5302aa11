import KernelsC

/// The reconstruction x ≈ scale × code + offset of a block.
struct AffineBlock {
  var scale: Float = 0
  var offset: Float = 0

  /// The nearest codes, counted from the lowest of the range.
  func codes(
    _ block: WeightedBlock, range: ClosedRange<Int>, into codes: UnsafeMutablePointer<UInt8>
  ) {
    Kernels.active.pointee.affine_codes(
      block.x, Int32(block.count), Float(range.lowerBound), Float(range.upperBound), scale, offset,
      codes)
  }
}

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
  func choice(_ block: WeightedBlock, codes: ClosedRange<Int>) -> rk_choice {
    withLanes(scales, offsets) { scales, offsets in
      Kernels.active.pointee.affine_choice(
        block.x, block.w, Int32(block.count), Float(codes.lowerBound), Float(codes.upperBound),
        scales, offsets)
    }
  }
}
