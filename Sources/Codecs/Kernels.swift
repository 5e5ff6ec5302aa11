package import KernelsC

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// The instruction set that the inner loops run on, chosen once for the process.
package enum Kernels {
  /// The environment variable that forces a level: `base`, `avx2` or `avx512`.
  package static let variable = "RATION_CPU"

  /// The levels that this machine has, slowest first. All give the same bits.
  package static let levels = ["base", "avx2", "avx512"].filter { named($0) != nil }

  /// The level in use: what `RATION_CPU` names, where this machine has it, else the best.
  package static var level: String { String(cString: active.pointee.level) }

  /// The value of `RATION_CPU` where it names no level of this machine, else nil.
  package static var unavailableLevel: String? {
    guard let forced, named(forced) == nil else { return nil }
    return forced
  }

  /// The functions of that level.
  ///
  /// Unsafe only to the compiler: the tables are constants.
  package nonisolated(unsafe) static let active: UnsafePointer<rk_kernels> =
    forced.flatMap(named) ?? rk_kernels_best()

  /// Products of matrices of `bf16`, where the processor has instructions for them and `RATION_CPU` names
  /// no lower level.
  ///
  /// Unsafe only to the compiler: the table is constant.
  package nonisolated(unsafe) static let bfloat: UnsafePointer<rk_bfloat_kernels>? =
    level == "avx512" ? rk_bfloat_kernels_if_available() : nil

  static func named(_ level: String) -> UnsafePointer<rk_kernels>? { rk_kernels_named(level) }

  private static let forced = getenv(variable).map { String(cString: $0) }
}
