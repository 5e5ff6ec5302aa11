package import GGUF

extension Skeleton {
  /// Reads a skeleton: the text of a recipe in any form that `Recipe` reads, whose lines may end in
  /// `if` and conditions, which then hold for every rule of the line.
  package init(parsing text: some StringProtocol) throws(SkeletonError) {
    var rules: [SkeletonRule] = []
    let text = RecipeText(String(text))
    let lines = text.bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    for (index, line) in lines.enumerated() {
      do throws(SkeletonError.Problem) {
        rules += try Self.rules(of: line)
      } catch {
        throw SkeletonError(line: index + 1, problem: error)
      }
    }
    let preamble = lines.prefix { RuleWords(of: $0).words.isEmpty }
    var provenance = Provenance()
    for line in preamble { provenance.read(comment: String(decoding: line, as: UTF8.self)) }
    self.init(provenance: provenance, rules: rules)
  }

  /// Whether a text has rules on conditions, so that it takes a model to tell its recipe.
  package static func hasConditions(_ text: some StringProtocol) -> Bool {
    // Most recipes have no such word, and need no second look.
    guard text.utf8.contains(pair: (UInt8(ascii: "i"), UInt8(ascii: "f"))) else { return false }
    let text = RecipeText(String(text))
    return text.form == .rules
      && text.bytes.split(separator: UInt8(ascii: "\n")).contains { line in
        let words = RuleWords(of: line)
        return words.words.dropFirst().contains { words.text($0) == "if" }
      }
  }

  private static func rules(
    of line: ArraySlice<UInt8>
  ) throws(SkeletonError.Problem) -> [SkeletonRule] {
    let words = String(decoding: line, as: UTF8.self).split(whereSeparator: \.isWhitespace)
      .prefix { $0.first != "#" }
    // No rule is the bare word: each has its `=`.
    let parts = words.split(separator: "if", maxSplits: 1, omittingEmptySubsequences: false)
    var source = RecipeSource()
    do throws(RecipeError) {
      try source.read(rules: Array(parts[0].joined(separator: " ").utf8))
    } catch {
      throw .rule(error.problem)
    }
    let rules = source.recipe.rules
    var conditions: [SkeletonCondition] = []
    if parts.count > 1 {
      guard !rules.isEmpty else { throw .noRule }
      do throws(SkeletonConditionError) {
        var parser = SkeletonConditionParser(parts[1].joined(separator: " "))
        conditions = try parser.conditions()
      } catch {
        throw .condition(error)
      }
    }
    return rules.map { SkeletonRule(typeRule: $0, conditions: conditions) }
  }
}

extension Sequence<UInt8> {
  /// Whether these two bytes stand in a row.
  fileprivate func contains(pair: (UInt8, UInt8)) -> Bool {
    var last: UInt8?
    for byte in self {
      if byte == pair.1, last == pair.0 { return true }
      last = byte
    }
    return false
  }
}

/// A line of a skeleton that cannot be read.
package struct SkeletonError: ClassifiedError, Equatable {
  /// The line, counted from 1.
  package let line: Int
  /// What is wrong with it.
  package let problem: Problem

  /// What can be wrong with a line.
  package enum Problem: ClassifiedError, Equatable {
    /// A rule is not one.
    case rule(RecipeError.Problem)
    /// Conditions stand without a rule.
    case noRule
    /// The conditions cannot be read.
    case condition(SkeletonConditionError)

    package var kind: ErrorKind { .badInput }

    package var description: String {
      switch self {
      case .rule(let error): error.description
      case .noRule: "no rule stands before ‘if’"
      case .condition(let error): error.description
      }
    }
  }

  package var kind: ErrorKind { problem.kind }

  package var description: String { "line \(line): \(problem)" }
}
