import HeapModule

/// A stretch of a word that is one unit so far: a token, or bytes that are none.
struct Symbol {
  /// The token, or nil.
  var token: Int32?
  /// Its bytes, as a range of the word's indices.
  var bytes: Range<Int>
}

/// What says which neighbours are joined, and which first.
protocol MergeTable {
  /// The token that two neighbours in `word` make, and its place in the order of merges (lower goes
  /// first); nil where they stay apart.
  func merge(
    _ left: Symbol, _ right: Symbol, in word: ArraySlice<UInt8>
  ) -> (priority: UInt32, token: Int32)?
}

/// Joins neighbours until none can be joined: always the pair of the lowest priority, of equals the
/// leftmost. Takes time O(n log n).
struct SymbolMerger {
  private struct Node {
    var symbol: Symbol
    var previous: Int?
    var next: Int?
    /// What it would make with the next node; nil where nothing, or where the node is gone.
    var merge: (priority: UInt32, token: Int32)?
  }

  private var nodes: [Node]
  /// Pairs by priority and, in the low half, the index of the left node. A pair that has changed
  /// since is left here and skipped when it comes up.
  private var queue = Heap<UInt64>()

  /// The symbols that remain of `symbols`, neighbours in `word`, when all is joined.
  static func merge(
    _ symbols: [Symbol], of word: ArraySlice<UInt8>, by table: some MergeTable
  ) -> [Symbol] {
    var merger = SymbolMerger(symbols)
    for index in symbols.indices { merger.enqueue(index, of: word, by: table) }
    while let entry = merger.queue.popMin() {
      merger.join(
        at: Int(entry & 0xFFFF_FFFF), priority: UInt32(entry >> 32), of: word, by: table)
    }
    var remaining: [Symbol] = []
    var index: Int? = symbols.isEmpty ? nil : 0
    while let current = index {
      remaining.append(merger.nodes[current].symbol)
      index = merger.nodes[current].next
    }
    return remaining
  }

  private init(_ symbols: [Symbol]) {
    nodes = symbols.enumerated().map { index, symbol in
      Node(
        symbol: symbol, previous: index > 0 ? index - 1 : nil,
        next: index + 1 < symbols.count ? index + 1 : nil)
    }
  }

  private mutating func join(
    at index: Int, priority: UInt32, of word: ArraySlice<UInt8>, by table: some MergeTable
  ) {
    guard let merge = nodes[index].merge, merge.priority == priority, let next = nodes[index].next
    else { return }
    let joined = nodes[index].symbol.bytes.lowerBound..<nodes[next].symbol.bytes.upperBound
    nodes[index].symbol = Symbol(token: merge.token, bytes: joined)
    nodes[index].next = nodes[next].next
    nodes[next].merge = nil
    if let after = nodes[next].next { nodes[after].previous = index }
    if let previous = nodes[index].previous { enqueue(previous, of: word, by: table) }
    enqueue(index, of: word, by: table)
  }

  private mutating func enqueue(
    _ index: Int, of word: ArraySlice<UInt8>, by table: some MergeTable
  ) {
    guard let next = nodes[index].next else {
      nodes[index].merge = nil
      return
    }
    let merge = table.merge(nodes[index].symbol, nodes[next].symbol, in: word)
    nodes[index].merge = merge
    if let merge { queue.insert(UInt64(merge.priority) << 32 | UInt64(index)) }
  }
}
