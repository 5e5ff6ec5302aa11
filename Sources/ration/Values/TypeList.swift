import ArgumentParser
import Codecs
import GGUF

/// A list of types that Ration can write, divided by commas.
struct TypeList: ExpressibleByArgument {
  let types: [TensorType]

  /// The names of all types that Ration can write.
  static let names = Codec.all.filter(\.canEncode).map(\.type.name)

  init?(argument: String) {
    var types: [TensorType] = []
    for name in argument.split(separator: ",") {
      guard let type = TensorType.named(name), Codec.of(type)?.canEncode == true else {
        return nil
      }
      if !types.contains(type) { types.append(type) }
    }
    guard !types.isEmpty else { return nil }
    self.types = types
  }

  /// The last name of the list that is being typed.
  static var defaultCompletionKind: CompletionKind {
    .custom { _, _, typed in
      let complete = typed.lastIndex(of: ",").map { String(typed[...$0]) } ?? ""
      return names.map { complete + $0 }
    }
  }
}
