import GGUF
package import KernelsC

/// Units of a prepared row whose weights somebody else rounds: rounding with feedback takes scale and offset of a unit
/// from here, and chooses the codes itself.
extension RowEncoder {
  /// The values of which each weight takes one by itself; nil where weights are chosen in groups, as entries of a
  /// codebook or of a trellis.
  package var levels: UnsafePointer<rk_levels>? { encoding.levels }

  /// Chooses what a unit has of its own, such as its level, and its codes, for a target that may have been
  /// corrected since. The row's bytes stay as they are until `write`.
  ///
  /// - Parameter target: as `round` takes it.
  package func choose(_ unit: Int, for target: UnsafeBufferPointer<Float>) {
    precondition(target.count == unitColumns, "a unit of another row")
    encoding.choose(unit, for: target)
  }

  /// What a unit makes of a value of the levels: weight = scale × value + offset.
  ///
  /// - Precondition: There are `levels`.
  package func scaling(of unit: Int) -> (scale: Float, offset: Float) {
    encoding.scaling(of: unit)
  }

  /// Takes other codes for a unit, counted from the least value.
  ///
  /// - Precondition: There are `levels`.
  /// - Parameters:
  ///   - codes: as many as the columns of a unit; under a constraint on codes, such as obey it.
  ///   - stride: from the code of a weight to that of the next.
  package func setCodes(of unit: Int, to codes: UnsafePointer<UInt8>, stride: Int) {
    encoding.setCodes(of: unit, to: codes, stride: stride)
  }

  /// Writes the bytes of the prepared row with all that was chosen since.
  package func write(into row: UnsafeMutableRawBufferPointer) {
    precondition(row.count == codec.type.rowBytes(columns: columns), "room of another size")
    guard let bytes = row.baseAddress else { return }
    encoding.write(into: bytes)
  }
}
