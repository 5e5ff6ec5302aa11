/// The methods of texts.
enum StringMethods {
  /// What they are called.
  static let names: Set<String> = Set(table.keys)

  /// What Python has besides.
  static let unsupportedNames: Set<String> = [
    "casefold", "center", "encode", "expandtabs", "format", "format_map", "isascii", "isdecimal",
    "isidentifier", "isnumeric", "isprintable", "istitle", "ljust", "maketrans", "rjust",
    "swapcase", "translate", "zfill",
  ]

  /// What a method returns.
  static func result(
    of name: String, _ text: String, _ operands: Operands
  ) throws(TemplateProblem) -> Value {
    guard let method = table[name] else { throw .unsupported("the method \(name)") }
    return try method(text, operands)
  }

  private typealias Method = @Sendable (String, Operands) throws(TemplateProblem) -> Value

  private static let table: [String: Method] = [
    "capitalize": { text, operands throws(TemplateProblem) in
      try operands.expectNone()
      return .string(text.capitalized)
    },
    "count": count,
    "endswith": { text, operands throws(TemplateProblem) in
      try borders(text, operands) { $0.suffix($1.count).elementsEqual($1) }
    },
    "find": { text, operands throws(TemplateProblem) in .int(try place(text, operands) { $0.first })
    },
    "index": { text, operands throws(TemplateProblem) in
      let place = try place(text, operands) { $0.first }
      guard place >= 0 else { throw .evaluation("the text is not found") }
      return .int(place)
    },
    "isalnum": { text, operands throws(TemplateProblem) in
      try all(text, operands) { $0.properties.isAlphabetic || $0.properties.numericType != nil }
    },
    "isalpha": { text, operands throws(TemplateProblem) in
      try all(text, operands, \.properties.isAlphabetic)
    },
    "isdigit": { text, operands throws(TemplateProblem) in
      try all(text, operands) {
        $0.properties.numericType == .decimal || $0.properties.numericType == .digit
      }
    },
    "islower": { text, operands throws(TemplateProblem) in
      try operands.expectNone()
      return .bool(text.isCased(as: \.lower))
    },
    "isspace": { text, operands throws(TemplateProblem) in try all(text, operands, \.isSpace) },
    "isupper": { text, operands throws(TemplateProblem) in
      try operands.expectNone()
      return .bool(text.isCased(as: \.upper))
    },
    "join": { text, operands throws(TemplateProblem) in
      let items = try operands.only().items(operands.budget)
      for item in items {
        guard case .string = item else { throw .evaluation("\(item.kind) stands among strings") }
      }
      return .string(try joining(items, by: text, operands.budget))
    },
    "lower": { text, operands throws(TemplateProblem) in
      try operands.expectNone()
      return .string(text.lower)
    },
    "lstrip": { text, operands throws(TemplateProblem) in try strip(text, operands, end: false) },
    "partition": { text, operands throws(TemplateProblem) in
      try parted(text, operands, isFromEnd: false)
    },
    "removeprefix": { text, operands throws(TemplateProblem) in
      let (scalars, part) = (text.scalars, try needle(operands))
      return .string(scalars.starts(with: part) ? scalars.dropFirst(part.count) : scalars[...])
    },
    "removesuffix": { text, operands throws(TemplateProblem) in
      let (scalars, part) = (text.scalars, try needle(operands))
      let ends = scalars.suffix(part.count).elementsEqual(part)
      return .string(ends ? scalars.dropLast(part.count) : scalars[...])
    },
    "replace": { text, operands throws(TemplateProblem) in
      let arguments = try operands.arguments.bound(to: "old", "new", "count")
      guard let old = try arguments[0].text("old text"), let new = try arguments[1].text("new text")
      else { throw .evaluation("the method \"replace\" needs two strings") }
      let limit = try arguments[2].integer("count")
      return .string(try replacing(old, in: text, with: new, limit: limit, operands.budget))
    },
    "rfind": { text, operands throws(TemplateProblem) in .int(try lastPlace(text, operands)) },
    "rpartition": { text, operands throws(TemplateProblem) in
      try parted(text, operands, isFromEnd: true)
    },
    "rsplit": { text, operands throws(TemplateProblem) in
      try split(text, operands, isFromEnd: true)
    },
    "rstrip": { text, operands throws(TemplateProblem) in try strip(text, operands, start: false) },
    "split": { text, operands throws(TemplateProblem) in
      try split(text, operands, isFromEnd: false)
    },
    "splitlines": { text, operands throws(TemplateProblem) in
      let keepsEnds = try operands.arguments.bound(to: "keepends")[0].isTrue
      return try .of(text.scalars.lines(keepsEnds: keepsEnds).map { .string($0) })
    },
    "startswith": { text, operands throws(TemplateProblem) in
      try borders(text, operands) { $0.starts(with: $1) }
    },
    "strip": { text, operands throws(TemplateProblem) in try strip(text, operands) },
    "title": { text, operands throws(TemplateProblem) in
      try operands.expectNone()
      return .string(text.titled)
    },
    "upper": { text, operands throws(TemplateProblem) in
      try operands.expectNone()
      return .string(text.upper)
    },
  ]

  /// The texts of values with a separator between.
  static func joining(
    _ items: [Value], by separator: String, _ budget: Budget
  ) throws(TemplateProblem) -> String {
    var joined = ""
    for (index, item) in items.enumerated() {
      if index > 0 { joined += separator }
      let text = try item.text(budget)
      try budget.charge(text.utf8.count + separator.utf8.count)
      joined += text
    }
    return joined
  }

  /// The text with a part replaced wherever it stands, or in so many places from the begin.
  static func replacing(
    _ old: String, in text: String, with new: String, limit: Int?, _ budget: Budget
  ) throws(TemplateProblem) -> String {
    guard !old.isEmpty else { throw .unsupported("replacing an empty text") }
    let (scalars, pattern, replacement) = (text.scalars, old.scalars, new.scalars)
    var places = scalars.places(of: pattern)[...]
    if let limit, limit >= 0 { places = places.prefix(limit) }
    try budget.charge(places.count, times: replacement.count)
    var result: [Unicode.Scalar] = []
    var start = 0
    for place in places {
      result += scalars[start..<place]
      result += replacement
      start = place + pattern.count
    }
    return String(result + scalars[start...])
  }

  /// The one argument, a text.
  private static func needle(_ operands: Operands) throws(TemplateProblem) -> [Unicode.Scalar] {
    let argument = try operands.only()
    guard case .string(let text) = argument else {
      throw .evaluation("\(argument.kind) stands where a string is expected")
    }
    return text.scalars
  }

  private static func all(
    _ text: String, _ operands: Operands, _ holds: (Unicode.Scalar) -> Bool
  ) throws(TemplateProblem) -> Value {
    try operands.expectNone()
    return .bool(!text.isEmpty && text.unicodeScalars.allSatisfy(holds))
  }

  private static func strip(
    _ text: String, _ operands: Operands, start: Bool = true, end: Bool = true
  ) throws(TemplateProblem) -> Value {
    let characters = try operands.arguments.bound(to: "chars")[0].text("characters to strip")
    return .string(text.scalars.trimmed(of: characters?.scalars, start: start, end: end))
  }

  /// Whether a border of the text is the argument, or one of a tuple of them.
  private static func borders(
    _ text: String, _ operands: Operands,
    _ matches: ([Unicode.Scalar], [Unicode.Scalar]) -> Bool
  ) throws(TemplateProblem) -> Value {
    let argument = try operands.only()
    var parts = [argument]
    if case .list(let list) = argument, list.isTuple { parts = list.items }
    let scalars = text.scalars
    for part in parts {
      guard case .string(let part) = part else {
        throw .evaluation("\(part.kind) stands where a string is expected")
      }
      try operands.budget.charge(part.utf8.count)
      if matches(scalars, part.scalars) { return .bool(true) }
    }
    return .bool(false)
  }

  @Sendable private static func count(
    _ text: String, _ operands: Operands
  ) throws(TemplateProblem) -> Value {
    let (scalars, part) = (text.scalars, try needle(operands))
    return .int(part.isEmpty ? scalars.count + 1 : scalars.places(of: part).count)
  }

  /// One of the places where the argument stands; -1 where there is none.
  private static func place(
    _ text: String, _ operands: Operands, _ pick: ([Int]) -> Int?
  ) throws(TemplateProblem) -> Int {
    let (scalars, part) = (text.scalars, try needle(operands))
    return pick(part.isEmpty ? [0] : scalars.places(of: part)) ?? -1
  }

  /// Where the argument stands last; -1 where it does not. The first place from the other end is that one.
  private static func lastPlace(
    _ text: String, _ operands: Operands
  ) throws(TemplateProblem) -> Int {
    let (scalars, part) = (text.scalars, try needle(operands))
    guard !part.isEmpty else { return scalars.count }
    let place = Array(scalars.reversed()).places(of: part.reversed()).first
    return place.map { scalars.count - $0 - part.count } ?? -1
  }

  /// The text before the argument, the argument, and the text behind it.
  private static func parted(
    _ text: String, _ operands: Operands, isFromEnd: Bool
  ) throws(TemplateProblem) -> Value {
    let (scalars, part) = (text.scalars, try needle(operands))
    guard !part.isEmpty else { throw .evaluation("the separator is empty") }
    let place = isFromEnd ? try lastPlace(text, operands) : scalars.places(of: part).first ?? -1
    guard place >= 0 else {
      let parts: [Value] = [.string(text), .string(""), .string("")]
      return try .tuple(isFromEnd ? parts.reversed() : parts)
    }
    return try .tuple([
      .string(scalars[..<place]), .string(part), .string(scalars[(place + part.count)...]),
    ])
  }

  private static func split(
    _ text: String, _ operands: Operands, isFromEnd: Bool
  ) throws(TemplateProblem) -> Value {
    let arguments = try operands.arguments.bound(to: "sep", "maxsplit")
    let separator = try arguments[0].text("separator")?.scalars
    guard separator?.isEmpty != true else { throw .evaluation("the separator is empty") }
    let limit = try arguments[1].integer("count").flatMap { $0 < 0 ? nil : $0 }
    var scalars = text.scalars
    if isFromEnd { scalars.reverse() }
    var pieces: [[Unicode.Scalar]]
    if let separator {
      pieces = scalars.pieces(between: isFromEnd ? separator.reversed() : separator, limit: limit)
    } else {
      pieces = scalars.words(limit: limit)
    }
    if isFromEnd { pieces = pieces.reversed().map { $0.reversed() } }
    return try .of(pieces.map { .string($0) })
  }
}

extension [Unicode.Scalar] {
  /// What stands between the first so many separators, and the rest.
  fileprivate func pieces(between separator: [Unicode.Scalar], limit: Int?) -> [[Unicode.Scalar]] {
    var pieces: [[Unicode.Scalar]] = []
    var start = 0
    for place in places(of: separator).prefix(limit ?? .max) {
      pieces.append(Array(self[start..<place]))
      start = place + separator.count
    }
    return pieces + [Array(self[start...])]
  }

  /// The first so many words between space, and the rest from its first word on.
  fileprivate func words(limit: Int?) -> [[Unicode.Scalar]] {
    var words: [[Unicode.Scalar]] = []
    var rest = drop(while: \.isSpace)
    while !rest.isEmpty {
      if words.count == limit { return words + [Array(rest)] }
      let word = rest.prefix { !$0.isSpace }
      words.append(Array(word))
      rest = rest.dropFirst(word.count).drop(while: \.isSpace)
    }
    return words
  }
}
