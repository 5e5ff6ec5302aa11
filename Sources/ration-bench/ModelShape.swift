/// The matrices of a kind of model, by their names, rows and columns.
struct ModelShape {
  let name: String
  let tensors: [(name: String, rows: Int, columns: Int)]

  /// - Parameters:
  ///   - width: of the hidden state.
  ///   - query, key: rows of the attention's matrices.
  ///   - inner: width of the feed-forward part, of one expert where there are some.
  ///   - experts: how many; 0 for a dense model.
  init(
    _ name: String, layers: Int, width: Int, query: Int, key: Int, inner: Int, experts: Int,
    vocabulary: Int
  ) {
    self.name = name
    let attention = [
      ("attn_q", query, width), ("attn_k", key, width), ("attn_v", key, width),
      ("attn_output", width, query),
    ]
    let dense = [
      ("ffn_gate", inner, width), ("ffn_up", inner, width), ("ffn_down", width, inner),
    ]
    let routed = dense.map { ($0.0 + "_exps", $0.1 * experts, $0.2) }
    let shared = dense.map { ($0.0 + "_shexp", $0.1, $0.2) }
    let block = attention + (experts == 0 ? dense : routed + shared)
    let blocks = (0..<layers).flatMap { layer in
      block.map { (name: "blk.\(layer).\($0.0).weight", rows: $0.1, columns: $0.2) }
    }
    tensors =
      [("token_embd.weight", vocabulary, width), ("output.weight", vocabulary, width)] + blocks
  }

  static let all = [
    ModelShape(
      "4b dense", layers: 36, width: 2560, query: 4096, key: 1024, inner: 9728, experts: 0,
      vocabulary: 151_936),
    ModelShape(
      "32b dense", layers: 64, width: 5120, query: 8192, key: 1024, inner: 25_600, experts: 0,
      vocabulary: 151_936),
    ModelShape(
      "355b experts", layers: 92, width: 5120, query: 12_288, key: 1024, inner: 1536, experts: 160,
      vocabulary: 151_552),
    ModelShape(
      "1200 tensors", layers: 120, width: 4096, query: 8192, key: 1024, inner: 2048, experts: 128,
      vocabulary: 128_000),
  ]
}
