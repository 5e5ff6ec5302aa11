/// The keys and values of a GGUF file, in the order of the file.
package struct Metadata: Sendable, Equatable {
  /// One key and its value.
  package struct Entry: Sendable, Equatable {
    /// UTF-8 text, not empty.
    package let key: String
    /// The value as the file holds it.
    package fileprivate(set) var value: MetadataValue
  }

  /// Every entry, in order; keys occur once.
  package private(set) var entries: [Entry] = []
  private var positions: [String: Int] = [:]

  /// Metadata without entries.
  package init() {}

  /// The value of `key`, or nil. Setting a value replaces it in its place or appends it; setting nil
  /// removes the entry.
  package subscript(key: String) -> MetadataValue? {
    get { positions[key].map { entries[$0].value } }
    set {
      guard let newValue else { return removeAll { $0.key == key } }
      if let position = positions[key] {
        entries[position].value = newValue
      } else {
        positions[key] = entries.count
        entries.append(Entry(key: key, value: newValue))
      }
    }
  }

  /// Removes every entry for which `condition` is true, keeping the order of the others.
  package mutating func removeAll(where condition: (Entry) -> Bool) {
    let before = entries.count
    entries.removeAll(where: condition)
    guard entries.count != before else { return }
    positions = Dictionary(
      uniqueKeysWithValues: entries.enumerated().map { ($0.element.key, $0.offset) })
  }

  /// Bytes that the entries take in a file.
  package var encodedByteCount: Int {
    entries.reduce(0) { $0 + 8 + $1.key.utf8.count + $1.value.encodedByteCount }
  }

  /// Appends the entries as they stand in a file.
  package func encode(into bytes: inout [UInt8]) {
    for entry in entries {
      bytes.append(text: entry.key.utf8)
      entry.value.encode(into: &bytes)
    }
  }
}

extension Metadata {
  /// The key that sets the alignment of tensor data.
  package static let alignmentKey = "general.alignment"
  /// Alignment of a file that does not state one (`GGUF_DEFAULT_ALIGNMENT` in `gguf.h`), in bytes.
  package static let defaultAlignment = 32

  /// The alignment of tensor data that these entries ask for, in bytes: a power of two up to 1 MiB,
  /// a bound far above any in use that keeps padding from being a way to exhaust the disk.
  package var alignment: Int {
    get throws(FormatError.Problem) {
      guard let value = self[Self.alignmentKey] else { return Self.defaultAlignment }
      guard value.kind == .uint32, let alignment = value.integer else { throw .alignmentKind }
      guard alignment > 0, alignment & (alignment - 1) == 0, alignment <= 1 << 20 else {
        throw .alignment(alignment)
      }
      return alignment
    }
  }
}
