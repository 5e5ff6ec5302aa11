import GGUF
import Planning

extension PlanReport {
  /// How the memory is filled; nothing for a plan that counts bits or a file.
  func memoryTable(_ columns: Int?) -> String {
    let isMemory = context != nil || plan.pools.contains { $0.pool != nil }
    guard isMemory else { return "" }
    let kept = context?.bytes ?? 0
    var table = TextTable(
      [.left("memory"), .right("budget"), .right("weights")]
        + (context == nil ? [] : [.right("KV cache"), .right("compute buffer")])
        + [.right("left")])
    for (number, pool) in plan.pools.enumerated() {
      let weights = pool.bytes - (number == 0 ? kept : 0)
      let beside: [TextTable.Cell] =
        context.map { context in
          [context.cache.bytes, context.buffer.bytes].map {
            .right(number == 0 ? Figures.size($0) : "–")
          }
        } ?? []
      table.add(
        [
          .left(pool.pool ?? "all"), .right(Figures.size(pool.budget)),
          .right(Figures.size(weights)),
        ] + beside + [.right(Figures.size(pool.budget - pool.bytes))])
    }
    return table.text(columns: columns) + (context?.sentence ?? "")
  }
}

extension ContextMemory {
  /// The arithmetic.
  fileprivate var sentence: String {
    let states =
      cache.states.blocks > 0
      ? "; states of \(cache.states.blocks) blocks: \(Figures.size(cache.states.bytes))" : ""
    return "KV cache: \(cache.context) tokens in \(cache.blocks) blocks, \(cache.type)\(states); "
      + "compute buffer: estimated for batches of \(ComputeBuffer.batch) tokens\n"
  }
}
