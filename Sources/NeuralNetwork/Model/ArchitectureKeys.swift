import GGUF

/// The keys of a model that begin with its architecture's name. They remember which of them were asked for.
struct ArchitectureKeys {
  private let metadata: Metadata
  private let prefix: String
  private let asked = AskedKeys()

  init(_ metadata: Metadata, prefix: String) {
    self.metadata = metadata
    self.prefix = prefix
  }

  /// A number from 1 to 2³⁰, which no size of a model exceeds.
  func count(_ name: String, default standard: Int? = nil) throws(NetworkError.Problem) -> Int {
    guard let value = value(name) else {
      guard let standard, standard > 0 else { throw .key(key(name)) }
      return standard
    }
    guard let integer = value.integer else { throw .key(key(name)) }
    guard 1...1 << 30 ~= integer else { throw unknown(name, "\(integer)") }
    return integer
  }

  /// A number from 1 to 2³⁰; nil where the model states none, or 0.
  func countIfAny(_ name: String) throws(NetworkError.Problem) -> Int? {
    value(name).map { $0.integer == 0 } ?? true ? nil : try count(name)
  }

  /// Whether a model states a number, and it is 0.
  func isZero(_ name: String) -> Bool { value(name)?.integer == 0 }

  /// A truth value, which some files write as a number; nil where the model states none.
  func truth(_ name: String) throws(NetworkError.Problem) -> Bool? {
    guard let value = value(name) else { return nil }
    guard let truth = value.truth else { throw .key(key(name)) }
    return truth
  }

  /// A number for each layer: the model states one for all, or one for each.
  func counts(
    _ name: String, layers: Int, default standard: [Int]? = nil
  ) throws(NetworkError.Problem) -> [Int] {
    guard let value = value(name) else {
      guard let standard else { throw .key(key(name)) }
      return standard
    }
    guard let numbers = value.integers else {
      return Array(repeating: try count(name), count: layers)
    }
    guard numbers.count == layers else { throw .key(key(name)) }
    for number in numbers where !(1...1 << 30 ~= number) { throw unknown(name, "\(number)") }
    return numbers
  }

  /// A truth value for each layer, which some files write as a number.
  func truths(_ name: String, layers: Int) throws(NetworkError.Problem) -> [Bool] {
    let value = value(name)
    guard let truths = value?.bools ?? value?.integers?.map({ $0 != 0 }), truths.count == layers
    else { throw .key(key(name)) }
    return truths
  }

  /// A finite number, not negative.
  func number(
    _ name: String, default standard: Double? = nil
  ) throws(NetworkError.Problem) -> Double {
    guard let value = value(name) else {
      guard let standard else { throw .key(key(name)) }
      return standard
    }
    guard let number = value.double else { throw .key(key(name)) }
    guard number >= 0, number < 0x1p62 else { throw unknown(name, "\(number)") }
    return number
  }

  /// The bound of a soft cap, from 2⁻⁶ to 2²⁰.
  func cap(
    _ name: String, default standard: Double? = nil
  ) throws(NetworkError.Problem) -> Float {
    let cap = try number(name, default: standard)
    guard 0x1p-6...0x1p20 ~= cap else { throw unknown(name, "\(cap)") }
    return Float(cap)
  }

  /// A factor from 2⁻²⁰ to 2²⁰.
  func factor(_ name: String) throws(NetworkError.Problem) -> Float {
    let factor = try number(name)
    guard 0x1p-20...0x1p20 ~= factor else { throw unknown(name, "\(factor)") }
    return Float(factor)
  }

  /// A truth value, which must be there.
  func flag(_ name: String) throws(NetworkError.Problem) -> Bool {
    guard let flag = try truth(name) else { throw .key(key(name)) }
    return flag
  }

  /// A text, or nil.
  func text(_ name: String) -> String? { value(name)?.string }

  /// The complaint about a value.
  func unknown(_ name: String, _ value: String) -> NetworkError.Problem {
    .value(key: key(name), value)
  }

  /// The keys that nobody has asked for, without the architecture's name, in the order of the file.
  var unread: [(name: String, value: MetadataValue)] {
    metadata.entries.compactMap { entry in
      guard entry.key.hasPrefix(prefix + "."), !asked.names.contains(entry.key) else { return nil }
      return (String(entry.key.dropFirst(prefix.count + 1)), entry.value)
    }
  }

  private func value(_ name: String) -> MetadataValue? {
    asked.names.insert(key(name))
    return metadata[key(name)]
  }

  private func key(_ name: String) -> String { "\(prefix).\(name)" }
}

/// The full names of keys that were asked for.
private final class AskedKeys {
  var names: Set<String> = []
}

extension MetadataValue {
  /// A truth value, which some files write as a number.
  var truth: Bool? { bool ?? integer.map { $0 != 0 } }
}
