import GGUF
import Planning

/// The picture of a card: for each file the type of each tensor, kinds down and layers across, coloured by bits per
/// weight. Tensors of one dimension, such as norms, are left out.
package struct TypeMap: Sendable {
  /// A file in the picture.
  struct Panel: Sendable {
    let title: String
    let rows: [Row]
    /// The numbers of the layers, in their order, as names spell them.
    let layers: [String]
  }

  /// A kind of tensors.
  struct Row: Sendable {
    let name: String
    /// The type in each layer that has one; of a tensor outside the layers in the first column.
    var types: [Int: TensorType]
  }

  let panels: [Panel]
  /// All types in the picture, that of the fewest bits first.
  let types: [TensorType]

  /// The picture of these files.
  package init(_ files: [CardFile]) {
    panels = files.map(Panel.init)
    var known: [UInt32: TensorType] = [:]
    for type in panels.flatMap(\.rows).flatMap(\.types.values) { known[type.id] = type }
    types = known.values.sorted {
      ($0.nominalBitsPerWeight, $0.id) < ($1.nominalBitsPerWeight, $1.id)
    }
  }
}

extension TypeMap.Panel {
  fileprivate init(_ file: CardFile) {
    let tensors = file.tensors.filter { $0.shape.count > 1 }
    let places = tensors.map { TensorRole.split($0.name) }
    layers = Set(places.compactMap(\.block)).sorted {
      ($0.utf8.count, $0) < ($1.utf8.count, $1)
    }
    let columns = Dictionary(uniqueKeysWithValues: layers.enumerated().map { ($1, $0) })
    var indices: [TensorRole: Int] = [:]
    var rows: [TypeMap.Row] = []
    for (tensor, place) in zip(tensors, places) {
      let index = indices[place.role] ?? rows.count
      if index == rows.count {
        indices[place.role] = index
        rows.append(TypeMap.Row(name: place.role.shortName, types: [:]))
      }
      rows[index].types[place.block.flatMap { columns[$0] } ?? 0] = tensor.type
    }
    self.rows = rows
    title = "\(file.label) \(file.size)"
  }
}

extension TensorRole {
  /// What the role is called beside others of its model.
  fileprivate var shortName: String {
    let start = prefix == "blk." ? "" : prefix
    let rest = suffix.hasPrefix(".") ? String(suffix.dropFirst()) : suffix
    return start + (rest.hasSuffix(".weight") ? String(rest.dropLast(".weight".count)) : rest)
  }
}
