extension PreTokenizer {
  /// The pre-tokenizers by the names that `tokenizer.ggml.pre` gives them; names in one string cut
  /// alike.
  /// Which expressions, merges and beginnings belong to a name is as in llama.cpp.
  package static let named: [String: PreTokenizer] = {
    var table: [String: PreTokenizer] = [:]
    func add(_ names: String, _ preTokenizer: PreTokenizer) {
      for name in names.split(separator: " ") { table[String(name)] = preTokenizer }
    }
    add("default", PreTokenizer(stages: [looseSymbols, gpt2, numbers, threeDigits]))
    add(
      "gpt-2 phi-2 gigachat a.x-4.0 mellum mpt olmo jais trillion granite-docling exaone4",
      PreTokenizer(stages: [gpt2]))
    add(
      "smollm starcoder refact command-r cohere2_moe codeshell exaone minerva-7b mellum2",
      PreTokenizer(stages: [singleNumbers, gpt2]))
    add("falcon", PreTokenizer(stages: [looseSymbolsOfFalcon, gpt2, threeDigits]))
    add(
      "llama3 llama-v3 llama-bpe falcon3 falcon-h1 pixtral midm-2.0 lfm2",
      PreTokenizer(stages: [words(numbers: 3)], ignoresMerges: true, addsBOS: true))
    add("dbrx smaug-bpe glm4 chatglm-bpe", PreTokenizer(stages: [words(numbers: 3)]))
    add(
      """
      qwen2 deepseek-r1-qwen kormo openpangu megrez stablelm2 hunyuan solar-open grok-2 bailingmoe \
      bailingmoe2 llada-moe
      """,
      PreTokenizer(stages: [words(numbers: 1)]))
    add("qwen35", PreTokenizer(stages: [wordsWithMarks]))
    add("seed-coder", PreTokenizer(stages: [wordsApartFromLines]))
    add(
      "tekken", PreTokenizer(stages: [casedWords(numbers: 1)], ignoresMerges: true, addsBOS: true))
    add("gpt-4o llama4 kanana2 minimax-m2", PreTokenizer(stages: [casedWords(numbers: 3)]))
    add("deepseek-llm", PreTokenizer(stages: deepSeekLLM))
    add("deepseek-coder", PreTokenizer(stages: deepSeekCoder))
    add("kimi-k2", PreTokenizer(stages: [kimi]))
    add("deepseek-v3 hunyuan-dense joyai-llm", PreTokenizer(stages: deepSeekV3))
    return table
  }()

  /// `'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+`
  private static let gpt2: [PieceRule] = [
    .contraction(ignoringCase: false), .run(.letters, before: .space),
    .run(.numbers, before: .space), .run(signs, before: .space), .whitespace,
  ]

  /// `(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*`
  /// `|\s*[\r\n]+|\s+(?!\S)|\s+`, where `numbers` stands for the 3.
  private static func words(numbers: Int) -> [PieceRule] {
    [
      .contraction(ignoringCase: true),
      .run(.letters, before: signs.union([.space, .otherSpace])),
      .run(.numbers, count: 1...numbers), .run(signs, before: .space, after: .lineBreak),
      .lineEnd, .whitespace,
    ]
  }

  /// `(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1}| ?[^\s\p{L}\p{N}\r\n]+`
  /// `|\s*[\r\n]+|\s+(?!\S)|\s+`
  private static let wordsApartFromLines: [PieceRule] = [
    .contraction(ignoringCase: true),
    .run(.letters, before: signs.union([.space, .otherSpace])),
    .run(.numbers, count: 1...1), .run(signs, before: .space), .lineEnd, .whitespace,
  ]

  /// `(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?[\p{L}\p{M}]+|\p{N}`
  /// `| ?[^\s\p{L}\p{M}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+`
  private static let wordsWithMarks: [PieceRule] = [
    .contraction(ignoringCase: true),
    .run(.letters.union(.mark), before: signs.union([.space, .otherSpace])),
    .run(.numbers, count: 1...1),
    .run(signs.subtracting(.mark), before: .space, after: .lineBreak), .lineEnd, .whitespace,
  ]

  /// `[^\r\n\p{L}\p{N}]?U*L+|[^\r\n\p{L}\p{N}]?U+L*|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*`
  /// `|\s*[\r\n]+|\s+(?!\S)|\s+`, where `numbers` stands for the 3; with 3, contractions may follow
  /// a word.
  private static func casedWords(numbers: Int) -> [PieceRule] {
    [
      .casedWord(thenContraction: numbers == 3), .run(.numbers, count: 1...numbers),
      .run(signs, before: .space, after: [.lineBreak, .slash]), .lineEnd, .whitespace,
    ]
  }

  /// `[\r\n]`, `\s?[cased]+`, `\s?[!-/:-~！-／：-～‘-‟　-。]+`, `\s+$`, `[一-龥ࠀ-一가-퟿]+`, `\p{N}+`, where letters are
  /// cased that have a lower or an upper case.
  private static let deepSeekLLM: [[PieceRule]] = [
    [.run(.lineBreak, count: 1...1)], [.scripts(.cased, before: .whitespace)],
    [
      .scripts(
        [
          "!"..."/", ":"..."~", "\u{FF01}"..."\u{FF0F}", "\u{FF1A}"..."\u{FF5E}",
          "\u{2018}"..."\u{201F}", "\u{3000}"..."\u{3002}",
        ], before: .whitespace)
    ],
    [.whitespaceAtEnd], [.scripts(.eastern, before: [])], numbers,
  ]

  /// `[\r\n]`, `\s?\p{L}+`, `\s?\p{P}+`, `[一-龥ࠀ-一가-퟿]+`, `\p{N}`
  private static let deepSeekCoder: [[PieceRule]] = [
    [.run(.lineBreak, count: 1...1)], [.run(.letters, before: .whitespace)],
    [.run(.punctuation, before: .whitespace)],
    [.scripts(.eastern, before: [])], singleNumbers,
  ]

  /// Words of any case that have no Chinese characters, and those in runs; the rest as `words(numbers: 3)` has it. The
  /// expression of the model's tokenizer parts words by case, and knows contractions in capitals; llama.cpp, whose
  /// cuts these are, does not (`unicode_regex_split_custom_kimi_k2` in `src/unicode.cpp`).
  private static let kimi: [PieceRule] =
    [.scripts(.han, before: []), .word(notIn: .han)] + words(numbers: 3).dropFirst(2)

  /// `\p{N}{1,3}`, `[一-龥぀-ゟ゠-ヿ]+`, and words that may begin with one ASCII sign.
  private static let deepSeekV3: [[PieceRule]] = [
    [.run(.numbers, count: 1...3)],
    [.scripts(["\u{3040}"..."\u{30FF}", "\u{4E00}"..."\u{9FA5}"], before: [])],
    [
      // [!"#$%&'()*+,\-./:;<=>?@\[\\\]^_`{|}~][A-Za-z]+
      .run(
        [.lowercaseASCII, .uppercaseASCII], count: 1...Int.max,
        before: [.slash, .asciiPunctuation, .backtick, .tilde, .asciiSymbol], isBeforeNeeded: true,
        after: []),
      // [^\r\n\p{L}\p{P}\p{S}]?[\p{L}\p{M}]+
      .run(
        .letters.union(.mark),
        before: .numbers.union([.mark, .tilde, .space, .otherSpace, .other])),
      // ` ?[\p{P}\p{S}]+[\r\n]*`
      .run(.punctuation.union(.symbols), before: .space, after: .lineBreak), .lineEnd, .whitespace,
    ],
  ]

  /// `[\p{P}\$\+<=>\^~\|]+`
  private static let looseSymbols: [PieceRule] = [
    .run(.punctuation.union([.asciiSymbol, .tilde]))
  ]
  /// The same with the backtick.
  private static let looseSymbolsOfFalcon: [PieceRule] = [
    .run(.punctuation.union([.asciiSymbol, .tilde, .backtick]))
  ]
  /// `\p{N}+`
  private static let numbers: [PieceRule] = [.run(.numbers)]
  /// `\p{N}`
  private static let singleNumbers: [PieceRule] = [.run(.numbers, count: 1...1)]
  /// `[0-9][0-9][0-9]`
  private static let threeDigits: [PieceRule] = [.run(.digit, count: 3...3)]
  /// `[^\s\p{L}\p{N}]`
  private static let signs = CharacterKinds.all.subtracting(.letters).subtracting(.numbers)
    .subtracting(.whitespace)
}
