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
}
