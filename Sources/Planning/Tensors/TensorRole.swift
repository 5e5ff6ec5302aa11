/// What a tensor does in a model, read from its name: `blk.12.ffn_down.weight` is the
/// `ffn_down.weight` of block 12.
package struct TensorRole: Sendable, Hashable {
  /// What precedes the block number, `blk.`; empty where there is none.
  package let prefix: String
  /// What follows the block number, `.ffn_down.weight`; the whole name where there is none.
  package let suffix: String

  /// Splits a name at its first component of digits: the role, and the digits as they stand or nil.
  package static func split(_ name: String) -> (role: TensorRole, block: String?) {
    for component in name.split(separator: ".", omittingEmptySubsequences: false) {
      let isNumber = !component.isEmpty && component.utf8.allSatisfy { (48...57).contains($0) }
      if isNumber {
        let role = TensorRole(
          prefix: String(name[..<component.startIndex]), suffix: String(name[component.endIndex...])
        )
        return (role, String(component))
      }
    }
    return (TensorRole(prefix: "", suffix: name), nil)
  }

  /// The block that a tensor belongs to, `blk.12`, or nil.
  package static func block(of name: String) -> String? {
    let (role, number) = split(name)
    return number.map { role.prefix + $0 }
  }
}

extension TensorRole: Comparable {
  package static func < (a: TensorRole, b: TensorRole) -> Bool {
    (a.prefix, a.suffix) < (b.prefix, b.suffix)
  }
}
