import GGUF

/// Where a recipe comes from: keys and values in the order they were set, written as comments
/// `# key: value`.
///
/// A key begins with a lower-case letter and goes on with such letters, digits, `_`, `-` or `.`; a
/// value is one line. What does not conform is a plain comment and is not read.
package struct Provenance: Sendable, Equatable {
  /// The entries in order; no key twice.
  package private(set) var entries: [(key: String, value: String)] = []

  /// No entries.
  package init() {}

  /// The value of a key. Setting replaces it in place or adds it at the end; nil removes it. Line
  /// breaks in a value become spaces, and other characters that could disturb a terminal are escaped.
  package subscript(key: String) -> String? {
    get { entries.first { $0.key == key }?.value }
    set {
      precondition(Self.isKey(key), "not a provenance key: \(key)")
      let place = entries.firstIndex { $0.key == key }
      switch (place, newValue.map(Self.onOneLine)) {
      case (let place?, let value?): entries[place].value = value
      case (let place?, nil): entries.remove(at: place)
      case (nil, let value?): entries.append((key, value))
      case (nil, nil): break
      }
    }
  }

  /// Takes the entry that a comment line holds, if it does; of a repeated key the first.
  mutating func read(comment line: some StringProtocol) {
    // Scalars, not characters: a mark may follow the space and make one character with it.
    let text = String(line).unicodeScalars.drop { $0 == "#" || $0.properties.isWhitespace }
    guard let colon = text.firstIndex(of: ":") else { return }
    let key = String(Substring(text[..<colon]))
    let rest = text[text.index(after: colon)...]
    guard Self.isKey(key), rest.first == " ", self[key] == nil else { return }
    self[key] = String(Substring(rest))
  }

  /// The comment lines.
  var lines: [String] { entries.map { "# \($0.key): \($0.value)" } }

  package static func == (a: Provenance, b: Provenance) -> Bool {
    a.entries.elementsEqual(b.entries, by: ==)
  }

  /// Whether a text can be a key.
  static func isKey(_ text: String) -> Bool {
    guard let first = text.utf8.first, ByteSet.lower.contains(first) else { return false }
    return text.utf8.allSatisfy {
      ByteSet.lower.contains($0) || ByteSet.digits.contains($0) || ByteSet("_-.").contains($0)
    }
  }

  private static func onOneLine(_ value: String) -> String {
    value.unicodeScalars.split(whereSeparator: \.properties.isWhitespace)
      .map { String(Substring($0)) }.joined(separator: " ").escaped
  }
}
