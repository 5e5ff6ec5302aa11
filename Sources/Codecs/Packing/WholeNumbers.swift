/// The values of codes that stand for themselves.
enum WholeNumbers {
  /// 0 … 127, −128 … 255.
  // Unsafe only to the compiler: written once, here, and never freed.
  nonisolated(unsafe) private static let table: UnsafePointer<Float> = {
    let table = UnsafeMutablePointer<Float>.allocate(capacity: 512)
    for index in 0..<512 { table[index] = Float(index < 128 ? index : index - 256) }
    return UnsafePointer(table)
  }()

  /// The values of bytes in two's complement.
  static var signedBytes: UnsafePointer<Float> { table }

  /// The values of codes of which 0 stands for `first`, from −128 to 0.
  static func from(_ first: Int) -> UnsafePointer<Float> { table + 256 + first }
}
