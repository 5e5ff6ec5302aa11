import Reports
import Testing

@Suite("Ticks")
struct TicksTests {
  @Test("are round numbers, as many as fit")
  func areRound() {
    #expect(Ticks.linear(in: 2.5...6, atMost: 8) == [2.5, 3, 3.5, 4, 4.5, 5, 5.5, 6])
    #expect(Ticks.linear(in: 0.29...0.51, atMost: 5) == [0.3, 0.35, 0.4, 0.45, 0.5])
    #expect(Ticks.logarithmic(in: 0.004...0.06, atMost: 9) == [0.005, 0.01, 0.02, 0.05])
    #expect(Ticks.logarithmic(in: 9e-5...2, atMost: 6) == [1e-4, 1e-3, 0.01, 0.1, 1])
    #expect(Ticks.logarithmic(in: 9e-9...2, atMost: 6) == [1e-8, 1e-6, 1e-4, 0.01, 1])
    #expect(Ticks.logarithmic(in: 0.021...0.024, atMost: 4) == [0.021, 0.022, 0.023, 0.024])
  }

  @Test("lie in the range and are no more than asked for", arguments: [2, 5, 12, 40])
  func areWithinBounds(most: Int) {
    for low in [1e-9, 0.003, 1, 47, 1e6] {
      for factor in [1.0001, 1.3, 9, 1e3, 1e9] {
        for ticks in [Ticks.linear, Ticks.logarithmic] {
          let found = ticks(low...low * factor, most)
          #expect(found.count <= most)
          #expect(found == found.sorted())
          #expect(found.allSatisfy { (low...low * factor).contains($0) })
        }
      }
    }
  }

  @Test("of a single number are that number")
  func ofAPoint() {
    #expect(Ticks.linear(in: 3...3, atMost: 5) == [3])
  }
}

@Suite("Labels of points")
struct PlotLabelsTests {
  @Test("cover neither each other, nor marks, nor the curve")
  func doNotCollide() {
    let area = PlotBox(left: 0, top: 0, width: 800, height: 500)
    // A crowd along a diagonal, as types are.
    let requests = (0..<40).map { number in
      let along = Double(number * number % 41) * 12
      let point = PlotPoint(x: 100 + along, y: 60 + along * 0.6 + Double(number % 5) * 3)
      return PlotLabels.Request(point: point, reach: 5, width: 50, height: 13)
    }
    let curve = PlotPoint(x: 80, y: 90).path(to: PlotPoint(x: 700, y: 480), every: 3)
      .map { PlotBox(around: $0, reach: 2) }
    let labels = PlotLabels(for: requests, in: area, avoiding: curve)
    let boxes = labels.places.compactMap { $0?.box }
    #expect(boxes.count >= 35)
    for (index, box) in boxes.enumerated() {
      #expect(area.contains(box))
      #expect(!boxes[(index + 1)...].contains(where: box.overlaps))
      #expect(!curve.contains(where: box.overlaps))
      #expect(!requests.contains { box.overlaps(PlotBox(around: $0.point, reach: $0.reach)) })
    }
  }

  @Test("are left out where there is no room")
  func areLeftOut() {
    let request = PlotLabels.Request(
      point: PlotPoint(x: 10, y: 10), reach: 4, width: 50, height: 13)
    let labels = PlotLabels(
      for: [request], in: PlotBox(left: 0, top: 0, width: 40, height: 40), avoiding: [])
    #expect(labels.places == [nil])
  }

  @Test("lead to their point where they cannot stand beside it")
  func leadToTheirPoint() throws {
    let point = PlotPoint(x: 100, y: 100)
    let request = PlotLabels.Request(point: point, reach: 4, width: 50, height: 13)
    let labels = PlotLabels(
      for: [request], in: PlotBox(left: 0, top: 0, width: 200, height: 200),
      avoiding: [PlotBox(around: point, reach: 30)])
    let place = try #require(labels.places[0])
    #expect(place.leader == place.box.nearest(to: point))
  }
}
