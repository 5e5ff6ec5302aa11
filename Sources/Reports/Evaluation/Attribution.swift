import GGUF
package import NeuralNetwork

/// What each quantized tensor of a model does by itself.
package struct Attribution: Sendable {
  /// The tensors, the one that does most first.
  package let tensors: [TensorAttribution]

  /// - Parameter tensors: in any order.
  package init(_ tensors: [TensorAttribution]) {
    self.tensors = tensors.sorted { $0.kld.value > $1.kld.value }
  }

  /// How many tensors are named in text.
  private static let named = 10

  /// The sum over all tensors, in nats per token.
  var sum: Double { tensors.reduce(0) { $0 + $1.kld.value } }

  /// The tensors that do most, and the sum of all.
  ///
  /// - Parameter whole: the mean KLD of the quantized model.
  func table(whole: Double) -> TextTable {
    var table = TextTable([.left("alone"), .left("type"), .left("mean KLD"), .right("of the sum")])
    let sum = sum
    func share(_ kld: Double) -> String { sum > 0 ? Figures.percent(kld / sum) : "–" }
    for tensor in tensors.prefix(Self.named) {
      table.add([
        .left(tensor.tensor.name), .left(tensor.tensor.type.name), .left(tensor.kld.figure),
        .right(share(tensor.kld.value)),
      ])
    }
    let rest = tensors.dropFirst(Self.named)
    if !rest.isEmpty {
      let kld = rest.reduce(0) { $0 + $1.kld.value }
      table.add([
        .left("\(rest.count) others"), .left(""), .left(Figures.short(kld)), .right(share(kld)),
      ])
    }
    let ratio = whole > 0 ? ", \(Figures.short(sum / whole)) × the model's" : ""
    table.add([.left("sum"), .left(""), .left(Figures.short(sum) + ratio), .right(share(sum))])
    return table
  }

  /// The figures for programs, the tensor that does most first.
  struct Document: Encodable {
    let sum: Double
    let tensors: [Tensor]

    init(_ attribution: Attribution) {
      sum = attribution.sum
      tensors = attribution.tensors.map(Tensor.init)
    }

    struct Tensor: Encodable {
      let name: String
      let type: String
      let kld: Evaluation.Figure

      init(_ attribution: TensorAttribution) {
        name = attribution.tensor.name
        type = attribution.tensor.type.name
        kld = Evaluation.Figure(attribution.kld)
      }
    }
  }
}
