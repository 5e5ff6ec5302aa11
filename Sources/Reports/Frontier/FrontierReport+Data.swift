import Foundation
import GGUF
import Measurement
import Planning
import Statistics

extension FrontierReport {
  /// Every breakpoint and every known mix, for programs.
  ///
  /// A breakpoint's `tensors` moved `from` one type `to` another, and `gain_per_byte` is what each
  /// byte of that saved; all are null for the smallest allocation. `frontier` is the loss of the
  /// last breakpoint that takes no more bytes than the mix, null where it is not among those given.
  package var document: any Encodable {
    Document(
      model: model, unit: unit.rawValue, elements: elements, fixedBytes: fixedBytes,
      breakpoints: records,
      references: references.map {
        Document.Reference(
          name: $0.name, kind: $0.kind.rawValue, bpw: bitsPerWeight($0.bytes), bytes: $0.bytes,
          predicted: $0.loss, frontier: frontierLoss(at: $0))
      })
  }

  /// Every breakpoint as comma-separated values with a header line. The names of tensors that move
  /// together are divided by spaces.
  package var csv: String {
    let header = [
      "bpw", "bytes", "predicted", "standard_error", "unit", "gain_per_byte", "tensors", "from",
      "to", "tokens_per_second",
    ]
    let lines = records.map { record in
      CSV.line([
        CSV.number(record.bpw), "\(record.bytes)", CSV.number(record.predicted),
        CSV.number(record.standardError), unit.rawValue,
        record.gainPerByte.map(CSV.number) ?? "",
        record.tensors?.joined(separator: " ") ?? "", record.from ?? "", record.to ?? "",
        record.tokensPerSecond.map(CSV.number) ?? "",
      ])
    }
    return CSV.line(header) + lines.joined()
  }

  private var records: [Document.Breakpoint] {
    frontier.breakpoints.map { breakpoint in
      let choice = breakpoint.step.map { choices[$0.choice] }
      let type = { (candidate: Int) in choice?.candidates[candidate].type.name }
      return Document.Breakpoint(
        bpw: bitsPerWeight(breakpoint.bytes), bytes: breakpoint.bytes, predicted: breakpoint.loss,
        standardError: breakpoint.variance.squareRoot(), gainPerByte: breakpoint.step?.price,
        tensors: choice?.names, from: breakpoint.step.flatMap { type($0.from) },
        to: breakpoint.step.flatMap { type($0.to) },
        tokensPerSecond: tokensPerSecond(breakpoint))
    }
  }

  private struct Document: Encodable {
    let model: String
    let unit: String
    let elements: Int
    let fixedBytes: Int
    let breakpoints: [Breakpoint]
    let references: [Reference]

    struct Breakpoint: Encodable {
      let bpw: Double
      let bytes: Int
      let predicted: Double
      let standardError: Double
      @Nullable var gainPerByte: Double?
      @Nullable var tensors: [String]?
      @Nullable var from: String?
      @Nullable var to: String?
      @Nullable var tokensPerSecond: Double?
    }

    struct Reference: Encodable {
      let name: String
      let kind: String
      let bpw: Double
      let bytes: Int
      let predicted: Double
      @Nullable var frontier: Double?
    }
  }
}
