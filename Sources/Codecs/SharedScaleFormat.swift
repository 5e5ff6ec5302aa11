import GGUF

/// A type whose weights are scale × level × value(code): see `SharedScaleScheme`. The conforming
/// type says where the bits go; the search is shared.
protocol SharedScaleFormat: RowFormat {
  static var scheme: SharedScaleScheme { get }

  /// Writes one block of the type's geometry (32 or 256 weights).
  ///
  /// - Parameters:
  ///   - blocks: the levels, shifts and codes of its blocks.
  ///   - scale: the bits of its own half-precision scale; meaningless where the row holds the scale.
  ///   - bytes: `type.bytesPerBlock` zero bytes.
  static func pack(_ blocks: FittedBlocks, scale: UInt16, into bytes: UnsafeMutableRawPointer)
}

extension SharedScaleFormat {
  static func encode(
    _ weights: UnsafeBufferPointer<Float>, importance: UnsafeBufferPointer<Float>?,
    into bytes: UnsafeMutableRawPointer
  ) {
    let row = NormalizedRow(weights, importance: importance)
    let size = scheme.blockSize
    let perUnit = type.weightsPerBlock
    let units = weights.count / perUnit
    bytes.initializeMemory(
      as: UInt8.self, repeating: 0, count: type.rowHeaderBytes + units * type.bytesPerBlock)
    let body = bytes + type.rowHeaderBytes
    switch scheme.scope {
    case .block, .superblock:
      var fit = SharedScaleFit(scheme, blocks: perUnit / size)
      for unit in 0..<units {
        let blocks = fit.fit(row, start: unit * perUnit, blocks: perUnit / size)
        pack(blocks, scale: row.halfBits(blocks.scale), into: body + unit * type.bytesPerBlock)
      }
    case .row(let half):
      var fit = SharedScaleFit(scheme, blocks: weights.count / size)
      let blocks = fit.fit(row, start: 0, blocks: weights.count / size)
      if half {
        bytes.storeBytes(of: row.halfBits(blocks.scale).littleEndian, as: UInt16.self)
      } else {
        let largest = (0..<weights.count / size).reduce(0) { max($0, abs(Int(blocks.levels[$1]))) }
        let scale = row.original(
          blocks.scale, times: Float(largest) * (scheme.quantizer.extreme + scheme.quantizer.shift))
        bytes.storeBytes(of: scale.bitPattern.littleEndian, as: UInt32.self)
      }
      for unit in 0..<units {
        let unitBlocks = blocks.dropFirst(unit * perUnit / size, blockSize: size)
        pack(unitBlocks, scale: 0, into: body + unit * type.bytesPerBlock)
      }
    }
  }
}
