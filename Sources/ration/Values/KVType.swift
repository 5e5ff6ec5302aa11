import ArgumentParser
import GGUF
import Planning

/// A type that a program can store keys and values as; whether `--runtime` does, the plan asks.
struct KVType: ExpressibleByArgument {
  private static let types = TensorType.all.filter { type in
    Runtime.allCases.contains { $0.storesKeys(as: type) }
  }

  static var allValueStrings: [String] { types.map(\.name) }

  let type: TensorType

  init?(argument: String) {
    guard let type = TensorType.named(argument), Self.types.contains(type) else { return nil }
    self.type = type
  }
}
