package import GGUF
package import Reports

/// The evaluations of a card: those of its files, and those of others, which its files are compared with.
struct CardEvaluations {
  /// For each file its evaluation, where there is one.
  private(set) var ofFiles: [EvaluationRecord?]
  private(set) var others: [EvaluationRecord] = []

  /// Reads evaluations, and finds the file of each by its name and its bits per weight.
  ///
  /// - Throws: `EvaluationRecordError`, `EvaluationMismatch`, `TextError`, `FileError`.
  init(of files: [CardFile], base: CardFile, paths: [String]) throws {
    ofFiles = Array(repeating: nil, count: files.count)
    var first: EvaluationRecord?
    for path in paths {
      let text = try OpenFile(reading: path).text(atMost: Self.mostBytes)
      let record = try EvaluationRecord(text, path: path)
      guard record.base == base.evaluated else {
        throw EvaluationMismatch(path: path, problem: .otherBase(record.base, base.evaluated))
      }
      if let first, !first.isComparable(to: record) {
        throw EvaluationMismatch(
          path: path, problem: .otherText(record.place, first.place, in: first.path))
      }
      first = first ?? record
      try add(record, files)
    }
  }

  /// The most bytes that are read: an evaluation with the attribution of ten thousand tensors has a tenth.
  private static let mostBytes = 64 << 20

  private mutating func add(_ record: EvaluationRecord, _ files: [CardFile]) throws {
    let known = (ofFiles.compactMap { $0 } + others).first { $0.quantized == record.quantized }
    if let known {
      throw EvaluationMismatch(
        path: record.path, problem: .second(record.quantized.name, known.path))
    }
    let namesakes = files.indices.filter { files[$0].name.isExactly(record.quantized.name) }
    guard !namesakes.isEmpty else { return others.append(record) }
    let matches = namesakes.filter { files[$0].evaluated == record.quantized }
    guard !matches.isEmpty else {
      throw EvaluationMismatch(
        path: record.path,
        problem: .otherFile(record.quantized, files[namesakes[0]].evaluated))
    }
    guard matches.count == 1 else {
      throw EvaluationMismatch(path: record.path, problem: .ambiguous(record.quantized.name))
    }
    ofFiles[matches[0]] = record
  }
}

extension CardFile {
  /// What an evaluation says of the file.
  fileprivate var evaluated: EvaluationRecord.Model {
    EvaluationRecord.Model(name: name, bitsPerWeight: bitsPerWeight)
  }
}

/// An evaluation that does not belong on a card.
package struct EvaluationMismatch: ClassifiedError {
  /// Why it does not.
  package enum Problem: Sendable {
    /// Another model was quantized.
    case otherBase(EvaluationRecord.Model, EvaluationRecord.Model)
    /// A file of this name was evaluated, but with other bits per weight.
    case otherFile(EvaluationRecord.Model, EvaluationRecord.Model)
    /// Its figures cannot stand beside those of another evaluation.
    case otherText(String, String, in: String)
    /// Another evaluation is of the same file.
    case second(String, String)
    /// Two files have the name and the bits per weight.
    case ambiguous(String)
  }

  /// The evaluation.
  package let path: String
  /// Why it does not belong there.
  package let problem: Problem

  package var kind: ErrorKind { .badInput }

  package var description: String {
    let text =
      switch problem {
      case .otherBase(let found, let model):
        "it is of another base: \(found.inWords), not \(model.inWords)"
      case .otherFile(let found, let file):
        "it is of another file: \(found.inWords), not \(file.inWords)"
      case .otherText(let place, let other, let path):
        "its figures cannot stand beside those of \(path.escaped): it is of \(place), the other of \(other)"
          + (place == other ? ", with another perplexity of the base" : "")
      case .second(let name, let path): "\(path.escaped) is of \(name.escaped) too"
      case .ambiguous(let name): "two files are named \(name.escaped), and it may be of either"
      }
    return "\(self.path.escaped): \(text)"
  }
}

extension EvaluationRecord.Model {
  fileprivate var inWords: String { "\(name.escaped) with \(bitsPerWeight) bits per weight" }
}
