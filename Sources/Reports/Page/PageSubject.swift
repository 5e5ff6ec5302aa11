package import GGUF

/// The model that a page is about.
package struct PageSubject: Sendable {
  /// What the file calls the model, or the file's name.
  package let title: String
  /// A line below the title; nil for none.
  package var lede: String?
  /// Where the page comes from, in the order in which it says so.
  package var facts: [PageFact]
  let model: Model
  /// Weights of each tensor, by name.
  let elements: [String: Int]

  /// A model in figures.
  struct Model: Encodable, Sendable {
    let architecture: String?
    let tensors: Int
    let weights: Int
    let bytes: Int
    let bpw: Double
  }

  package init(_ file: ModelFile, facts: [PageFact]) {
    title = file.metadata["general.name"]?.string ?? file.path.fileName
    self.facts = facts
    let bytes = file.tensors.reduce(0) { $0 + $1.byteCount }
    let weights = file.tensors.reduce(0) { $0 + $1.elements }
    model = Model(
      architecture: file.metadata["general.architecture"]?.string, tensors: file.tensors.count,
      weights: weights, bytes: bytes, bpw: BitsPerWeight.of(bytes: bytes, weights: weights))
    elements = Dictionary(
      file.tensors.map { ($0.name, $0.elements) }, uniquingKeysWith: { first, _ in first })
  }
}
