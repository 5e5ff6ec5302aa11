import GGUF
import Measurement
import Statistics

extension RecipeDiffReport {
  /// The report for programs: the totals of either side, and the tensors whose types differ.
  package var document: any Encodable {
    Document(
      unit: unit.rawValue, a: Document.Total(totalA), b: Document.Total(totalB),
      tensors: changed.map {
        Document.Tensor(name: $0.name, a: Document.Side($0.a), b: Document.Side($0.b))
      })
  }

  /// The tensors whose types differ as comma-separated values with a header line.
  package var csv: String {
    let header = [
      "tensor", "type_a", "type_b", "bytes_a", "bytes_b", "predicted_a", "predicted_b",
      "standard_error_a", "standard_error_b", "unit",
    ]
    let lines = changed.map { tensor in
      CSV.line([
        tensor.name, tensor.a.type.name, tensor.b.type.name, "\(tensor.a.bytes)",
        "\(tensor.b.bytes)", CSV.number(tensor.a.loss), CSV.number(tensor.b.loss),
        CSV.number(tensor.a.standardError), CSV.number(tensor.b.standardError), unit.rawValue,
      ])
    }
    return CSV.line(header) + lines.joined()
  }

  private struct Document: Encodable {
    let unit: String
    let a: Total
    let b: Total
    let tensors: [Tensor]

    struct Total: Encodable {
      let bytes: Int
      let bpw: Double
      let predicted: Double
      let standardError: Double

      init(_ total: RecipeDiffReport.Total) {
        bytes = total.fileBytes
        bpw = total.bitsPerWeight
        predicted = total.loss
        standardError = total.standardError
      }
    }

    struct Tensor: Encodable {
      let name: String
      let a: Side
      let b: Side
    }

    struct Side: Encodable {
      let type: String
      let bytes: Int
      let predicted: Double
      let standardError: Double

      init(_ side: RecipeDiffReport.Side) {
        type = side.type.name
        bytes = side.bytes
        predicted = side.loss
        standardError = side.standardError
      }
    }
  }
}
