/// Tensors that are to have the same type, because a program fuses them or the user wants it so.
///
/// Written as `gate-up` or `qkv`, what ik_llama.cpp fuses (`-fmoe`, `--merge-qkv`), block by block; as
/// `block:regex`, the tensors of each block that match; or as `regex`, all tensors that match.
package struct Tie: Sendable, Equatable {
  /// The tie as it was written.
  package let text: String
  /// Tensors are tied that match the same pattern.
  private let patterns: [TensorPattern]
  /// Whether tensors of different blocks stay apart.
  private let isPerBlock: Bool

  /// Reads a tie. Throws where its pattern is refused.
  package init(_ text: some StringProtocol) throws(TensorPatternError) {
    let block = "block:"
    if let endings = Self.named[String(text)] {
      self.init(String(text), endings.map { TensorPattern(trusted: $0) }, isPerBlock: true)
    } else if text.hasPrefix(block) {
      let pattern = try TensorPattern(text.dropFirst(block.count))
      self.init(String(text), [pattern], isPerBlock: true)
    } else {
      self.init(String(text), [try TensorPattern(text)], isPerBlock: false)
    }
  }

  private init(_ text: String, _ patterns: [TensorPattern], isPerBlock: Bool) {
    self.text = text
    self.patterns = patterns
    self.isPerBlock = isPerBlock
  }

  /// The names that stand for ties, each with its patterns.
  private static let named = [
    "gate-up": ["", "_exps", "_shexp", "_chexps"].map { #"\.ffn_(gate|up)\#($0)\.weight$"# },
    "qkv": [#"\.attn_(q|k|v)\.weight$"#],
  ]

  /// The experts of old files that store each as a tensor of its own: programs read them as one
  /// tensor, which has one type.
  static let experts = Tie(
    "experts",
    ["gate", "down", "up"].map { TensorPattern(trusted: #"\.ffn_\#($0)\.\d+\.weight$"#) },
    isPerBlock: true)

  /// The indices of the tensors that are tied, a group at a time; only groups of two and more.
  package func groups(of names: [String]) -> [[Int]] {
    var groups: [Key: [Int]] = [:]
    for (index, name) in names.enumerated() {
      guard let pattern = patterns.firstIndex(where: { $0.matches(name) }) else { continue }
      let block = isPerBlock ? TensorRole.block(of: name) : nil
      groups[Key(pattern: pattern, block: block), default: []].append(index)
    }
    return groups.values.filter { $0.count > 1 }.sorted { $0[0] < $1[0] }
  }

  private struct Key: Hashable {
    let pattern: Int
    let block: String?
  }
}

extension Tie: CustomStringConvertible {
  package var description: String { text }
}
