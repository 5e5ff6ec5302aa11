package import GGUF

/// A model that was written, to be shown.
package struct ApplyReport: Report {
  package static let schema = Schema.apply

  package struct Tensor: Sendable {
    package let name: String
    package let from: TensorType
    package let type: TensorType
    package let bytes: Int

    package init(name: String, from: TensorType, type: TensorType, bytes: Int) {
      self.name = name
      self.from = from
      self.type = type
      self.bytes = bytes
    }
  }

  package let path: String
  package let fileBytes: Int
  /// 8 × bytes of all tensors ÷ weights of all tensors.
  package let bitsPerWeight: Double
  package let tensors: [Tensor]

  package init(path: String, fileBytes: Int, bitsPerWeight: Double, tensors: [Tensor]) {
    self.path = path
    self.fileBytes = fileBytes
    self.bitsPerWeight = bitsPerWeight
    self.tensors = tensors
  }

  package var text: String {
    let changed = tensors.filter { $0.from != $0.type }.count
    return """
      \(path.escaped): \(Figures.bytes(fileBytes)), \(Figures.bits(bitsPerWeight)) bits per weight
      \(changed) of \(tensors.count) tensors converted; written, read back and verified

      """
  }

  package var document: any Encodable {
    Document(
      path: path, bytes: fileBytes, bpw: bitsPerWeight,
      tensors: tensors.map {
        Document.Tensor(name: $0.name, from: $0.from.name, type: $0.type.name, bytes: $0.bytes)
      })
  }

  private struct Document: Encodable {
    let path: String
    let bytes: Int
    let bpw: Double
    let tensors: [Tensor]

    struct Tensor: Encodable {
      let name: String
      let from: String
      let type: String
      let bytes: Int
    }
  }
}
