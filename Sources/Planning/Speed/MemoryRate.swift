package import GGUF

/// How many bytes of weights a program gets through in a second, from one memory.
package enum MemoryRate: Sendable, Equatable {
  /// As many as the memory gives, whatever the type.
  case bandwidth(Double)
  /// As many as were measured for each type.
  case measured(TypeSpeeds)

  /// The bandwidth that stands for an unknown one, in bytes a second: about that of two channels of DDR5-6400.
  package static let yardstick = MemoryRate.bandwidth(100e9)

  /// Bytes a second for a type; positive.
  package func bytesPerSecond(_ type: TensorType) -> Double {
    switch self {
    case .bandwidth(let bytes): bytes
    case .measured(let speeds): speeds[type] ?? speeds.slowest
    }
  }
}
