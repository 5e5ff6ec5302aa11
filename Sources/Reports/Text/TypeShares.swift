package import GGUF

/// How many tensors, weights and bytes of a file each type has.
package struct TypeShares: Sendable {
  /// One type.
  struct Share: Sendable {
    let type: TensorType
    var tensors = 0
    var bytes = 0
    var elements = 0

    /// 8 × bytes ÷ weights, row headers included.
    var bitsPerWeight: Double { BitsPerWeight.of(bytes: bytes, weights: elements) }
  }

  private var shares: [TensorType: Share] = [:]

  /// No tensor yet.
  package init() {}

  /// Counts a tensor.
  package mutating func add(_ type: TensorType, bytes: Int, elements: Int) {
    var share = shares[type] ?? Share(type: type)
    share.tensors += 1
    share.bytes += bytes
    share.elements += elements
    shares[type] = share
  }

  /// The type of most bytes first.
  var sorted: [Share] {
    shares.values.sorted { ($1.bytes, $0.type.id) < ($0.bytes, $1.type.id) }
  }

  /// The share of a type in the bytes of all.
  func part(_ share: Share) -> Double {
    Double(share.bytes) / Double(max(shares.values.reduce(0) { $0 + $1.bytes }, 1))
  }

  /// A line for each type.
  func text(columns: Int?) -> String {
    var table = TextTable([
      .left("type"), .right("tensors"), .right("bytes"), .right("bpw"), .right("share"),
    ])
    for share in sorted {
      table.add([
        .left(share.type.name), .right("\(share.tensors)"), .right(Figures.size(share.bytes)),
        .right(Figures.bits(share.bitsPerWeight)), .right(Figures.percent(part(share))),
      ])
    }
    return table.text(columns: columns)
  }
}
