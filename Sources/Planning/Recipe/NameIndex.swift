/// Names of tensors, in which those that can match a pattern are found without a look at the others.
struct NameIndex {
  /// The names in bytes.
  let names: [[UInt8]]
  /// For each four bytes in a row the names that have them, in order.
  private var places: [UInt32: [Int]] = [:]

  init(_ names: [String]) {
    self.names = names.map { Array($0.utf8) }
    for (place, name) in self.names.enumerated() {
      for gram in Set(Self.grams(of: name[...])) { places[gram, default: []].append(place) }
    }
  }

  /// The names that may match, in order.
  func candidates(for pattern: TensorPattern) -> [Int] {
    var rarest: [Int]?
    for gram in Self.grams(of: pattern.literal) {
      guard let found = places[gram] else { return [] }
      if found.count < rarest?.count ?? .max { rarest = found }
    }
    return rarest ?? Array(names.indices)
  }

  private static func grams(of bytes: ArraySlice<UInt8>) -> [UInt32] {
    var gram: UInt32 = 0
    var grams: [UInt32] = []
    for (count, byte) in bytes.enumerated() {
      gram = gram << 8 | UInt32(byte)
      if count >= 3 { grams.append(gram) }
    }
    return grams
  }
}
