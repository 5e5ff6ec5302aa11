import Planning
import Testing

@Suite("A recipe of slow patterns")
struct PatternBudgetTests {
  private static let names = (0..<57).map {
    "blk.\($0).ffn_down_exps.weight_of_a_long_name_aaaaaaaa"
  }

  @Test("with look-aheads and nested repeats is searched once for each place")
  func lookAheads() throws {
    let rules = (0..<30).map { "(?=(([a-z_.]*){9}){9}z\($0))b=q8_0" }
    let recipe = try Recipe(parsing: rules.joined(separator: "\n"))
    let clock = ContinuousClock()
    let time = try clock.measure { _ = try recipe.assignment(of: Self.names) }
    #expect(time < .seconds(10), "\(time)")
  }

  @Test("that would take too long is refused, and names the rule")
  func refused() throws {
    let rules = (0..<300).map { "(?=((([a-z_.]?){9}){9}){9}z\($0))." }
    let recipe = try Recipe(parsing: rules.map { $0 + "=q8_0" }.joined(separator: "\n"))
    let error = #expect(throws: TensorPatternError.self) {
      try recipe.assignment(of: Self.names)
    }
    #expect(error?.fault == .tooSlow)
    #expect(error.map { rules.contains($0.pattern) } == true)
  }
}
