extension RandomTensors {
  /// Adds queries, keys and values, and their output.
  ///
  /// - Parameter normWidths: those of the norms of queries and of keys, where there are any.
  mutating func addAttention(
    _ layer: Int, queries: Int, keys: Int, normWidths: (queries: Int, keys: Int)? = nil
  ) {
    let block = "blk.\(layer).attn"
    add("\(block)_q.weight", [TestNetwork.width, queries])
    add("\(block)_k.weight", [TestNetwork.width, keys])
    add("\(block)_v.weight", [TestNetwork.width, keys])
    addHeadNorms(layer, normWidths)
    add("\(block)_output.weight", [queries, TestNetwork.width])
  }

  /// Adds queries, keys and values in one tensor, and their output.
  mutating func addFusedAttention(
    _ layer: Int, queries: Int, keys: Int, normWidths: (queries: Int, keys: Int)
  ) {
    let block = "blk.\(layer).attn"
    add("\(block)_qkv.weight", [TestNetwork.width, queries + 2 * keys])
    addHeadNorms(layer, normWidths)
    add("\(block)_output.weight", [queries, TestNetwork.width])
  }

  private mutating func addHeadNorms(_ layer: Int, _ widths: (queries: Int, keys: Int)?) {
    guard let widths else { return }
    addNorm("blk.\(layer).attn_q_norm", widths.queries)
    addNorm("blk.\(layer).attn_k_norm", widths.keys)
  }

  /// Adds a gated network.
  ///
  /// - Parameter lastSpread: how far the weights of the last layer lie from 0; nil for the usual.
  mutating func addGated(
    _ layer: Int, suffix: String = "", hidden: Int, lastSpread: Float? = nil
  ) {
    let block = "blk.\(layer).ffn"
    add("\(block)_gate\(suffix).weight", [TestNetwork.width, hidden])
    add("\(block)_up\(suffix).weight", [TestNetwork.width, hidden])
    add("\(block)_down\(suffix).weight", [hidden, TestNetwork.width], spread: lastSpread)
  }

  /// Adds eight experts of 32 hidden features, their router, and a shared expert unless it has no features.
  mutating func addExperts(
    _ layer: Int, shared: Int = 0, hasSelectionBias: Bool = false
  ) {
    let block = "blk.\(layer)"
    add("\(block).ffn_gate_inp.weight", [TestNetwork.width, 8])
    if hasSelectionBias { add("\(block).exp_probs_b.bias", [8], spread: 0.35) }
    add("\(block).ffn_gate_exps.weight", [TestNetwork.width, 32, 8])
    add("\(block).ffn_up_exps.weight", [TestNetwork.width, 32, 8])
    add("\(block).ffn_down_exps.weight", [32, TestNetwork.width, 8])
    if shared > 0 { addGated(layer, suffix: "_shexp", hidden: shared) }
  }
}
