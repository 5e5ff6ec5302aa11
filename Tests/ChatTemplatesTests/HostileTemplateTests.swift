import ChatTemplates
import Foundation
import GGUF
import Synchronization
import TestSupport
import Testing

/// A template that asks for too much ends with an error, also on a small stack.
@Suite struct HostileTemplateTests {
  /// What rendering gives on a stack of a mebibyte. Without optimization, calls take most of it.
  private func outcome(
    _ template: String, budget: Int = Budget.standardAmount
  ) throws -> Result<String, ChatTemplateError> {
    let time = try RecordedCases.time
    let result = Mutex<Result<String, ChatTemplateError>?>(nil)
    let end = DispatchSemaphore(value: 0)
    let thread = Thread {
      let rendered = Result { () throws(ChatTemplateError) in
        try ChatTemplate(template).render(
          variables: RecordedCases.all.variables, at: time, budget: Budget(budget))
      }
      result.withLock { $0 = rendered }
      end.signal()
    }
    thread.stackSize = 1 << 20
    thread.start()
    end.wait()
    return try #require(result.withLock { $0 })
  }

  private func problem(_ template: String, budget: Int = 1 << 17) throws -> TemplateProblem? {
    guard case .failure(let error) = try outcome(template, budget: budget) else { return nil }
    return error.problem
  }

  private static func within(
    _ count: Int, _ begin: String, _ middle: String, _ end: String
  ) -> String {
    String(repeating: begin, count: count) + middle + String(repeating: end, count: count)
  }

  @Test(arguments: [
    "{{ " + within(3_000, "(", "1", ")") + " }}",
    "{{ " + within(3_000, "[", "1", "]") + " }}",
    "{{ " + within(3_000, "not ", "1", "") + " }}",
    "{{ " + within(3_000, "-", "1", "") + " }}",
    "{{ " + within(3_000, "{'a': ", "1", "}") + " }}",
    "{{ " + within(3_000, "1 if 1 else ", "1", "") + " }}",
    "{{ deep" + within(3_000, ".a", "", "") + " }}",
    "{{ 1" + within(3_000, " | abs", "", "") + " }}",
    "{{ 1" + within(3_000, " is true", "", "") + " }}",
    "{{ 1" + within(3_000, " if 1", "", "") + " }}",
    "{% set " + within(3_000, "(", "a", ")") + " = 1 %}",
    within(3_000, "{% if 1 %}", "x", "{% endif %}"),
    within(3_000, "{% for x in [1] %}", "x", "{% endfor %}"),
    within(3_000, "{% filter upper %}", "x", "{% endfilter %}"),
    "{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}",
    "{% macro f() %}{% call f() %}{{ caller() }}{% endcall %}{% endmacro %}{{ f() }}",
    "{% set n = namespace(x=[]) %}{% for i in range(1000) %}{% set n.x = [n.x] %}{% endfor %}",
    "{% set n = namespace(x={}) %}{% for i in range(999) %}{% set n.x = {'a': n.x} %}{% endfor %}",
  ])
  func tooManyLevelsAreAnError(_ template: String) throws {
    #expect(try problem(template) == .tooDeep)
  }

  @Test(arguments: [
    "{{ 'x' * 9223372036854775807 }}",
    "{{ 'xx' * 9223372036854775807 }}",
    "{{ [1, 2] * 9223372036854775807 }}",
    "{{ 'x' | indent(9223372036854775807) }}",
    "{{ [1] | tojson(indent=9223372036854775807) }}",
    "{{ ('x' * 5000) | replace('x', 'y' * 5000) }}",
    "{{ (['x'] * 5000) | join('y' * 5000) }}",
    "{{ ('\\n' * 5000 ~ 'x') | indent(5000, blank=true) }}",
    "{% for a in range(100000) %}{% for b in range(100000) %}{% endfor %}{% endfor %}",
    "{% set n = namespace(x='x') %}{% for i in range(99) %}{% set n.x = n.x ~ n.x %}{% endfor %}",
    "{% set n = namespace(x='x') %}{% for i in range(99) %}{% set n.x = n.x + n.x %}{% endfor %}",
    """
    {% set n = namespace(x=[1]) %}{% for i in range(70) %}{% set n.x = [n.x, n.x] %}{% endfor %}\
    {{ n.x }}
    """,
    """
    {% set n = namespace(x=[1]) %}{% for i in range(70) %}{% set n.x = [n.x, n.x] %}{% endfor %}\
    {{ n.x | tojson }}
    """,
    """
    {% set n = namespace(x=[1], y=[1]) %}{% for i in range(70) %}\
    {% set n.x = [n.x, n.x] %}{% set n.y = [n.y, n.y] %}{% endfor %}{{ n.x == n.y }}
    """,
    "{{ range(20000) | unique | list | length }}",
    "{% macro f(n) %}{% if n %}{% for i in range(9) %}{{ f(n - 1) }}{% endfor %}{% endif %}"
      + "{% endmacro %}{{ f(9) }}",
  ])
  func tooMuchWorkIsAnError(_ template: String) throws {
    #expect(try problem(template) == .tooMuchWork)
  }

  @Test(arguments: [
    "{{ 9223372036854775807 + 1 }}", "{{ -9223372036854775807 - 2 }}",
    "{{ 9223372036854775807 * 2 }}", "{{ 2 ** 64 }}", "{{ 2 ** 9223372036854775807 }}",
    "{{ (-9223372036854775807 - 1) // -1 }}", "{{ -(-9223372036854775807 - 1) }}",
    "{{ (-9223372036854775807 - 1) | abs }}", "{{ 1e300 | int }}", "{{ '1e300' | int }}",
    "{{ [9223372036854775807, 1] | sum }}",
  ])
  func numbersBeyond64BitsAreAnError(_ template: String) throws {
    #expect(try problem(template) == .evaluation("a number exceeds 64 bits"))
  }

  @Test func extremeBoundsOfSlicesAndRangesAreNoTrap() throws {
    let least = "(-9223372036854775807 - 1)"
    let most = "9223372036854775807"
    for template in [
      "{{ letters[\(least):\(most)] }}", "{{ letters[\(most):\(least):\(least)] }}",
      "{{ letters[::\(most)] }}", "{{ numbers[\(least)] }}", "{{ numbers[\(most)] }}",
      "{{ range(\(least), \(most), \(most)) | list }}", "{{ range(\(most), \(least), \(least)) }}",
      "{{ \(least) % -1 }}", "{{ 'a'.split('a', \(most)) }}", "{{ 'a'.split('a', \(least)) }}",
      "{{ 'a' * \(least) }}", "{{ 'a' | indent(\(least)) }}", "{{ [1] | tojson(indent=\(least)) }}",
    ] {
      #expect(throws: Never.self, "\(template)") { try outcome(template).get() }
    }
  }

  @Test func namespacesMayHoldThemselves() throws {
    let template = """
      {% set n = namespace() %}{% for i in range(10000) %}{% set n.x = namespace(y=n.x) %}\
      {% endfor %}{% set n.x = n %}{{ n == n.x.x.x }}
      """
    #expect(try outcome(template) == .success("True"))
  }

  @Test func levelsBelowTheLimitsFitASmallStack() throws {
    let bodies = Self.within(
      16, "{% if 1 %}{% for x in [1] %}", "{{ f(n - 1) }}", "{% endfor %}{% endif %}")
    let template =
      "{% macro f(n) %}\(bodies)\(Self.within(20, "[", "(1)", "]")){% endmacro %}{{ f(9) }}"
    #expect(try problem(template) == .tooDeep)
    let operands = Self.within(20, "[", "missing.x(a=[1]|map('upper')) ~ 1 + 2 * 3", "]")
    #expect(try problem("{{ \(operands) }}") != .tooDeep)
  }

  @Test func truncationsNeverTrap() throws {
    for recorded in RecordedCases.all.cases {
      let scalars = Array(recorded.template.unicodeScalars)
      let stride = max(1, scalars.count / 30)
      for length in Swift.stride(from: 0, to: scalars.count, by: stride) {
        try probe(Array(scalars[..<length]))
      }
    }
  }

  @Test func mutationsNeverTrap() throws {
    var generator = SeededGenerator(seed: 11)
    let pieces = RecordedCases.all.cases.map { Array($0.template.unicodeScalars) }
    let hostile = [
      "{%", "%}", "{{", "}}", "-", "(", ")", "[", "]", "|", ".", "'", "\\", "99999999999999999999",
      " is ", " if ", " in ", "not ", ":", "::-1", ",", "=", "*", "**", "e9", "\u{301}", "\0",
    ].map { Array($0.unicodeScalars) }
    for _ in 0..<3_000 {
      var mutant = pieces.randomElement(using: &generator) ?? []
      for _ in 0..<Int.random(in: 1...4, using: &generator) {
        let start = Int.random(in: 0...mutant.count, using: &generator)
        let end = min(mutant.count, start + Int.random(in: 0...6, using: &generator))
        let source = Bool.random(using: &generator) ? hostile : pieces
        let piece = source.randomElement(using: &generator) ?? []
        mutant.replaceSubrange(start..<end, with: piece.prefix(40))
      }
      try probe(mutant)
    }
  }

  /// Renders what may be a template.
  private func probe(_ scalars: [Unicode.Scalar]) throws {
    do {
      var source = String.UnicodeScalarView()
      source.append(contentsOf: scalars)
      let template = try ChatTemplate(String(source))
      _ = try template.render(
        variables: RecordedCases.all.variables, at: RecordedCases.time, budget: Budget(20_000))
    } catch is ChatTemplateError {
    }
  }
}
