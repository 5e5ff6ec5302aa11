import Foundation

/// Labels of points, each as near to its point as there is room, none over anything else.
package struct PlotLabels {
  /// A point that wants a label.
  package struct Request {
    /// Where the point is.
    package let point: PlotPoint
    /// Half the width of the point's mark.
    package let reach: Double
    /// The label's width.
    package let width: Double
    /// The label's height.
    package let height: Double

    /// A point at whose mark a label of this size is wanted.
    package init(point: PlotPoint, reach: Double, width: Double, height: Double) {
      self.point = point
      self.reach = reach
      self.width = width
      self.height = height
    }
  }

  /// A label's place.
  package struct Place: Equatable {
    /// What the label covers.
    package let box: PlotBox
    /// Where a line from the point ends, if the label is not right beside it.
    package let leader: PlotPoint?
  }

  /// For each request the nearest free place, or nil where there is none.
  package let places: [Place?]

  /// Labels within `area` that keep off `curve` and the marks of all points. Those with room right
  /// beside their point come before those that need a line to it, which may cross the curve.
  package init(for requests: [Request], in area: PlotBox, avoiding curve: [PlotBox]) {
    var taken = requests.map { PlotBox(around: $0.point, reach: $0.reach) }
    var places = [Place?](repeating: nil, count: requests.count)
    for distances in [stride(from: 0.0, through: 0, by: 1), stride(from: 12, through: 240, by: 6)] {
      for (index, request) in requests.enumerated() where places[index] == nil {
        let candidates = distances.lazy.flatMap { distance in
          Self.angles.lazy.map { LabelPosition(request, distance: distance, angle: $0) }
        }
        guard let best = candidates.first(where: { $0.isFree(in: area, of: taken, and: curve) })
        else {
          continue
        }
        places[index] = best.place
        taken += best.boxes
      }
    }
    self.places = places
  }

  /// Directions in the order of preference: right, left, then ever further from the horizontal.
  private static let angles: [Double] = stride(from: 0.0, through: 90, by: 10).flatMap { slope in
    let degrees: Set<Double> = [-slope, slope, 180 - slope, 180 + slope]
    return degrees.sorted().map { $0 * .pi / 180 }
  }
}

/// A place that a label could have.
private struct LabelPosition {
  let place: PlotLabels.Place
  /// What the label and its line would cover.
  let boxes: [PlotBox]

  /// The label with its edge at `distance` from the point's mark, in the direction of `angle`.
  init(_ request: PlotLabels.Request, distance: Double, angle: Double) {
    let (point, reach) = (request.point, request.reach)
    let x = point.x + cos(angle) * (reach + 2 + distance + request.width / 2)
    let y = point.y + sin(angle) * (reach + 2 + distance + request.height / 2)
    let box = PlotBox(
      left: x - request.width / 2, top: y - request.height / 2, width: request.width,
      height: request.height)
    guard distance > 0 else {
      place = PlotLabels.Place(box: box, leader: nil)
      boxes = [box]
      return
    }
    let end = box.nearest(to: point)
    place = PlotLabels.Place(box: box, leader: end)
    // Marks that all but coincide do not block each other's lines, and other marks are kept at a
    // distance that leaves no doubt whose label it is.
    let near = PlotBox(around: point, reach: reach + 4)
    let way = point.path(to: end, every: 2).map { PlotBox(around: $0, reach: 1.5) }
    boxes = [box.grown(by: 3)] + way.filter { !$0.overlaps(near) }
  }

  func isFree(in area: PlotBox, of taken: [PlotBox], and curve: [PlotBox]) -> Bool {
    area.contains(place.box) && !curve.contains(where: place.box.overlaps)
      && !boxes.contains { box in taken.contains(where: box.overlaps) }
  }
}
