/// A binary heap that gives back its smallest number first.
struct MinimumHeap {
  private var numbers: [UInt64] = []

  mutating func insert(_ number: UInt64) {
    var hole = numbers.count
    numbers.append(number)
    while hole > 0, number < numbers[(hole - 1) / 2] {
      numbers[hole] = numbers[(hole - 1) / 2]
      hole = (hole - 1) / 2
    }
    numbers[hole] = number
  }

  /// Removes and returns the smallest number; nil where there is none.
  mutating func popFirst() -> UInt64? {
    guard let smallest = numbers.first, let last = numbers.popLast() else { return nil }
    guard !numbers.isEmpty else { return smallest }
    var hole = 0
    while 2 * hole + 1 < numbers.count {
      var child = 2 * hole + 1
      if child + 1 < numbers.count, numbers[child + 1] < numbers[child] { child += 1 }
      guard numbers[child] < last else { break }
      numbers[hole] = numbers[child]
      hole = child
    }
    numbers[hole] = last
    return smallest
  }
}
