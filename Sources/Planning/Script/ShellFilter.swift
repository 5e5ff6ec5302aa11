/// A program of which the output is known: it prints its words, or rewrites text.
///
/// `echo`, `printf`, `seq`, `grep`, `sed`, `tr` and `paste`, as far as scripts use them to bring rules into a line.
struct ShellFilter {
  /// The names of programs that only print. What they print cannot always be told.
  static let names: Set = [
    "echo", "printf", "seq", "grep", "egrep", "fgrep", "sed", "tr", "paste", "cat", "cut", "awk",
    "sort",
    "uniq", "head", "tail", "wc", "xargs", "basename", "dirname", "date", "nproc", "which", "ls",
    "cd",
    "[", "test", "true", "false", ":", "source", ".", "trap", "wait", "sleep",
  ]

  /// What it does.
  enum Work {
    case prints(ScriptText)
    case selects(TensorPattern, inverted: Bool)
    case edits(StreamEdit)
    case translates([UInt8: UInt8])
    case deletes(ByteSet)
    case squeezes(ByteSet)
    case joins(UInt8)
  }

  private let work: Work
  /// The files that it reads.
  private(set) var files: [ScriptText] = []
  /// Whether it changes those files.
  private(set) var editsFiles = false

  /// Whether its words are all that it needs.
  var needsNoInput: Bool { if case .prints = work { true } else { false } }

  /// The program of this name with its arguments; nil for others, and for what is not followed.
  init?(_ name: String, _ arguments: [ScriptText], line: Int) {
    switch name {
    case "echo": work = .prints(Self.echo(arguments, line))
    case "printf":
      guard let text = Self.printf(arguments, line) else { return nil }
      work = .prints(text)
    case "seq":
      guard let text = Self.sequence(arguments, line) else { return nil }
      work = .prints(text)
    case "true", ":": work = .prints(ScriptText())
    case "grep", "egrep":
      guard let grep = Self.grep(arguments, isExtended: name == "egrep") else { return nil }
      work = .selects(grep.pattern, inverted: grep.isInverted)
      files = grep.files
    case "sed":
      guard let options = StreamEdit.Options(arguments) else { return nil }
      work = .edits(options.edit)
      files = options.files
      editsFiles = options.isInPlace
    case "tr":
      guard let work = Self.translation(arguments) else { return nil }
      self.work = work
    case "paste":
      guard let delimiter = Self.delimiter(arguments) else { return nil }
      work = .joins(delimiter)
    default: return nil
    }
  }

  /// What it prints for this input.
  func output(of input: ScriptText) -> ScriptText {
    if case .prints(let text) = work { return text }
    if let gap = input.gaps.first { return ScriptText(gap) }
    switch work {
    case .prints(let text): return text
    case .selects(let pattern, let inverted):
      return Self.lines(input) { pattern.longestMatch(in: $0.bytes) == nil ? inverted : !inverted }
    case .edits(let edit): return edit.output(of: input)
    case .translates(let map):
      return Self.mapped(input) { map[$0] ?? $0 }
    case .deletes(let set): return Self.mapped(input) { set.contains($0) ? nil : $0 }
    case .squeezes(let set):
      var last: UInt8?
      return Self.mapped(input) { byte in
        defer { last = byte }
        return byte == last && set.contains(byte) ? nil : byte
      }
    case .joins(let delimiter):
      let text = input.withoutLineEnds
      var joined = Self.mapped(text) { $0 == UInt8(ascii: "\n") ? delimiter : $0 }
      joined.append(UInt8(ascii: "\n"), line: Int(input.lines.last ?? 1))
      return joined
    }
  }

  private static func mapped(_ text: ScriptText, _ map: (UInt8) -> UInt8?) -> ScriptText {
    var result = ScriptText()
    for (byte, line) in zip(text.bytes, text.lines) {
      if let byte = map(byte) { result.append(byte, line: Int(line)) }
    }
    return result
  }

  /// The lines of a text, with their ends, that are to stay.
  static func lines(_ text: ScriptText, where stays: (ScriptText) -> Bool) -> ScriptText {
    var result = ScriptText()
    var lines = text.split(at: ByteSet("\n"))
    let hasEnd = lines.last?.isEmpty ?? true
    if hasEnd { lines.removeLast() }
    for (place, line) in lines.enumerated() where stays(line) {
      result.append(line)
      if place < lines.count - 1 || hasEnd {
        result.append(UInt8(ascii: "\n"), line: Int(line.lines.last ?? 1))
      }
    }
    return result
  }
}
