package import GGUF
package import Measurement
package import Statistics

/// What types cost the tensors of a model, or what quantization has cost them, to be shown.
package struct DistortionReport: RecordReport {
  package static let schema = Schema.inspect

  /// A tensor under one type.
  package struct Pair: Sendable {
    package let type: TensorType
    /// Bytes of the whole tensor.
    package let bytes: Int
    package let distortion: Distortion

    package init(type: TensorType, bytes: Int, distortion: Distortion) {
      self.type = type
      self.bytes = bytes
      self.distortion = distortion
    }
  }

  /// A tensor with its pairs, from the smallest type to the largest.
  package struct Tensor: Sendable {
    package let name: String
    package let elements: Int
    package let pairs: [Pair]

    package init(name: String, elements: Int, pairs: [Pair]) {
      self.name = name
      self.elements = elements
      self.pairs = pairs.sorted { ($0.bytes, $0.type.id) < ($1.bytes, $1.type.id) }
    }
  }

  /// The next better type of a tensor, and the loss that each byte of the difference saves.
  package struct Upgrade: Sendable {
    package let type: TensorType
    package let gainPerByte: Double
  }

  /// What tensors are ordered by.
  package enum Order: String, Sendable, CaseIterable {
    /// The order of the file.
    case file
    /// By name.
    case name
    /// The largest tensor first.
    case size
    /// The largest loss under the smallest type first.
    case loss
    /// The largest weighted relative error under the smallest type first.
    case error
    /// The largest gain per byte of the first upgrade first.
    case gain
  }

  /// How the text is laid out.
  package enum Layout: Sendable {
    /// A matrix per figure, tensors down and types across.
    case matrix
    /// One line a tensor and type, for tensors that have one type each.
    case list
  }

  package let tensors: [Tensor]
  package let unit: LossUnit
  let layout: Layout

  package init(tensors: [Tensor], unit: LossUnit, order: Order, layout: Layout = .matrix) {
    self.unit = unit
    self.layout = layout
    self.tensors =
      switch order {
      case .file: tensors
      case .name: tensors.sorted { $0.name < $1.name }
      case .size: Self.descending(tensors) { Double($0.elements) }
      case .loss: Self.descending(tensors) { $0.pairs.first?.distortion.loss ?? 0 }
      case .error:
        Self.descending(tensors) { $0.pairs.first?.distortion.weightedRelativeError ?? 0 }
      case .gain: Self.descending(tensors) { $0.upgrade(from: 0)?.gainPerByte ?? 0 }
      }
  }

  package func text(columns: Int?) -> String {
    switch layout {
    case .matrix: matrixText(columns)
    case .list: listText(columns)
    }
  }

  private static func descending(_ tensors: [Tensor], by key: (Tensor) -> Double) -> [Tensor] {
    tensors.map { (tensor: $0, key: key($0)) }
      .sorted { ($1.key, $0.tensor.name) < ($0.key, $1.tensor.name) }.map(\.tensor)
  }
}

extension DistortionReport.Tensor {
  /// The cheapest type above pair number `index` that loses less, or nil.
  package func upgrade(from index: Int) -> DistortionReport.Upgrade? {
    guard pairs.indices.contains(index) else { return nil }
    let current = pairs[index]
    let better = pairs.first {
      $0.bytes > current.bytes && $0.distortion.loss < current.distortion.loss
    }
    return better.map {
      let gain = current.distortion.loss - $0.distortion.loss
      return DistortionReport.Upgrade(
        type: $0.type, gainPerByte: gain / Double($0.bytes - current.bytes))
    }
  }
}
