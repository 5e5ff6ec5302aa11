/// How the arguments of each program are read.
extension ShellFilter {
  /// What `echo` prints.
  static func echo(_ arguments: [ScriptText], _ line: Int) -> ScriptText {
    let options = arguments.prefix { argument in
      argument.count > 1 && argument.bytes[0] == UInt8(ascii: "-")
        && argument.bytes.dropFirst().allSatisfy(ByteSet("neE").contains)
    }
    let letters = options.flatMap(\.bytes)
    var text = ScriptText()
    for (place, argument) in arguments.dropFirst(options.count).enumerated() {
      if place > 0 { text.append(UInt8(ascii: " "), line: line) }
      text.append(letters.contains(UInt8(ascii: "e")) ? argument.unescaped : argument)
    }
    if !letters.contains(UInt8(ascii: "n")) {
      text.append(UInt8(ascii: "\n"), line: Int(text.lines.last ?? Int32(clamping: line)))
    }
    return text
  }

  /// The format once, and again while arguments are left; nil for more than `%s` and `%d`.
  static func printf(_ arguments: [ScriptText], _ line: Int) -> ScriptText? {
    guard let format = arguments.first?.unescaped, format.gaps.isEmpty else { return nil }
    var rest = arguments.dropFirst()
    var text = ScriptText()
    repeat {
      var takes = false
      var place = 0
      while place < format.count {
        let byte = format.bytes[place]
        let next = place + 1 < format.count ? format.bytes[place + 1] : 0
        if byte != UInt8(ascii: "%") {
          text.append(byte, line: Int(format.lines[place]))
          place += 1
          continue
        }
        switch next {
        case UInt8(ascii: "%"): text.append(byte, line: Int(format.lines[place]))
        case UInt8(ascii: "s"), UInt8(ascii: "d"):
          takes = true
          if let argument = rest.popFirst() { text.append(argument) }
        default: return nil
        }
        place += 2
      }
      if !takes { break }
    } while !rest.isEmpty
    return text
  }

  /// What `seq` prints; nil for what is not followed.
  static func sequence(_ arguments: [ScriptText], _ line: Int) -> ScriptText? {
    let numbers = arguments.compactMap { Int($0.string) }
    guard numbers.count == arguments.count, (1...3).contains(numbers.count) else { return nil }
    let first = numbers.count > 1 ? numbers[0] : 1
    let step = numbers.count > 2 ? numbers[1] : 1
    let last = numbers[numbers.count - 1]
    guard step != 0, [first, step, last].allSatisfy({ $0.magnitude < 1 << 31 }),
      abs(last - first) / abs(step) < 100_000
    else { return nil }
    return ScriptText(
      stride(from: first, through: last, by: step).map { "\($0)\n" }.joined(), line: line)
  }

  /// What `grep` looks for and where; nil for what is not followed.
  static func grep(
    _ arguments: [ScriptText], isExtended: Bool
  ) -> (pattern: TensorPattern, isInverted: Bool, files: [ScriptText])? {
    var isExtended = isExtended
    var isInverted = false
    var patterns: [ScriptText] = []
    var others: [ScriptText] = []
    var rest = arguments[...]
    while let argument = rest.popFirst() {
      guard argument.bytes.first == UInt8(ascii: "-"), argument.count > 1 else {
        others.append(argument)
        continue
      }
      for letter in argument.bytes.dropFirst() {
        switch letter {
        case UInt8(ascii: "v"): isInverted = true
        case UInt8(ascii: "E"): isExtended = true
        case UInt8(ascii: "e"):
          guard let pattern = rest.popFirst() else { return nil }
          patterns.append(pattern)
        default: return nil
        }
      }
    }
    if patterns.isEmpty, !others.isEmpty { patterns.append(others.removeFirst()) }
    let texts = patterns.compactMap {
      PosixPattern.translated($0, isExtended: isExtended).map { "(?:\($0))" }
    }
    guard !texts.isEmpty, texts.count == patterns.count,
      let pattern = try? TensorPattern(texts.joined(separator: "|"))
    else { return nil }
    return (pattern, isInverted, others)
  }

  /// What `tr` does; nil for what is not followed.
  static func translation(_ arguments: [ScriptText]) -> Work? {
    guard let first = arguments.first else { return nil }
    let sets = arguments.filter { $0.bytes.first != UInt8(ascii: "-") || $0.count == 1 }
    let members = sets.map(\.translationSet)
    if first.says("-d"), sets.count == 1, let set = members[0] { return .deletes(ByteSet(set)) }
    if first.says("-s"), sets.count == 1, let set = members[0] { return .squeezes(ByteSet(set)) }
    guard arguments.count == 2, let from = members.first ?? nil, let to = members.last ?? nil,
      let last = to.last
    else { return nil }
    var map: [UInt8: UInt8] = [:]
    for (place, byte) in from.enumerated() { map[byte] = place < to.count ? to[place] : last }
    return .translates(map)
  }

  /// What `paste -s -d , -` puts between lines.
  static func delimiter(_ arguments: [ScriptText]) -> UInt8? {
    let text = arguments.filter { !$0.says("-") }.map(\.string).joined(separator: " ")
    switch text {
    case "-sd,", "-s -d,", "-s -d ,", "-d, -s", "-d , -s", "-sd ,", "-s --delimiters=,":
      return UInt8(ascii: ",")
    case "-sd ", "-s -d  ": return UInt8(ascii: " ")
    default: return nil
    }
  }
}

extension ByteSet {
  fileprivate init(_ bytes: [UInt8]) {
    self.init()
    for byte in bytes { insert(byte) }
  }
}

extension ScriptText {
  /// The text with `\n`, `\t` and `\\` resolved.
  var unescaped: ScriptText {
    var text = ScriptText()
    var place = 0
    var rest = gaps[...]
    while place < count {
      let byte = bytes[place]
      let line = Int(lines[place])
      if byte == Self.gapMark, let gap = rest.popFirst() {
        text.append(gap)
      } else if byte == UInt8(ascii: "\\"), place + 1 < count,
        let meant = Self.escapes[bytes[place + 1]]
      {
        text.append(meant, line: line)
        place += 1
      } else {
        text.append(byte, line: line)
      }
      place += 1
    }
    return text
  }

  private static let escapes: [UInt8: UInt8] = [
    UInt8(ascii: "n"): 0x0A, UInt8(ascii: "t"): 0x09, UInt8(ascii: "r"): 0x0D,
    UInt8(ascii: "\\"): UInt8(ascii: "\\"), UInt8(ascii: "\""): UInt8(ascii: "\""),
  ]

  /// The bytes that a set of `tr` stands for; nil for what is not followed.
  fileprivate var translationSet: [UInt8]? {
    guard gaps.isEmpty else { return nil }
    let bytes = unescaped.bytes
    if bytes.starts(with: Array("[:".utf8)) {
      guard let set = ByteSet.posixClass(String(string.dropFirst(2).dropLast(2))) else {
        return nil
      }
      return (UInt8.min...UInt8.max).filter(set.contains)
    }
    guard !bytes.dropFirst().dropLast().contains(UInt8(ascii: "-")) else { return nil }
    return bytes
  }
}
