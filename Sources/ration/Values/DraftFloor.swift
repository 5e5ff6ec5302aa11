import ArgumentParser
import Codecs
import GGUF

/// The least type of tensors that draft, or none.
struct DraftFloor: ExpressibleByArgument {
  private static let none = "none"

  static var defaultCompletionKind: CompletionKind { .list(TypeList.names + [none]) }

  /// nil for none.
  let type: TensorType?

  init(_ type: TensorType) { self.type = type }

  init?(argument: String) {
    if argument == Self.none {
      type = nil
    } else {
      guard let type = TensorType.named(argument), Codec.of(type)?.canEncode == true else {
        return nil
      }
      self.type = type
    }
  }

  var defaultValueDescription: String { type?.name ?? Self.none }
}
