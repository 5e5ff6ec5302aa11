import Foundation

/// One axis of a plot: numbers to pixels.
struct PlotAxis {
  /// How numbers are spread.
  enum Scale {
    case linear
    case logarithmic
  }

  /// Round numbers along it.
  let ticks: [Double]
  private let scale: Scale
  private let range: ClosedRange<Double>
  private let pixels: (from: Double, to: Double)

  /// An axis over `values`, positive ones if it is logarithmic, with some room at both ends, from
  /// one pixel to another.
  init(_ scale: Scale, over values: [Double], from: Double, to: Double, mostTicks: Int) {
    let coordinates = values.map { Self.coordinate(scale, $0) }
    var (low, high) = (coordinates.min() ?? 0, coordinates.max() ?? 1)
    let room = high > low ? (high - low) * 0.03 : 0.5
    (low, high) = (low - room, high + room)
    range = low...high
    pixels = (from, to)
    self.scale = scale
    ticks =
      switch scale {
      case .linear: Ticks.linear(in: range, atMost: mostTicks)
      case .logarithmic: Ticks.logarithmic(in: pow(10, low)...pow(10, high), atMost: mostTicks)
      }
  }

  /// Where a number stands.
  func pixel(_ value: Double) -> Double {
    let share =
      (Self.coordinate(scale, value) - range.lowerBound) / (range.upperBound - range.lowerBound)
    return pixels.from + share * (pixels.to - pixels.from)
  }

  /// The function of a value that is linear along the axis.
  private static func coordinate(_ scale: Scale, _ value: Double) -> Double {
    scale == .linear ? value : log10(value)
  }
}
