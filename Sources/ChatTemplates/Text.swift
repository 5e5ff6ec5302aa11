import GGUF

/// Texts as templates count them: by Unicode scalars.
extension String {
  /// The text of some characters.
  init(_ scalars: some Sequence<Unicode.Scalar>) {
    var view = UnicodeScalarView()
    view.append(contentsOf: scalars)
    self.init(view)
  }

  var scalars: [Unicode.Scalar] { Array(unicodeScalars) }

  /// All in capital letters.
  var upper: String { unicodeScalars.reduce(into: "") { $0 += $1.properties.uppercaseMapping } }

  /// All in small letters.
  var lower: String { unicodeScalars.reduce(into: "") { $0 += $1.properties.lowercaseMapping } }

  /// The first letter as a capital, the others small.
  var capitalized: String {
    guard let first = unicodeScalars.first else { return self }
    return first.properties.titlecaseMapping + String(unicodeScalars.dropFirst()).lower
  }

  /// With a capital at the begin of each run of letters.
  var titled: String {
    var isInWord = false
    return unicodeScalars.reduce(into: "") { text, scalar in
      let properties = scalar.properties
      text += isInWord ? properties.lowercaseMapping : properties.titlecaseMapping
      isInWord = properties.isCased
    }
  }

  /// Whether there are letters that have a case, and each is as it would be in such a text.
  func isCased(as change: KeyPath<String, String>) -> Bool {
    unicodeScalars.contains(where: \.properties.isCased) && self[keyPath: change].isExactly(self)
  }
}

extension Unicode.Scalar {
  /// Whether Python counts it as space.
  var isSpace: Bool { properties.isWhitespace || (0x1C...0x1F).contains(value) }

  /// Whether it is one of 0 to 9.
  var isDigit: Bool { ("0"..."9").contains(self) }
}

extension [Unicode.Scalar] {
  /// The text without the characters that a set holds, or without space where there is no set.
  func trimmed(of set: [Unicode.Scalar]?, start: Bool = true, end: Bool = true) -> ArraySlice<
    Unicode.Scalar
  > {
    let unwanted = set.map { Set($0) }
    let goes = { (scalar: Unicode.Scalar) in unwanted?.contains(scalar) ?? scalar.isSpace }
    var rest = self[...]
    if start { rest = rest.drop(while: goes) }
    if end {
      rest = rest.prefix(
        (rest.lastIndex { !goes($0) }.map { $0 + 1 } ?? rest.startIndex) - rest.startIndex)
    }
    return rest
  }

  /// The places at which a text that is not empty stands, none within another. The time grows with the
  /// sum of both lengths (Knuth, Morris and Pratt).
  func places(of pattern: [Unicode.Scalar]) -> [Int] {
    // The length of the longest begin of the pattern that ends each begin of it.
    var borders = [0]
    var length = 0
    for scalar in pattern.dropFirst() {
      while length > 0, pattern[length] != scalar { length = borders[length - 1] }
      if pattern[length] == scalar { length += 1 }
      borders.append(length)
    }
    var places: [Int] = []
    var matched = 0
    for (place, scalar) in enumerated() {
      while matched > 0, pattern[matched] != scalar { matched = borders[matched - 1] }
      if pattern[matched] == scalar { matched += 1 }
      if matched == pattern.count {
        places.append(place + 1 - matched)
        matched = 0
      }
    }
    return places
  }

  /// The pieces between line ends, as Python's `splitlines` has them.
  func lines(keepsEnds: Bool = false) -> [ArraySlice<Unicode.Scalar>] {
    var lines: [ArraySlice<Unicode.Scalar>] = []
    var start = 0
    var place = 0
    while place < count {
      let isPair = self[place] == "\r" && place + 1 < count && self[place + 1] == "\n"
      let next = place + (isPair ? 2 : 1)
      if self[place].endsLine {
        lines.append(self[start..<(keepsEnds ? next : place)])
        start = next
      }
      place = next
    }
    if start < count { lines.append(self[start...]) }
    return lines
  }
}

extension Unicode.Scalar {
  fileprivate var endsLine: Bool {
    switch value {
    case 0x0A...0x0D, 0x1C...0x1E, 0x85, 0x2028, 0x2029: true
    default: false
    }
  }
}
