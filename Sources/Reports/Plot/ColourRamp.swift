import Foundation

/// Colours from few to many, ever further from the ground that they stand on.
struct ColourRamp {
  /// Red, green and blue, from 0 to 255, at equal distances.
  private let stops: [SIMD3<Double>]

  static let onLight = ColourRamp(stops: [
    [253, 226, 140], [127, 205, 160], [48, 141, 168], [38, 61, 128],
  ])

  static let onDark = ColourRamp(stops: [
    [62, 66, 122], [42, 122, 160], [86, 190, 150], [250, 228, 140],
  ])

  /// The colour at a share from 0 to 1, as CSS writes it.
  func colour(at share: Double) -> String {
    let place = min(max(share, 0), 1) * Double(stops.count - 1)
    let index = min(Int(place), stops.count - 2)
    let colour = stops[index] + (stops[index + 1] - stops[index]) * (place - Double(index))
    return String(
      format: "#%02x%02x%02x", Int(colour.x.rounded()), Int(colour.y.rounded()),
      Int(colour.z.rounded()))
  }
}
