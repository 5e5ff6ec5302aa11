import GGUF
import Planning

extension FrontierReport {
  /// The frontier and the known mixes as a picture, an SVG file for light and dark surroundings.
  package var svg: String { FrontierPlot(self).svg }
}

extension FrontierPlot {
  /// A letter of a label: 11 pixels of a monospaced font.
  private static let letter = (width: 6.65, height: 13.0)

  /// The picture as a file.
  var svg: String {
    let (width, height) = (Int(Self.size.width), Int(Self.size.height))
    return """
      <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(width) \(height)" \
      width="\(width)" height="\(height)" role="img" aria-labelledby="title description">
      <title id="title">\(title)</title>
      <desc id="description">\(description)</desc>
      <style>
      \(Self.style)</style>
      <rect class="ground" width="100%" height="100%"/>
      <text class="title" x="\(n(Self.area.left))" y="36">\(title)</text>
      \(legend)\(grid)\(frontier)\(points)</svg>

      """
  }

  private var title: String {
    "\(report.model.escaped.xml): \(report.unit.label) against bits per weight"
  }

  /// The picture in words, for those who cannot see it.
  private var description: String {
    let breakpoints = report.frontier.breakpoints
    guard let first = breakpoints.first, let last = breakpoints.last else {
      return "No allocation has a size within the budgets."
    }
    let ends = [first, last].map {
      "\(Figures.short($0.loss)) at \(Figures.bits(report.bitsPerWeight($0.bytes))) bits per weight"
    }
    return "The least \(report.unit.label), \(report.unit.suffix), falls from \(ends[0]) to "
      + "\(ends[1]). \(marks.count) known mixes are shown as points."
  }

  private var legend: String {
    let y = 64.0
    var x = Self.area.left
    var text = ""
    for (symbol, label) in [
      (#"<path class="line" d="M-12 0H12"/>"#, "frontier"),
      (Self.symbol(of: .type), "single type"), (Self.symbol(of: .skeleton), "skeleton"),
    ] {
      text += """
        <g transform="translate(\(n(x + 12)) \(n(y)))">\(symbol)\
        <text class="legend" x="18" y="4">\(label)</text></g>

        """
      x += 60 + 7 * Double(label.count)
    }
    return text
  }

  private var grid: String {
    let area = Self.area
    var text = "<g class=\"grid\">\n"
    for tick in across.ticks {
      let x = n(across.pixel(tick))
      text += """
        <path d="M\(x) \(n(area.top))V\(n(area.bottom))"/>\
        <text x="\(x)" y="\(n(area.bottom + 22))" text-anchor="middle">\(Figures.tick(tick))</text>

        """
    }
    for tick in up.ticks {
      let y = up.pixel(tick)
      text += """
        <path d="M\(n(area.left)) \(n(y))H\(n(area.right))"/>\
        <text x="\(n(area.left - 10))" y="\(n(y + 4))" text-anchor="end">\(Figures.tick(tick))</text>

        """
    }
    return text + """
      </g>
      <text class="axis" x="\(n(area.left + area.width / 2))" y="\(n(area.bottom + 50))" \
      text-anchor="middle">bits per weight</text>
      <text class="axis" transform="translate(24 \(n(area.top + area.height / 2))) rotate(-90)" \
      text-anchor="middle">\(report.unit.label), \(report.unit.suffix)</text>

      """
  }

  private var frontier: String {
    guard let first = line.first else { return "" }
    let path = "M" + line.map { "\(n($0.x)) \(n($0.y))" }.joined(separator: "L")
    let bottom = n(Self.area.bottom)
    return """
      <path class="below" d="\(path)V\(bottom)H\(n(first.x))Z"/>
      <path class="line" d="\(path)"><title>frontier</title></path>

      """
  }

  private var points: String {
    let segments = zip(line, line.dropFirst()).flatMap { $0.path(to: $1, every: 3) }
    let labels = PlotLabels(
      for: marks.map { mark in
        PlotLabels.Request(
          point: mark.point, reach: mark.reference.kind == .type ? 4.5 : 6,
          width: Self.letter.width * Double(mark.name.count), height: Self.letter.height)
      },
      in: Self.area, avoiding: segments.map { PlotBox(around: $0, reach: 2) })
    return zip(marks, labels.places).map(group).joined()
  }

  /// A mark with its label, and its figures for a pointer that rests on it.
  private func group(_ mark: Mark, _ place: PlotLabels.Place?) -> String {
    let (x, y) = (n(mark.point.x), n(mark.point.y))
    let name = mark.name.xml
    let leader = place?.leader.map {
      #"<path class="leader" d="M\#(x) \#(y)L\#(n($0.x)) \#(n($0.y))"/>"#
    }
    let label = place.map {
      let (x, y) = (n($0.box.left + $0.box.width / 2), n($0.box.bottom - 3))
      return
        #"<text class="\#(mark.style)" x="\#(x)" y="\#(y)" text-anchor="middle">\#(name)</text>"#
    }
    let bits = Figures.bits(report.bitsPerWeight(mark.reference.bytes))
    return """
      <g>\(leader ?? "")<g transform="translate(\(x) \(y))">\
      \(Self.symbol(of: mark.reference.kind))</g>\(label ?? "")\
      <title>\(name): \(bits) bits per weight, \(Figures.short(mark.reference.loss))</title></g>

      """
  }

  /// A circle for a type, a diamond for a skeleton.
  private static func symbol(of kind: FrontierReport.Reference.Kind) -> String {
    switch kind {
    case .type: #"<circle class="type" r="4"/>"#
    case .skeleton: #"<path class="skeleton" d="M0 -5.5L5.5 0L0 5.5L-5.5 0Z"/>"#
    }
  }
}

extension FrontierPlot.Mark {
  /// The name as it is shown.
  fileprivate var name: String { reference.name.escaped }

  /// The class of its label.
  fileprivate var style: String { reference.kind == .type ? "type-name" : "skeleton-name" }
}

/// A place in the picture.
private func n(_ value: Double) -> String { value.pixels }
