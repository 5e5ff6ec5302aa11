package import GGUF

/// A model that was written, to be shown.
package struct ApplyReport: Report {
  package static let schema = Schema.apply

  package struct Tensor: Sendable {
    package let name: String
    package let from: TensorType
    package let type: TensorType
    package let bytes: Int

    package init(name: String, from: TensorType, type: TensorType, bytes: Int) {
      self.name = name
      self.from = from
      self.type = type
      self.bytes = bytes
    }
  }

  /// A file that was written.
  package struct File: Sendable {
    package let path: String
    package let bytes: Int

    package init(path: String, bytes: Int) {
      self.path = path
      self.bytes = bytes
    }
  }

  /// The files, at least one.
  package let files: [File]
  /// 8 × bytes of all tensors ÷ weights of all tensors.
  package let bitsPerWeight: Double
  package let tensors: [Tensor]
  /// Of the tensors: how many an earlier run, which was ended, had finished.
  package let resumed: Int
  /// Of the tensors: how many are those of an old file, and its path.
  package let takenOver: (count: Int, path: String)?
  /// Where errors were compensated; nil where nobody asked for it.
  package let compensation: Compensation?
  /// What of the output was written; nil for all of it.
  package let part: Part?

  /// Some of the files of an output.
  package enum Part: Sendable {
    /// Those of a share, as `3/8`, of so many files in all.
    case share(String, files: Int)
    /// The first of so many, which completes them.
    case finish(files: Int)
  }

  /// What compensation was expected to do to the tensors that were made.
  package struct Compensation: Sendable {
    /// A tensor, or an expert of one.
    package struct Trial: Sendable {
      package let tensor: String
      /// The loss that compensation by one half of the text leaves, by the other half, as a share of that without; nil
      /// where too few tokens came.
      package let share: Double?

      package init(tensor: String, share: Double?) {
        self.tensor = tensor
        self.share = share
      }

      /// Whether it is compensated.
      package var helps: Bool { share.map { $0 < 1 } ?? false }
    }

    package let trials: [Trial]

    package init(trials: [Trial]) { self.trials = trials }

    /// The tensors of which a part is as without compensation.
    package var others: [String] {
      var seen: Set<String> = []
      return trials.filter { !$0.helps && seen.insert($0.tensor).inserted }.map(\.tensor)
    }

    /// The share that half of the compensated ones do not exceed.
    package var medianShare: Double? {
      let shares = trials.filter(\.helps).compactMap(\.share).sorted()
      return shares.isEmpty ? nil : shares[shares.count / 2]
    }
  }

  package init(
    files: [File], bitsPerWeight: Double, tensors: [Tensor], resumed: Int = 0,
    takenOver: (count: Int, path: String)? = nil, compensation: Compensation? = nil,
    part: Part? = nil
  ) {
    self.files = files
    self.bitsPerWeight = bitsPerWeight
    self.tensors = tensors
    self.resumed = resumed
    self.takenOver = takenOver
    self.compensation = compensation
    self.part = part
  }

  /// The file that stands for all: the first; empty where a share has none.
  package var path: String { files.first?.path ?? "" }
  /// Of all files.
  package var fileBytes: Int { files.reduce(0) { $0 + $1.bytes } }

  package func text(columns: Int?) -> String {
    if case .share(let share, let count) = part {
      return "share \(share): \(files.count) of \(count) files\n"
        + files.map { "\($0.path.escaped): \(Figures.bytes($0.bytes))\n" }.joined() + compensated
    }
    let changed = tensors.filter { $0.from != $0.type }.count
    var parts = ["\(changed) of \(tensors.count) tensors converted"]
    if resumed > 0 { parts.append("\(resumed) finished by an earlier run") }
    if let takenOver {
      parts.append("\(takenOver.count) taken over from \(takenOver.path.escaped)")
    }
    let others = files.count > 1 ? " and \(files.count - 1) more" : ""
    return """
      \(path.escaped)\(others): \(Figures.bytes(fileBytes)), \(Figures.bits(bitsPerWeight)) bits per weight
      \(parts.joined(separator: ", ")); written, read back and verified
      \(compensated)
      """
  }

  private var compensated: String {
    guard let compensation else { return "" }
    let others = compensation.others
    let rest =
      others.isEmpty ? "" : "; not compensated, since it would not help: \(others.summary)"
    guard let share = compensation.medianShare else { return "nothing is compensated\(rest)\n" }
    return "compensated: the median tensor is expected to lose × \(Figures.short(share))\(rest)\n"
  }

  package var document: any Encodable {
    Document(
      path: path, files: files.map { Document.File(path: $0.path, bytes: $0.bytes) },
      bytes: fileBytes, bpw: bitsPerWeight, resumed: resumed,
      takenOver: takenOver?.count ?? 0,
      compensation: compensation.map {
        Document.Compensation(medianShare: $0.medianShare, notCompensated: $0.others)
      },
      tensors: tensors.map {
        Document.Tensor(name: $0.name, from: $0.from.name, type: $0.type.name, bytes: $0.bytes)
      })
  }

  private struct Document: Encodable {
    let path: String
    let files: [File]
    let bytes: Int
    let bpw: Double
    let resumed: Int
    let takenOver: Int
    @Nullable var compensation: Compensation?
    let tensors: [Tensor]

    enum CodingKeys: String, CodingKey {
      case path, files, bytes, bpw, resumed, compensation, tensors
      case takenOver = "taken_over"
    }

    struct Compensation: Encodable {
      @Nullable var medianShare: Double?
      let notCompensated: [String]

      enum CodingKeys: String, CodingKey {
        case medianShare = "median_share"
        case notCompensated = "not_compensated"
      }
    }

    struct File: Encodable {
      let path: String
      let bytes: Int
    }

    struct Tensor: Encodable {
      let name: String
      let from: String
      let type: String
      let bytes: Int
    }
  }
}
