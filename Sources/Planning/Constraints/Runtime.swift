package import GGUF

/// The program that is to run a model.
package enum Runtime: String, Sendable, CaseIterable {
  /// ik_llama.cpp, which loads its own types as well.
  case ik
  /// llama.cpp, which refuses files with types of ik_llama.cpp.
  case mainline

  /// Whether the program loads files with tensors of this type.
  package func loads(_ type: TensorType) -> Bool {
    switch (self, type.support) {
    case (_, .everywhere), (.ik, .ikOnly), (.mainline, .mainlineOnly): true
    case (.ik, .mainlineOnly), (.mainline, .ikOnly): false
    }
  }

  /// Whether the program can keep keys and values in this type: `kv_cache_types` in `common/arg.cpp` of
  /// llama.cpp, `kv_cache_type_from_str` in `common/common.cpp` of ik_llama.cpp.
  package func storesKeys(as type: TensorType) -> Bool {
    switch self {
    case .ik: Self.commonKVTypes.contains(type) || [.Q6_0, .Q8_KV].contains(type)
    case .mainline: Self.commonKVTypes.contains(type)
    }
  }

  private static let commonKVTypes: [TensorType] = [
    .F32, .F16, .BF16, .Q8_0, .Q5_1, .Q5_0, .Q4_1, .Q4_0, .IQ4_NL,
  ]
}
