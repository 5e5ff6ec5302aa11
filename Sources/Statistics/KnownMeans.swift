/// Means over tokens, of the columns or rows of slices, with what is known of their like in place of gaps.
///
/// A place whose mean is zero was not measured: of a column that is ever active, even a few tokens leave more.
/// However little more is a measurement: rows of an output head, one for each token of the vocabulary, differ by
/// many orders of magnitude. A gap gets the mean of its slice, in which it counts as zero: what all places have
/// together stays the best guess of what one more has. A slice of gaps alone gets, place by place, the mean of
/// the slices that are known.
package struct KnownMeans {
  /// The completed means, slice after slice; nil where nothing is known.
  package let values: [Float]?
  /// The slices that were gaps alone.
  let filledSlices: [Int]
  /// How many places of the other slices were gaps.
  let filledPlaces: Int

  /// - Parameters:
  ///   - means: finite and not negative, slice after slice.
  ///   - slices: how many slices they are of.
  package init(completing means: [Float], slices: Int) {
    let length = slices > 0 ? means.count / slices : 0
    var values = means
    var empty: [Int] = []
    var places = 0
    var sum = [Double](repeating: 0, count: length)
    for slice in 0..<slices {
      let range = slice * length..<(slice + 1) * length
      let mean = range.reduce(0.0) { $0 + Double(means[$1]) } / Double(max(length, 1))
      guard mean > 0 else {
        empty.append(slice)
        continue
      }
      for index in range {
        if means[index] <= 0 {
          values[index] = max(Float(mean), .leastNonzeroMagnitude)
          places += 1
        }
        sum[index - range.lowerBound] += Double(values[index])
      }
    }
    let known = Double(slices - empty.count)
    for slice in empty where known > 0 {
      for place in 0..<length { values[slice * length + place] = Float(sum[place] / known) }
    }
    self.values = known > 0 ? values : nil
    filledSlices = known > 0 ? empty : []
    filledPlaces = places
  }
}
