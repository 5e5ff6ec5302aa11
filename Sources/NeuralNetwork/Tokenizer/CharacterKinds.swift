/// Which kind a character is of, as the regular expressions of pre-tokenizers tell them apart.
///
/// The kinds do not overlap: each character is of exactly one, and a character class is a set of
/// kinds. ASCII is cut finer than the rest of Unicode because some expressions spell out ASCII
/// ranges.
struct CharacterKinds: OptionSet {
  let rawValue: UInt32

  /// a–z.
  static let lowercaseASCII = Self(rawValue: 1 << 0)
  /// A–Z.
  static let uppercaseASCII = Self(rawValue: 1 << 1)
  /// `\p{L}` outside ASCII.
  static let otherLetter = Self(rawValue: 1 << 2)
  /// `\p{M}`.
  static let mark = Self(rawValue: 1 << 3)
  /// 0–9.
  static let digit = Self(rawValue: 1 << 4)
  /// `\p{N}` outside ASCII.
  static let otherNumber = Self(rawValue: 1 << 5)
  /// The slash.
  static let slash = Self(rawValue: 1 << 6)
  /// `\p{P}` within ASCII but for the slash.
  static let asciiPunctuation = Self(rawValue: 1 << 7)
  /// `\p{P}` outside ASCII.
  static let otherPunctuation = Self(rawValue: 1 << 8)
  /// The backtick.
  static let backtick = Self(rawValue: 1 << 9)
  /// The tilde.
  static let tilde = Self(rawValue: 1 << 10)
  /// `\p{S}` within ASCII but for those two: `$+<=>^|`.
  static let asciiSymbol = Self(rawValue: 1 << 11)
  /// `\p{S}` outside ASCII.
  static let otherSymbol = Self(rawValue: 1 << 12)
  /// U+0020.
  static let space = Self(rawValue: 1 << 13)
  /// Line feed and carriage return.
  static let lineBreak = Self(rawValue: 1 << 14)
  /// White space of any other kind.
  static let otherSpace = Self(rawValue: 1 << 15)
  /// Controls, formats, and what is not assigned.
  static let other = Self(rawValue: 1 << 16)
}

/// The classes that expressions name.
extension CharacterKinds {
  /// `\p{L}`.
  static let letters: Self = [lowercaseASCII, uppercaseASCII, otherLetter]
  /// `\p{N}`.
  static let numbers: Self = [digit, otherNumber]
  /// `\p{P}`.
  static let punctuation: Self = [slash, asciiPunctuation, otherPunctuation]
  /// `\p{S}`, but for the tilde, which llama.cpp's class leaves out.
  static let symbols: Self = [backtick, asciiSymbol, otherSymbol]
  /// `\s`.
  static let whitespace: Self = [space, lineBreak, otherSpace]
  /// Every character.
  static let all = Self(rawValue: 1 << 17 - 1)
}

extension CharacterKinds {
  /// The kind of a character, after its general category in Unicode.
  init(of scalar: Unicode.Scalar) {
    switch scalar {
    case "a"..."z": self = .lowercaseASCII
    case "A"..."Z": self = .uppercaseASCII
    case "0"..."9": self = .digit
    case " ": self = .space
    case "\n", "\r": self = .lineBreak
    case "/": self = .slash
    case "`": self = .backtick
    case "~": self = .tilde
    default: self = Self(rareKindOf: scalar.properties, isASCII: scalar.isASCII)
    }
  }

  private init(rareKindOf properties: Unicode.Scalar.Properties, isASCII: Bool) {
    if properties.isWhitespace {
      self = .otherSpace
      return
    }
    switch properties.generalCategory {
    case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter:
      self = .otherLetter
    case .nonspacingMark, .spacingMark, .enclosingMark:
      self = .mark
    case .decimalNumber, .letterNumber, .otherNumber:
      self = .otherNumber
    case .connectorPunctuation, .dashPunctuation, .openPunctuation, .closePunctuation,
      .initialPunctuation, .finalPunctuation, .otherPunctuation:
      self = isASCII ? .asciiPunctuation : .otherPunctuation
    case .mathSymbol, .currencySymbol, .modifierSymbol, .otherSymbol:
      self = isASCII ? .asciiSymbol : .otherSymbol
    case .spaceSeparator, .lineSeparator, .paragraphSeparator, .control, .format, .surrogate,
      .privateUse, .unassigned:
      self = .other
    @unknown default:
      self = .other
    }
  }
}
