package import GGUF

extension Recipe {
  /// The recipe that gives each of these tensors its type, in rules that any tool reads alike.
  ///
  /// Each tensor is matched by exactly one rule, so their order does not matter. A pattern is
  /// anchored, lower-case and free of commas, white space and `=`, hence it survives both
  /// `--custom-q`, which divides at commas, and llama.cpp, which puts patterns in lower case: an
  /// upper-case letter in a name is written as its code, `\x41`. Rules come by role, then by type.
  ///
  /// Names must differ and be of at most 63 bytes, as those in GGUF are.
  package init(
    assigning types: [(name: String, type: TensorType)], provenance: Provenance = Provenance()
  ) {
    var blocks: [Group: [String]] = [:]
    var singles: [Group] = []
    for (name, type) in types {
      let (role, block) = TensorRole.split(name)
      let group = Group(role: role, type: type)
      if let block {
        blocks[group, default: []].append(block)
      } else {
        singles.append(group)
      }
    }
    let groups = singles.map { ($0, []) } + blocks.map { ($0.key, $0.value) }
    let rules = groups.sorted { $0.0 < $1.0 }.flatMap { $0.rules(for: $1) }
    self.init(rules: rules, provenance: provenance)
  }

  /// Tensors that share a rule.
  private struct Group: Hashable, Comparable {
    let role: TensorRole
    let type: TensorType

    static func < (a: Group, b: Group) -> Bool {
      a.role == b.role ? a.type.id < b.type.id : a.role < b.role
    }

    /// The rule for these blocks, or several where the pattern would grow too long; no blocks: the
    /// rule for the one tensor.
    func rules(for blocks: [String]) -> [TypeRule] {
      let (prefix, suffix) = (Recipe.literal(role.prefix), Recipe.literal(role.suffix))
      guard !blocks.isEmpty else { return [rule("^\(prefix)\(suffix)$")] }
      let room = TensorPattern.longest - prefix.utf8.count - suffix.utf8.count - "^()$".utf8.count
      let sorted = blocks.sorted {
        $0.utf8.count == $1.utf8.count ? $0 < $1 : $0.utf8.count < $1.utf8.count
      }
      return Recipe.lists(of: sorted, room: room).map { list in
        rule(list.contains("|") ? "^\(prefix)(\(list))\(suffix)$" : "^\(prefix)\(list)\(suffix)$")
      }
    }

    private func rule(_ pattern: String) -> TypeRule {
      TypeRule(pattern: TensorPattern(trusted: pattern), type: type)
    }
  }

  /// `words` joined by bars into lists of at most `room` bytes.
  private static func lists(of words: [String], room: Int) -> [String] {
    var lists: [String] = []
    for word in words {
      if let last = lists.last, last.utf8.count + 1 + word.utf8.count <= room {
        lists[lists.count - 1] += "|" + word
      } else {
        lists.append(word)
      }
    }
    return lists
  }

  /// The pattern that matches just `text`, lower-case, without a character that means something to
  /// a shell's quotes, a recipe, an option or a terminal. Such a one stands as the codes of its bytes, since
  /// programs match byte by byte.
  private static func literal(_ text: String) -> String {
    text.unicodeScalars.map { scalar in
      if scalar == "." { return "\\." }
      return scalar.isPlain ? String(scalar) : String(scalar).utf8.map(code(of:)).joined()
    }.joined()
  }

  private static func code(of byte: UInt8) -> String {
    (byte < 16 ? #"\x0"# : #"\x"#) + String(byte, radix: 16)
  }
}

extension Unicode.Scalar {
  /// Whether a pattern can hold the character as it is, whoever reads it.
  fileprivate var isPlain: Bool {
    isASCII ? ByteSet.plain.contains(UInt8(value)) : !isDisturbing && !properties.isWhitespace
  }
}

extension ByteSet {
  /// The letters and signs that mean nothing to anybody.
  fileprivate static let plain = {
    var set = ByteSet("_-/")
    set.formUnion(.lower)
    set.formUnion(.digits)
    return set
  }()
}
