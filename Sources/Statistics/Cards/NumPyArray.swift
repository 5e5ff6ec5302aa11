/// A file of NumPy's, `.npy`: an array with its type and shape. The layout is that of NumPy's `numpy.lib.format`:
///
///     offset  0   93 4E 55 4D 50 59
///     offset  6   version, 2 bytes: 1, 2 or 3, and 0
///     offset  8   length of the header, 2 bytes; 4 bytes from version 2 on
///     then        a dictionary of Python: descr, fortran_order, shape
///     then        the elements, the last dimension fastest
struct NumPyArray {
  /// The type of the elements, as NumPy spells it: `<f4` for floats, `|u1` for bytes.
  let type: Substring
  /// Slowest dimension first.
  let shape: [Int]
  /// The bytes of the elements.
  let bytes: ArraySlice<UInt8>

  /// The array of a file; nil where it is none, or one whose first dimension is the fastest.
  init?(_ file: [UInt8]) {
    guard file.count >= 12, file.starts(with: [0x93, 0x4E, 0x55, 0x4D, 0x50, 0x59]),
      1...3 ~= file[6], file[7] == 0
    else { return nil }
    let isLong = file[6] > 1
    let start = isLong ? 12 : 10
    let length = file[8..<start].reversed().reduce(0) { $0 << 8 | Int($1) }
    guard length <= file.count - start else { return nil }
    let header = String(decoding: file[start..<start + length], as: UTF8.self)
    guard let type = header.firstMatch(of: /'descr': *'([^']*)'/)?.1,
      header.contains(/'fortran_order': *False/),
      let list = header.firstMatch(of: /'shape': *\(([0-9, ]*)\)/)?.1
    else { return nil }
    let sizes = list.split(whereSeparator: { $0 == "," || $0 == " " })
    let shape = sizes.compactMap { Int($0) }
    guard shape.count == sizes.count else { return nil }
    var count = Self.size(of: type)
    for dimension in shape {
      let (product, overflow) = (count ?? 0).multipliedReportingOverflow(by: dimension)
      count = overflow ? nil : product
    }
    bytes = file[(start + length)...]
    guard count == bytes.count else { return nil }
    self.type = type
    self.shape = shape
  }

  /// The elements as floats; nil where they are something else.
  var floats: [Float]? { type == "<f4" ? [Float](littleEndian: Array(bytes)) : nil }

  private static func size(of type: Substring) -> Int? {
    switch type {
    case "<f4": 4
    case "|u1": 1
    default: nil
    }
  }
}
