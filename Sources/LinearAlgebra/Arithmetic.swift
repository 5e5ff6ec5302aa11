import Codecs

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Foundation
#endif

/// How a network multiplies matrices.
package enum Arithmetic: Sendable {
  /// In floats.
  case float
  /// Weights, inputs and gradients are rounded to block floating point and multiplied as integers: faster, off by
  /// about 2⁻¹³ of the largest of 64 neighbours. Attention multiplies in floats.
  case blockFloat
  /// Weights that `bf16` holds exactly are multiplied with inputs, and gradients, that are rounded to
  /// `bf16`, and summed in floats, off by about 2⁻⁹ of each input. Other weights, and all on processors without
  /// instructions for it, as with `blockFloat`.
  case bfloat

  /// Whether this machine has instructions that multiply `bf16`.
  package static var hasBFloat: Bool { Kernels.bfloat != nil }

  /// Whether weights that `bf16` holds exactly are multiplied so here.
  package var multipliesBFloat: Bool { self == .bfloat && Self.hasBFloat }

  /// All that the last bits of a network's numbers depend on here beside the model, the text and the version
  /// of this program: whether products are of `bf16`, the level of the kernels, the library that multiplies
  /// matrices with the loops that it has chosen for the processor, and the library that has cosines.
  package var fingerprint: String {
    let products =
      switch self {
      case .float: "float"
      case .bfloat where multipliesBFloat: "bf16"
      case .blockFloat, .bfloat: "block float"
      }
    return "\(products), \(Kernels.level), \(ProductLibrary.description), \(Self.mathLibrary)"
  }

  private static var mathLibrary: String {
    #if canImport(Glibc)
      var name = [CChar](repeating: 0, count: 64)
      confstr(Int32(_CS_GNU_LIBC_VERSION), &name, name.count)
      return name.withUnsafeBufferPointer { String(cString: $0.baseAddress!) }
    #else
      return ProcessInfo.processInfo.operatingSystemVersionString
    #endif
  }
}
