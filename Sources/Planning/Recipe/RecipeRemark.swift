import GGUF

/// Something that a text says beyond its rules, or leaves open.
package struct RecipeRemark: Sendable, Equatable {
  /// What it is.
  package let matter: Matter
  /// The line that it stands in, where it has one.
  package let line: Int?

  /// A remark about a line, or about a text as a whole.
  package init(matter: Matter, line: Int?) {
    self.matter = matter
    self.line = line
  }

  /// What a text can say beyond its rules.
  package enum Matter: Sendable, Equatable {
    /// An option of a command, or a member of JSON, that is not known.
    case unknown(String)
    /// An option that is known and has no part in a recipe: what it does.
    case beyond(String, effect: String)
    /// Options without effect, since the command's type is one under which the programs ignore them.
    case ignored([String], under: String)
    /// The command takes its type for all other tensors from this, which is no type of the programs.
    case unknownBase(String)
    /// All other tensors get the plain type of a mix, which gives some of them others.
    case plainBase(String)
    /// All other tensors follow this mix, of which rules exist for a model only.
    case mixNeedsModel(String)
    /// The mix is that of ik_llama.cpp, and the command is one of llama.cpp.
    case mixOfOtherProgram(String)
    /// The command leaves `output.weight` as it is, which takes a model to say.
    case outputNeedsModel
    /// A command without rules, which was passed over since another one has some.
    case passedOver
    /// A character in a rule that looks like a space or like nothing.
    case oddCharacter(String, rule: String)
    /// The text is that of a file which has the name of a stock mix.
    case fileNotMix(String)
  }

  /// How much it matters.
  package var severity: RecipeFinding.Severity {
    switch matter {
    case .unknown, .beyond, .ignored, .unknownBase, .plainBase, .mixOfOtherProgram, .oddCharacter:
      .warning
    case .mixNeedsModel, .outputNeedsModel, .passedOver, .fileNotMix: .note
    }
  }
}

extension RecipeRemark: CustomStringConvertible {
  package var description: String { (line.map { "line \($0): " } ?? "") + sentence }

  private var sentence: String {
    switch matter {
    case .unknown(let name): "‘\(name.escaped)’ is not known and was not read"
    case .beyond(let option, let effect): "\(option) \(effect), which is no part of a recipe"
    case .ignored(let options, let base):
      "\(options.joined(separator: ", ")) and what it says are ignored: llama-quantize does so "
        + "under \(base)"
    case .unknownBase(let name):
      "the type for all other tensors, ‘\(name.escaped)’, is not known and was not read"
    case .plainBase(let mix):
      "all other tensors get the plain type of \(mix); llama-quantize gives some of them another "
        + "one there, and Ration does not know which"
    case .mixNeedsModel(let mix):
      "all other tensors follow the mix \(mix); which types those are takes a model to tell"
    case .mixOfOtherProgram(let mix):
      "all other tensors follow \(mix) as ik_llama.cpp has it; llama.cpp gives some of them another type"
    case .outputNeedsModel:
      "--leave-output-tensor keeps the type of output.weight; which one that is takes a model to tell"
    case .passedOver: "this command has no rules and was passed over for one that has"
    case .oddCharacter(let character, let rule):
      "the rule ‘\(rule.escaped)’ holds \(character), which is hard to see and which names of tensors do "
        + "not have"
    case .fileNotMix(let name):
      "the file ‘\(name.escaped)’ was read, not the stock mix of that name"
    }
  }
}
