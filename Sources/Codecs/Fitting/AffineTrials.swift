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

  /// Per trial the sums over nearest codes.
  func moments(_ block: WeightedBlock, codes: ClosedRange<Int>) -> AffineMoments {
    var moments = AffineMoments()
    withLanes(scales, offsets) { scales, offsets in
      moments.wq.withPointer { wq in
        moments.wqq.withPointer { wqq in
          moments.wxq.withPointer { wxq in
            Kernels.active.pointee.affine_moments(
              block.x, block.w, Int32(block.count), Float(codes.lowerBound),
              Float(codes.upperBound), scales, offsets, wq, wqq, wxq)
          }
        }
      }
    }
    return moments
  }

  /// Per trial Σ w (x − decoded)² over nearest codes.
  func errors(_ block: WeightedBlock, codes: ClosedRange<Int>) -> Lanes {
    var errors = Lanes()
    withLanes(scales, offsets) { scales, offsets in
      errors.withPointer { errors in
        Kernels.active.pointee.affine_errors(
          block.x, block.w, Int32(block.count), Float(codes.lowerBound), Float(codes.upperBound),
          scales, offsets, errors)
      }
    }
    return errors
  }
}

/// Σ w q, Σ w q², Σ w x q of sixteen trials.
struct AffineMoments {
  var wq = Lanes()
  var wqq = Lanes()
  var wxq = Lanes()
}
