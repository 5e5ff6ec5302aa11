/// A place in a plot, in pixels, y downwards.
package struct PlotPoint: Equatable {
  /// From the left.
  package let x: Double
  /// From the top.
  package let y: Double

  /// The place with these coordinates.
  package init(x: Double, y: Double) {
    self.x = x
    self.y = y
  }

  /// Places on the way to another one, no further than `distance` apart, both ends included.
  package func path(to other: PlotPoint, every distance: Double) -> [PlotPoint] {
    let (width, height) = (other.x - x, other.y - y)
    let length = (width * width + height * height).squareRoot()
    let count = max(1, Int((length / distance).rounded(.up)))
    return (0...count).map { step in
      let share = Double(step) / Double(count)
      return PlotPoint(x: x + share * width, y: y + share * height)
    }
  }
}
