/// What a script has set so far.
struct ShellState {
  /// The value of a variable.
  enum Value: Equatable {
    case text(ScriptText)
    case array([ScriptText])

    /// The elements; of a text the one.
    var elements: [ScriptText] {
      switch self {
      case .text(let text): [text]
      case .array(let elements): elements
      }
    }
  }

  /// The variables that are set.
  var variables: [String: Value] = [:]
  /// The bodies of functions.
  var functions: [String: ShellNode] = [:]
  /// `$1` and so on; nil for those of the script itself, which nothing tells.
  var arguments: [ScriptText]?
  /// The files that were written, by their paths.
  var files: [String: ScriptText] = [:]
  /// Whether nothing more of this branch, function or script runs.
  var hasEnded = false

  /// The state after one of several ways through a script was gone: what they do not agree about cannot be told.
  ///
  /// - Parameter line: where they part.
  static func merged(_ ways: [ShellState], line: Int) -> ShellState {
    let open = ways.filter { !$0.hasEnded }
    guard var merged = open.first ?? ways.first else { return ShellState() }
    for other in open.dropFirst() {
      for name in Set(merged.variables.keys).union(other.variables.keys)
      where !agrees(merged.variables[name], other.variables[name]) {
        var gap = ScriptGap(reason: .conditional("$\(name)"), line: line)
        gap.isDivided = true
        merged.variables[name] = .text(ScriptText(gap))
      }
      for path in Set(merged.files.keys).union(other.files.keys)
      where !agrees(merged.files[path], other.files[path]) {
        merged.files[path] = ScriptText(ScriptGap(reason: .conditional(path), line: line))
      }
      merged.functions.merge(other.functions) { _, new in new }
    }
    return merged
  }

  private static func agrees(_ a: Value?, _ b: Value?) -> Bool {
    guard let a, let b else { return a == nil && b == nil }
    let (x, y) = (a.elements, b.elements)
    return x.count == y.count && zip(x, y).allSatisfy { $0.says($1) }
  }

  private static func agrees(_ a: ScriptText?, _ b: ScriptText?) -> Bool {
    guard let a, let b else { return a == nil && b == nil }
    return a.says(b)
  }
}
