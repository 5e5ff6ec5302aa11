import Planning
import Statistics

/// The best plans of all sizes, and known mixes beside them, as a page draws them.
struct PageFrontier: Encodable {
  let model: String
  let unit: String
  let breakpoints: [Breakpoint]
  let references: [Reference]

  struct Breakpoint: Encodable {
    let bpw: Double
    let bytes: Int
    let predicted: Double
  }

  struct Reference: Encodable {
    let name: String
    let kind: String
    let bpw: Double
    let bytes: Int
    let predicted: Double
    @Nullable var frontier: Double?
  }

  init(_ report: FrontierReport) {
    model = report.model
    unit = report.unit.rawValue
    breakpoints = report.frontier.breakpoints.map {
      Breakpoint(
        bpw: report.bitsPerWeight($0.bytes).shortened, bytes: $0.bytes,
        predicted: $0.loss.shortened)
    }
    references = report.references.map {
      Reference(
        name: $0.name, kind: $0.kind.rawValue, bpw: report.bitsPerWeight($0.bytes), bytes: $0.bytes,
        predicted: $0.loss.shortened, frontier: report.frontierLoss(at: $0)?.shortened)
    }
  }
}
