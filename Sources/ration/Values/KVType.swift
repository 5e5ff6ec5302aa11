import ArgumentParser
import GGUF

/// A type that keys and values can be stored as.
struct KVType: ExpressibleByArgument {
  /// What ik_llama.cpp takes for `--cache-type-k` (`kv_cache_type_from_str`).
  private static let types: [TensorType] = [
    .F16, .BF16, .F32, .Q8_0, .Q6_0, .Q5_1, .Q5_0, .Q4_1, .Q4_0, .IQ4_NL, .Q8_KV,
  ]

  static var allValueStrings: [String] { types.map(\.name) }

  let type: TensorType

  init?(argument: String) {
    guard let type = TensorType.named(argument), Self.types.contains(type) else { return nil }
    self.type = type
  }
}
