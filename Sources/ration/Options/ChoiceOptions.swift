import ArgumentParser
import Planning

/// What a plan may choose from.
struct ChoiceOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The only types to choose from.",
      discussion: """
        By default all quantized types that ration can write and --runtime loads. ration inspect \
        --help lists them.
        """,
      valueName: "a,b,…"))
  var types: TypeList?

  @Option(
    help: ArgumentHelp(
      "Give the matching tensors this type.",
      discussion: """
        May be given several times; of the pins that match a tensor the first counts. A pin also \
        holds where --types leaves its type out. One that contradicts a floor or a ceiling is an error.
        """,
      valueName: "regex=type"))
  var pin: [String] = []

  @Option(
    help: ArgumentHelp(
      "Give the matching tensors at least the bits per weight of this type.",
      discussion: "May be given several times; all that match a tensor hold.",
      valueName: "regex=type"))
  var floor: [String] = []

  @Option(
    help: ArgumentHelp(
      "Give the matching tensors at most the bits per weight of this type.",
      discussion: "May be given several times; all that match a tensor hold.",
      valueName: "regex=type"))
  var ceiling: [String] = []

  @Option(
    help: ArgumentHelp(
      "The least type of layers that draft (NextN, MTP), or none.",
      discussion: """
        A floor for all tensors of such layers. Pins and ceilings go before it, and it holds where --types leaves its \
        type out.
        """,
      valueName: "type|none"))
  var draftFloor = DraftFloor(DraftLayers.usualFloor)

  @Option(
    help: ArgumentHelp(
      "Give the tensors of a group one type.",
      discussion: """
        gate-up and qkv are the groups that ik_llama.cpp fuses, block by block. block:regex ties the \
        matching tensors of each block, regex all that match. May be given several times.
        """,
      valueName: "gate-up|qkv|regex"),
    completion: .list(["gate-up", "qkv", "block:"]))
  var tie: [String] = []

  @Option(
    help: ArgumentHelp(
      "The program that will run the model: ik_llama.cpp or llama.cpp (mainline).",
      discussion: "Types that it does not load are not chosen, and pins to them are errors.",
      valueName: "program"))
  var runtime: Runtime = .ik

  /// The options as constraints.
  func constraints() throws -> Constraints {
    Constraints(
      pins: try rules(pin, option: "--pin"), floors: try rules(floor, option: "--floor"),
      ceilings: try rules(ceiling, option: "--ceiling"),
      ties: try Self.read(tie, option: "--tie") { try Tie($0) }, types: types?.types,
      runtime: runtime)
  }

  private func rules(_ texts: [String], option: String) throws -> [TypeRule] {
    try Self.read(texts, option: option) { try TypeRule($0) }
  }

  /// Reads the values of an option. Throws `ValidationError`, which names it.
  private static func read<Value>(
    _ texts: [String], option: String, _ read: (String) throws -> Value
  ) throws -> [Value] {
    try texts.map { text in
      do {
        return try read(text)
      } catch {
        throw ValidationError("\(option): \(error)")
      }
    }
  }
}
