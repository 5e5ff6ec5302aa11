/// A rectangle in a plot, in pixels, y downwards.
package struct PlotBox: Equatable {
  /// The left edge.
  package let left: Double
  /// The upper edge.
  package let top: Double
  /// From the left edge to the right one.
  package let width: Double
  /// From the upper edge to the lower one.
  package let height: Double

  /// A rectangle by its upper left corner and its size.
  package init(left: Double, top: Double, width: Double, height: Double) {
    self.left = left
    self.top = top
    self.width = width
    self.height = height
  }

  /// A square with sides twice `reach`, a point in its middle.
  package init(around point: PlotPoint, reach: Double) {
    self.init(left: point.x - reach, top: point.y - reach, width: 2 * reach, height: 2 * reach)
  }

  /// The right edge.
  package var right: Double { left + width }
  /// The lower edge.
  package var bottom: Double { top + height }

  /// Whether both have some area in common.
  package func overlaps(_ other: PlotBox) -> Bool {
    left < other.right && other.left < right && top < other.bottom && other.top < bottom
  }

  /// Whether all of the other one is in this one.
  package func contains(_ other: PlotBox) -> Bool {
    left <= other.left && other.right <= right && top <= other.top && other.bottom <= bottom
  }

  /// With this margin on every side.
  func grown(by margin: Double) -> PlotBox {
    PlotBox(
      left: left - margin, top: top - margin, width: width + 2 * margin,
      height: height + 2 * margin)
  }

  /// The point of the box that is nearest to another one.
  package func nearest(to point: PlotPoint) -> PlotPoint {
    PlotPoint(x: min(max(point.x, left), right), y: min(max(point.y, top), bottom))
  }
}
