import Planning
import Testing

@Suite("The text of a skeleton")
struct SkeletonReadingTests {
  @Test("is that of any recipe")
  func plainRecipe() throws {
    let text = """
      # model: example
      ## a comment

      ^blk\\.(0|1)\\.attn_v\\.weight$=Q8_0, [0-9]+\\.ffn=iq4_kss   # if it pleases
        token_embd=q4_K\toutput=q6_K
      """
    let skeleton = try Skeleton(parsing: text)
    let recipe = try Recipe(parsing: text)
    #expect(skeleton.rules.map(\.typeRule) == recipe.rules)
    #expect(skeleton.provenance == recipe.provenance)
    #expect(skeleton.provenance["model"] == "example")
  }

  @Test("has conditions for all rules of a line, in any spacing and before any comment")
  func conditions() throws {
    let spaced = try Skeleton(parsing: "a=q8_0, b=q4_K if gqa >= 4 and not tied # why not")
    let narrow = try Skeleton(parsing: "a=q8_0,b=q4_K  if  gqa>=4 and not\ttied")
    #expect(spaced == narrow)
    #expect(spaced != (try Skeleton(parsing: "a=q8_0, b=q4_K if gqa >= 4")))
    #expect(spaced.rules.count == 2)
  }

  @Test("is refused as a plain recipe where it has conditions")
  func notARecipe() {
    #expect(throws: RecipeError.self) { try Recipe(parsing: "a=q8_0 if gqa >= 4") }
    #expect(throws: RecipeError.self) { try Recipe(parsing: "a=q8_0 if tied") }
  }

  @Test(
    "is refused with the line",
    arguments: [
      ("a=q8_0\nb=q9_9", "line 2: unknown type ‘q9_9’ in ‘b=q9_9’"),
      ("(=q8_0 if tied", "line 1: pattern ‘(’ has an unbalanced ‘(’"),
      ("\n\nif tied", "line 3: no rule stands before ‘if’"),
      ("a=q8_0\r\na=q8_0 if", "line 2: a condition or a quantity is missing at the end"),
    ])
  func refusedLine(text: String, message: String) {
    let error = #expect(throws: SkeletonError.self) { try Skeleton(parsing: text) }
    #expect(error?.description == message)
  }

  private static let quantities =
    "quantities are gqa, experts, blocks, attentions, vocabulary, columns, layer, place"

  @Test(
    "is refused with what is wrong with its conditions",
    arguments: [
      ("gqa", "a comparison is missing at the end"),
      ("gqa 4", "a comparison should stand where ‘4’ does"),
      ("gqa >", "a condition or a quantity is missing at the end"),
      ("tied imatrix", "‘and’ or the end of the line should stand where ‘imatrix’ does"),
      ("tied and", "a condition or a quantity is missing at the end"),
      ("not", "a condition or a quantity is missing at the end"),
      ("not not tied", "unknown condition or quantity ‘not’; \(quantities)"),
      ("heads > 4", "unknown condition or quantity ‘heads’; \(quantities)"),
      ("é > 4", "a condition or a quantity should stand where ‘é’ does"),
      ("layer < 8b", "‘8b’ is no number to reckon with here"),
      ("layer < 99999999999999999999", "‘99999999999999999999’ is no number to reckon with here"),
      ("layer < blocks/0", "‘0’ is no number to reckon with here"),
      ("layer % blocks = 0", "‘blocks’ is no number to reckon with here"),
      ("layer * > 4", "a condition or a quantity should stand where ‘>’ does"),
      ("arch llama", "‘=’ or ‘!=’ should stand where ‘llama’ does"),
      ("arch = llama|", "an architecture is missing at the end"),
      ("size = 13b", "unknown size ‘13b’; sizes are 8b, 70b"),
      ("size != ", "a size is missing at the end"),
      ("more_bits", "‘(’ is missing at the end"),
      ("more_bits(layer)", "‘,’ should stand where ‘)’ does"),
      ("more_bits(layer, blocks", "‘)’ is missing at the end"),
    ])
  func refusedConditions(text: String, message: String) {
    let error = #expect(throws: SkeletonError.self) {
      try Skeleton(parsing: "a=q8_0 if \(text)")
    }
    #expect(error?.description == "line 1: \(message)")
  }
}
