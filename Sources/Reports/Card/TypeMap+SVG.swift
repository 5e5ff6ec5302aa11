import GGUF

extension TypeMap {
  private static let width = 960.0
  /// Where cells begin and end, from the left.
  private static let across = (from: 190.0, to: 936.0)
  private static let rowHeight = 17.0
  /// What a panel takes beside its rows: the title above them, the numbers of layers below.
  private static let panelExtras = (above: 34.0, below: 26.0)
  /// The widest cell.
  private static let widestCell = 22.0

  /// The picture as an SVG file for light and dark surroundings.
  package var svg: String {
    var y = 56 + legendHeight
    var parts: [String] = []
    for panel in panels {
      parts.append(group(panel, top: y))
      y += Self.height(of: panel)
    }
    let (width, height) = (Self.width.pixels, (y + 8).pixels)
    return """
      <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(width) \(height)" \
      width="\(width)" height="\(height)" role="img" aria-labelledby="title description">
      <title id="title">Type of each tensor, by layer and kind</title>
      <desc id="description">\(description.xml)</desc>
      <style>
      \(style)</style>
      <rect class="ground" width="100%" height="100%"/>
      <text class="title" x="24" y="36">Type of each tensor, by layer and kind</text>
      \(legend)\(parts.joined())</svg>

      """
  }

  /// The picture in words, for those who cannot see it.
  private var description: String {
    let names = types.map(\.name).joined(separator: ", ")
    let titles = panels.map { "\($0.title.escaped) with \($0.layers.count) layers" }
    return titles.joined(separator: "; ")
      + ". The types, from the fewest bits to the most: \(names)."
  }

  private static func height(of panel: Panel) -> Double {
    panelExtras.above + rowHeight * Double(panel.rows.count) + panelExtras.below
  }

  private static func cellWidth(of panel: Panel) -> Double {
    min(widestCell, (across.to - across.from) / Double(max(panel.layers.count, 1)))
  }
}

extension TypeMap {
  private static let legendEntry = (width: 150.0, height: 20.0)

  private static var legendColumns: Int { Int((width - 48) / legendEntry.width) }

  private var legendHeight: Double {
    let rows = (types.count + Self.legendColumns - 1) / Self.legendColumns
    return Self.legendEntry.height * Double(rows)
  }

  /// Every type with its bits per weight.
  private var legend: String {
    types.enumerated().map { index, type in
      let x = 24 + Self.legendEntry.width * Double(index % Self.legendColumns)
      let y = 52 + Self.legendEntry.height * Double(index / Self.legendColumns)
      return """
        <rect class="t\(index)" x="\(x.pixels)" y="\(y.pixels)" width="14" height="14" rx="2"/>\
        <text class="legend" x="\((x + 20).pixels)" y="\((y + 11.5).pixels)">\(type.name.xml) \
        \(Self.bits(of: type))</text>

        """
    }.joined()
  }

  /// The bits per weight of a type's blocks, to two decimals at most.
  private static func bits(of type: TensorType) -> String {
    Figures.tick((type.nominalBitsPerWeight * 100).rounded() / 100)
  }

  private func group(_ panel: Panel, top: Double) -> String {
    let classes = Dictionary(uniqueKeysWithValues: types.enumerated().map { ($1.id, $0) })
    let width = Self.cellWidth(of: panel)
    let gap = width > 6 ? 1.5 : 0
    let start = top + Self.panelExtras.above
    var text = """
      <g>
      <text class="panel" x="24" y="\((top + 22).pixels)">\(panel.title.escaped.xml)</text>

      """
    for (index, row) in panel.rows.enumerated() {
      let y = start + Self.rowHeight * Double(index)
      text += """
        <text class="kind" x="\((Self.across.from - 10).pixels)" y="\((y + 12).pixels)" \
        text-anchor="end">\(row.name.escaped.xml)</text>

        """
      for (column, type) in row.types.sorted(by: { $0.key < $1.key }) {
        let x = Self.across.from + width * Double(column)
        text += """
          <rect class="t\(classes[type.id] ?? 0)" x="\(x.pixels)" y="\(y.pixels)" \
          width="\((width - gap).pixels)" height="\((Self.rowHeight - 1.5).pixels)"/>

          """
      }
    }
    return text + numbers(of: panel, y: start + Self.rowHeight * Double(panel.rows.count) + 14)
      + "</g>\n"
  }

  /// The numbers of layers, as many as there is room for.
  private func numbers(of panel: Panel, y: Double) -> String {
    let width = Self.cellWidth(of: panel)
    let steps = [1, 2, 5, 10, 20, 50, 100, 200, 500]
    let step = steps.first { width * Double($0) >= 20 } ?? 1000
    return stride(from: 0, to: panel.layers.count, by: step).map { column in
      let x = Self.across.from + width * (Double(column) + 0.5)
      return """
        <text class="layer" x="\(x.pixels)" y="\(y.pixels)" text-anchor="middle">\
        \(panel.layers[column].xml)</text>

        """
    }.joined()
  }
}

extension TypeMap {
  /// Colours and letters.
  private var style: String {
    """
    text { font: 13px system-ui, -apple-system, "Segoe UI", "DejaVu Sans", sans-serif; fill: #1f2328; }
    .title { font-size: 18px; font-weight: 600; }
    .panel { font-size: 14px; font-weight: 600; }
    .legend, .kind { font: 12px ui-monospace, Menlo, Consolas, "DejaVu Sans Mono", monospace; fill: #59636e; }
    .layer { font-size: 11px; fill: #59636e; }
    .ground { fill: #ffffff; }
    \(fills(ColourRamp.onLight))@media (prefers-color-scheme: dark) {
    text { fill: #e6edf3; }
    .legend, .kind, .layer { fill: #9198a1; }
    .ground { fill: #0d1117; }
    \(fills(ColourRamp.onDark))}

    """
  }

  /// A colour for each type, evenly spaced: neighbours in bits are neighbours in colour, however near.
  private func fills(_ ramp: ColourRamp) -> String {
    types.indices.map { index in
      let share = types.count > 1 ? Double(index) / Double(types.count - 1) : 0.5
      return ".t\(index) { fill: \(ramp.colour(at: share)); }\n"
    }.joined()
  }
}
