/// The name of one file of a split model: `PREFIX-00002-of-00005.gguf`, numbered from 1, as
/// llama.cpp's `llama_split_path` writes it.
package struct ShardName: Sendable, Equatable {
  /// The path up to the numbers.
  package let prefix: String
  /// This shard's number, from 1.
  package let number: Int
  /// Shards of the model.
  package let count: Int

  /// The name of shard `number` of `count`.
  package init(prefix: String, number: Int, count: Int) {
    self.prefix = prefix
    self.number = number
    self.count = count
  }

  /// Takes a path apart; nil where it does not name a shard.
  package init?(path: String) {
    guard
      let match = path.wholeMatch(of: /(?s)(.*)-([0-9]{5})-of-([0-9]{5})\.gguf/),
      let number = Int(match.2), let count = Int(match.3), 1...max(count, 1) ~= number
    else { return nil }
    prefix = String(match.1)
    self.number = number
    self.count = count
  }

  /// The name put together.
  package var path: String { "\(prefix)-\(Self.digits(number))-of-\(Self.digits(count)).gguf" }

  /// The name of another shard of the same model.
  package func sibling(_ number: Int) -> ShardName {
    ShardName(prefix: prefix, number: number, count: count)
  }

  private static func digits(_ number: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, 5 - digits.count)) + digits
  }
}
