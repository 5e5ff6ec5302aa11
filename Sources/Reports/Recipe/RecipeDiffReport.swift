package import GGUF
import Measurement
package import Statistics

/// The tensors of a model that two recipes give different types, to be shown.
package struct RecipeDiffReport: RecordReport {
  package static let schema = Schema.recipeDiff

  /// A tensor under one of the recipes.
  package struct Side: Sendable {
    package let type: TensorType
    package let bytes: Int
    /// The predicted loss, and its variance.
    package let loss: Double
    package let variance: Double

    package init(type: TensorType, bytes: Int, loss: Double, variance: Double) {
      self.type = type
      self.bytes = bytes
      self.loss = loss
      self.variance = variance
    }

    /// The standard error of `loss`.
    package var standardError: Double { variance.squareRoot() }
  }

  /// A tensor under both.
  package struct Tensor: Sendable {
    package let name: String
    package let a: Side
    package let b: Side

    package init(name: String, a: Side, b: Side) {
      self.name = name
      self.a = a
      self.b = b
    }
  }

  /// All tensors under one of the recipes.
  package struct Total: Sendable, Equatable {
    /// The exact bytes of the file.
    package let fileBytes: Int
    /// 8 × bytes of all tensors ÷ weights of all tensors.
    package let bitsPerWeight: Double
    package let loss: Double
    package let standardError: Double

    package init(fileBytes: Int, bitsPerWeight: Double, loss: Double, standardError: Double) {
      self.fileBytes = fileBytes
      self.bitsPerWeight = bitsPerWeight
      self.loss = loss
      self.standardError = standardError
    }
  }

  /// The tensors whose types differ, in the order of the model.
  package let changed: [Tensor]
  package let totalA: Total
  package let totalB: Total
  package let unit: LossUnit

  /// A report of the recipes over `tensors`, all of the model.
  package init(
    tensors: [Tensor], fileBytes: (a: Int, b: Int), bitsPerWeight: (a: Double, b: Double),
    unit: LossUnit
  ) {
    changed = tensors.filter { $0.a.type != $0.b.type }
    func total(_ side: KeyPath<Tensor, Side>, _ fileBytes: Int, _ bitsPerWeight: Double) -> Total {
      let sides = tensors.map { $0[keyPath: side] }
      return Total(
        fileBytes: fileBytes, bitsPerWeight: bitsPerWeight,
        loss: sides.reduce(0) { $0 + $1.loss },
        standardError: sides.reduce(0) { $0 + $1.variance }.squareRoot())
    }
    totalA = total(\.a, fileBytes.a, bitsPerWeight.a)
    totalB = total(\.b, fileBytes.b, bitsPerWeight.b)
    self.unit = unit
  }

  /// The report in words and figures.
  package func text(columns: Int?) -> String {
    changed.isEmpty
      ? "the recipes give all tensors the same types\n\n" + totals(columns) : tables(columns)
  }

  private func tables(_ columns: Int?) -> String {
    var table = TextTable([
      .left("tensor"), .left("A"), .left("B"), .right("bytes A"), .right("bytes B"),
      .right("\(unit.label) A"), .right("\(unit.label) B"),
    ])
    for tensor in changed {
      table.add([
        .left(tensor.name), .left(tensor.a.type.name), .left(tensor.b.type.name),
        .right(Figures.size(tensor.a.bytes)), .right(Figures.size(tensor.b.bytes)),
        .right(Figures.short(tensor.a.loss)), .right(Figures.short(tensor.b.loss)),
      ])
    }
    return table.text(columns: columns) + "\n" + totals(columns)
  }

  /// The whole model on either side.
  private func totals(_ columns: Int?) -> String {
    var table = TextTable([
      .left("whole model"), .right("bpw"), .right("bytes"), .right(unit.label), .left(""),
    ])
    for (name, total) in [("A", totalA), ("B", totalB)] {
      let error = total.standardError > 0 ? "± \(Figures.short(total.standardError)) " : ""
      table.add([
        .left(name), .right(Figures.bits(total.bitsPerWeight)),
        .right(Figures.bytes(total.fileBytes)), .right(Figures.short(total.loss)),
        .left(error + unit.suffix),
      ])
    }
    return table.text(columns: columns)
  }
}
