import Planning

/// The picture of a frontier: predicted loss, on a logarithmic scale, against bits per weight.
///
/// The frontier is a line, and known mixes are labelled points, whose shape tells their kind. What
/// loses nothing has no place on a logarithmic scale, and mixes beyond the sizes of the frontier
/// have none in the picture; both are in the tables. A point that has no room for its label shows it
/// under the pointer alone.
struct FrontierPlot {
  /// A known mix in the picture.
  struct Mark {
    let reference: FrontierReport.Reference
    let point: PlotPoint
  }

  /// The whole picture.
  static let size = (width: 960.0, height: 640.0)
  /// Where lines and points are.
  static let area = PlotBox(left: 84, top: 92, width: 852, height: 480)

  let report: FrontierReport
  /// Bits per weight.
  let across: PlotAxis
  /// Loss.
  let up: PlotAxis
  /// The frontier, from left to right, no two points in the same pixel.
  let line: [PlotPoint]
  let marks: [Mark]

  init(_ report: FrontierReport) {
    let breakpoints = report.frontier.breakpoints.filter { $0.loss > 0 }
    let references = report.references.filter { $0.loss > 0 && report.spans($0.bytes) }
    let across = PlotAxis(
      .linear,
      over: (breakpoints.map(\.bytes) + references.map(\.bytes)).map(report.bitsPerWeight),
      from: Self.area.left, to: Self.area.right, mostTicks: 12)
    let up = PlotAxis(
      .logarithmic, over: breakpoints.map(\.loss) + references.map(\.loss),
      from: Self.area.bottom, to: Self.area.top, mostTicks: 12)
    let place = { (bytes: Int, loss: Double) in
      PlotPoint(x: across.pixel(report.bitsPerWeight(bytes)), y: up.pixel(loss))
    }
    line = Self.thinned(breakpoints.map { place($0.bytes, $0.loss) })
    marks = references.map { Mark(reference: $0, point: place($0.bytes, $0.loss)) }
    (self.report, self.across, self.up) = (report, across, up)
  }

  /// Without points that are within a pixel of the one before; the last one stays.
  private static func thinned(_ points: [PlotPoint]) -> [PlotPoint] {
    points.enumerated().reduce(into: []) { kept, next in
      let (index, point) = next
      guard let last = kept.last, index < points.count - 1 else { return kept.append(point) }
      if abs(point.x - last.x) >= 1 || abs(point.y - last.y) >= 1 { kept.append(point) }
    }
  }
}
