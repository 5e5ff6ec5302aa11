import GGUF
import TestSupport

/// Writes recipes as people and programs might, well-formed but of any meaning.
struct RandomRecipe {
  private var generator: SeededGenerator
  private let types: [TensorType]

  init(seed: UInt64, types: [TensorType]) {
    generator = SeededGenerator(seed: seed)
    self.types = types
  }

  /// The text of a recipe of some rules, comments and empty lines.
  mutating func next() -> String {
    (0..<Int.random(in: 1...12, using: &generator)).map { _ in line() }.joined(separator: "\n")
  }

  private mutating func line() -> String {
    switch Int.random(in: 0..<8, using: &generator) {
    case 0: "# " + rule()
    case 1: ""
    case 2: "\(rule()), \(rule())"
    case 3: "\(rule())  # why"
    default: rule()
    }
  }

  private mutating func rule() -> String {
    let type = pick(types.map(\.name))
    return pattern() + "=" + (Bool.random(using: &generator) ? type : type.uppercased())
  }

  private mutating func pattern() -> String {
    if Int.random(in: 0..<5, using: &generator) == 0 {
      return pick([
        ".*", #"^token_embd\.weight$"#, #"output\.weight"#, "[A-Z]", #"\S+_exps"#, "a,b",
      ])
    }
    let block = pick([
      #"blk\.[0-9]+\."#, "blk.*", #"^blk\.(0|1|2|11)\."#, #"blk\.\d\."#, #"blk\.\d{1,2}\."#, "",
      #"^blk\.[^0-3]\."#, "(?!x)",
    ])
    let role = pick([
      "ffn_(gate|up)", "ffn_down", "attn_.*", "attn_(q|k|v)", "attn_k", "ffn_[A-Z]", "exps",
      "(?=ffn)ffn_up", "ffn_.*_shexp", "norm",
    ])
    return block + role + pick(["", #"\.weight"#, #"\.weight$"#])
  }

  private mutating func pick<T>(_ choices: [T]) -> T { choices.randomElement(using: &generator)! }
}
