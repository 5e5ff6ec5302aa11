extension Double {
  /// A place in a picture, to a tenth of a pixel.
  var pixels: String {
    let tenths = (self * 10).rounded() / 10
    return tenths == tenths.rounded() ? "\(Int(tenths))" : "\(tenths)"
  }
}
