import GGUF
import Measurement

extension DistortionReport {
  /// A matrix per figure, tensors down and types across, and each tensor's first upgrade.
  func matrixText(_ columns: Int?) -> String {
    let types = types
    var sections: [String] = []
    for figure in figures {
      var table = TextTable([.left("tensor")] + types.map { .right($0.name) })
      for tensor in tensors {
        table.add(
          [.left(tensor.name)]
            + types.map { type in
              let pair = tensor.pairs.first { $0.type == type }
              return .right(pair.map { Figures.short(figure.value($0.distortion)) } ?? "–")
            })
      }
      if figure.isSum { table.add(totals(types)) }
      sections.append("\(figure.name)\n\(table.text(columns: columns))")
    }
    sections.append(upgradeText(columns))
    return sections.joined(separator: "\n")
  }

  /// One line a tensor, for tensors that have one type each.
  func listText(_ columns: Int?) -> String {
    var table = TextTable(
      [.left("tensor"), .left("type"), .right("bpw")] + figures.map { .right($0.name) })
    for tensor in tensors {
      for pair in tensor.pairs {
        let bits = BitsPerWeight.of(bytes: pair.bytes, weights: tensor.elements)
        table.add(
          [.left(tensor.name), .left(pair.type.name), .right(Figures.bits(bits))]
            + figures.map { .right(Figures.short($0.value(pair.distortion))) })
      }
    }
    let total = tensors.reduce(0) { sum, tensor in
      sum + tensor.pairs.reduce(0) { $0 + $1.distortion.loss }
    }
    return table.text(columns: columns) + "\n\(unit.label) \(Figures.short(total)) \(unit.suffix)\n"
  }

  /// The shares of tensors in the loss: of the types that they have, or of one type that is the same for all.
  package var heatMap: HeatMap? {
    switch layout {
    case .list:
      return HeatMap.shares(
        of: unit.label,
        tensors.compactMap { tensor in
          tensor.pairs.first.map { (tensor.name, $0.distortion.loss) }
        })
    case .matrix:
      guard let type = commonType else { return nil }
      return HeatMap.shares(
        of: "\(unit.label) under \(type.name)",
        tensors.compactMap { tensor in
          tensor.pairs.first { $0.type == type }.map { (tensor.name, $0.distortion.loss) }
        })
    }
  }

  /// The type that most tensors can have, and of several the one nearest to four bits.
  private var commonType: TensorType? {
    types.max { left, right in
      func key(_ type: TensorType) -> (Int, Double) {
        let count = tensors.count { $0.pairs.contains { $0.type == type } }
        return (count, -abs(type.nominalBitsPerWeight - 4))
      }
      return key(left) < key(right)
    }
  }

  private struct Figure {
    let name: String
    let isSum: Bool
    let value: (Distortion) -> Double
  }

  private var figures: [Figure] {
    [
      Figure(name: unit.label, isSum: true, value: \.loss),
      Figure(name: "weighted relative error", isSum: false, value: \.weightedRelativeError),
      Figure(name: "RMSE", isSum: false, value: \.rootMeanSquareError),
      Figure(name: "maximum error", isSum: false, value: \.maximumError),
      Figure(name: "95th percentile", isSum: false, value: \.percentile95),
    ]
  }

  /// All types, by their size in the tensors.
  private var types: [TensorType] {
    var types: [TensorType] = []
    for tensor in tensors {
      for pair in tensor.pairs where !types.contains(pair.type) { types.append(pair.type) }
    }
    return types.sorted { ($0.nominalBitsPerWeight, $0.id) < ($1.nominalBitsPerWeight, $1.id) }
  }

  private func totals(_ types: [TensorType]) -> [TextTable.Cell] {
    [.left("all")]
      + types.map { type in
        let losses = tensors.compactMap { tensor in
          tensor.pairs.first { $0.type == type }?.distortion.loss
        }
        return .right(losses.count == tensors.count ? Figures.short(losses.reduce(0, +)) : "–")
      }
  }

  private func upgradeText(_ columns: Int?) -> String {
    var table = TextTable([
      .left("tensor"), .left("smallest"), .left("next upgrade"), .right("gain per KiB"),
    ])
    for tensor in tensors {
      guard let smallest = tensor.pairs.first else { continue }
      let upgrade = tensor.upgrade(from: 0)
      table.add([
        .left(tensor.name), .left(smallest.type.name),
        .left(upgrade?.type.name ?? "–"),
        .right(upgrade.map { Figures.short(1024 * $0.gainPerByte) } ?? ""),
      ])
    }
    return "cheapest upgrade from the smallest type\n\(table.text(columns: columns))"
  }
}
