package import GGUF

/// What a verification of a model's file has found, to be shown.
package struct VerifyReport: Report {
  package static let schema = Schema.verify

  /// What became of the digests that a file records of its tensors.
  package enum Digests: String, Sendable {
    /// The file records none.
    case none
    /// Every tensor has the digest that the file records.
    case agree
    /// Some tensor has another one.
    case differ
  }

  /// A tensor of a type that Ration cannot decode, so that its weights were not looked at.
  package struct Undecoded: Sendable, Equatable {
    package let tensor: String
    package let type: TensorType

    package init(tensor: String, type: TensorType) {
      self.tensor = tensor
      self.type = type
    }
  }

  /// What was held against the file.
  package struct Source: Sendable, Equatable {
    /// The path of the source.
    package let path: String
    /// Tensors that kept the source's type.
    package let kept: Int
    /// Whether the file says what it was made from.
    package let isRecorded: Bool

    package init(path: String, kept: Int, isRecorded: Bool) {
      self.path = path
      self.kept = kept
      self.isRecorded = isRecorded
    }
  }

  /// The file, of a split model the first shard.
  package let path: String
  /// Files of the model; 0 where it could not be read.
  package var shards = 0
  /// Bytes of all files.
  package var fileBytes = 0
  /// Tensors of the model.
  package var tensors = 0
  /// The tensors that were not decoded.
  package var undecoded: [Undecoded] = []
  package var digests = Digests.none
  package var source: Source?
  /// The faults that are listed.
  package private(set) var faults: [VerifyFault] = []
  /// How many faults there are.
  package private(set) var faultCount = 0

  /// How many faults are listed.
  package static let listed = 20

  /// A report without faults yet.
  package init(path: String) { self.path = path }

  /// Takes in faults.
  ///
  /// - Parameter count: how many there are, where not all are given.
  package mutating func add(_ more: [VerifyFault], count: Int? = nil) {
    faults += more.prefix(Self.listed - faults.count)
    faultCount += count ?? more.count
  }

  /// The findings in words.
  package func text(columns: Int?) -> String {
    var lines: [String] = []
    if shards > 0 {
      let files = shards > 1 ? " in \(shards) files" : ""
      lines.append(
        "\(path.escaped): \(number(tensors, "tensor")), \(Figures.size(fileBytes))\(files)")
      lines += [digestLine, decodingLine]
      if let source { lines.append(line(of: source)) }
    }
    if faultCount == 0 {
      lines.append("no fault found")
    } else {
      let some = faultCount > faults.count ? ", the first \(faults.count)" : ""
      lines.append("\(number(faultCount, "fault"))\(some):")
      lines += faults.map { "  \($0)" }
    }
    return lines.map { $0 + "\n" }.joined()
  }

  private var digestLine: String {
    switch digests {
    case .none: "digests: the file records none"
    case .agree: "digests: all agree with those that the file records"
    case .differ: "digests: not all are those that the file records"
    }
  }

  private var decodingLine: String {
    guard !undecoded.isEmpty else { return "weights: all were decoded" }
    let types = Set(undecoded.map(\.type.name)).sorted().joined(separator: ", ")
    return
      "weights: \(tensors - undecoded.count) tensors were decoded; of \(undecoded.count) only the "
      + "structure was checked, since Ration cannot decode \(types): "
      + undecoded.map(\.tensor).summary
  }

  private func line(of source: Source) -> String {
    let recorded = source.isRecorded ? "" : "; the file does not record what it was made from"
    return
      "source: compared with \(source.path.escaped), \(number(source.kept, "tensor")) of the same "
      + "type\(recorded)"
  }

  private func number(_ count: Int, _ noun: String) -> String {
    "\(count) \(noun)\(count == 1 ? "" : "s")"
  }

  /// The findings for programs.
  package var document: any Encodable {
    Document(
      path: path, shards: shards, bytes: fileBytes, tensors: tensors,
      undecoded: undecoded.map { .init(tensor: $0.tensor, type: $0.type.name) },
      digests: digests.rawValue,
      source: source.map { .init(path: $0.path, kept: $0.kept, recorded: $0.isRecorded) },
      faultCount: faultCount,
      faults: faults.map { .init(kind: $0.name, tensor: $0.tensor, message: "\($0)") })
  }

  private struct Document: Encodable {
    let path: String
    let shards: Int
    let bytes: Int
    let tensors: Int
    let undecoded: [Undecoded]
    let digests: String
    @Nullable var source: Source?
    let faultCount: Int
    let faults: [Fault]

    struct Undecoded: Encodable {
      let tensor: String
      let type: String
    }

    struct Source: Encodable {
      let path: String
      let kept: Int
      let recorded: Bool
    }

    struct Fault: Encodable {
      let kind: String
      @Nullable var tensor: String?
      let message: String
    }
  }
}
