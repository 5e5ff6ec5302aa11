/// Spearman's rank correlation of two lists; 0 where one of them is constant.
func rankCorrelation(_ a: [Double], _ b: [Double]) -> Double {
  let (a, b) = (ranks(a), ranks(b))
  let mean = Double(a.count + 1) / 2
  let (aa, bb, ab) = zip(a, b).reduce(into: (0.0, 0.0, 0.0)) { sums, pair in
    sums.0 += (pair.0 - mean) * (pair.0 - mean)
    sums.1 += (pair.1 - mean) * (pair.1 - mean)
    sums.2 += (pair.0 - mean) * (pair.1 - mean)
  }
  return aa > 0 && bb > 0 ? ab / (aa * bb).squareRoot() : 0
}

/// The rank of each value, from 1; equal values share the mean of their ranks.
private func ranks(_ values: [Double]) -> [Double] {
  let order = values.indices.sorted { values[$0] < values[$1] }
  var ranks = values
  var start = 0
  while start < order.count {
    let end = order[start...].firstIndex { values[$0] > values[order[start]] } ?? order.count
    for index in order[start..<end] { ranks[index] = Double(start + 1 + end) / 2 }
    start = end
  }
  return ranks
}
