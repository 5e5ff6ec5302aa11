package import GGUF

extension Skeleton {
  /// Reads a skeleton: the text of a recipe in any form that `Recipe` reads, whose lines may end in
  /// `if` and conditions, which then hold for every rule of the line.
  package init(parsing text: some StringProtocol) throws(SkeletonError) {
    var rules: [SkeletonRule] = []
    let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
    for (index, line) in lines.enumerated() {
      do throws(SkeletonError.Problem) {
        rules += try Self.rules(of: line)
      } catch {
        throw SkeletonError(line: index + 1, problem: error)
      }
    }
    let preamble = lines.prefix { line in
      line.first { !$0.isWhitespace }.map { $0 == "#" } ?? true
    }
    var provenance = Provenance()
    for line in preamble { provenance.read(comment: line) }
    self.init(provenance: provenance, rules: rules)
  }

  /// Whether a text has rules on conditions, so that it takes a model to tell its recipe.
  package static func hasConditions(_ text: some StringProtocol) -> Bool {
    text.split(whereSeparator: \.isNewline).contains { line in
      line.split(whereSeparator: \.isWhitespace).prefix { $0.first != "#" }.dropFirst()
        .contains("if")
    }
  }

  private static func rules(
    of line: some StringProtocol
  ) throws(SkeletonError.Problem) -> [SkeletonRule] {
    let words = line.split(whereSeparator: \.isWhitespace).prefix { $0.first != "#" }
    // No rule is the bare word: each has its `=`.
    let parts = words.split(separator: "if", maxSplits: 1, omittingEmptySubsequences: false)
    let rules: [TypeRule]
    do throws(RecipeError) {
      rules = try Recipe(parsing: parts[0].joined(separator: " ")).rules
    } catch {
      throw .rule(error.problem)
    }
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
