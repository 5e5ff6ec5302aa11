package import GGUF
import Planning

/// A model's file as a card shows it.
package struct CardFile: Sendable {
  /// The name of the file, of a split model of the first shard.
  package let name: String
  /// How many files the model has.
  let shards: Int
  /// What people call the mix of its types, in capitals: `IQ4_KSS`, `Q4_K_M`, `BF16`.
  package let label: String
  /// Bytes of all tensors.
  let bytes: Int
  /// 8 × bytes of all tensors ÷ weights of all tensors.
  package let bitsPerWeight: Double
  /// The tensors in the order of the file.
  let tensors: [TensorDescriptor]
  /// How it was made, as far as it says so.
  let provenance: FileProvenance
  /// The name of the statistics that it was made with, where it says so.
  let statistics: String?

  /// What the header of a model says.
  ///
  /// - Parameter provenance: how it was made, as far as it says so.
  package init(_ file: ModelFile, provenance: FileProvenance) {
    name = file.path.fileName
    shards = file.shardPaths.count
    tensors = file.tensors
    bytes = tensors.reduce(0) { $0 + $1.byteCount }
    bitsPerWeight = BitsPerWeight.of(
      bytes: bytes, weights: tensors.reduce(0) { $0 + $1.elements })
    self.provenance = provenance
    statistics = file.metadata["quantize.imatrix.file"]?.string?.fileName
    // A file of ours has the number of the type that most bytes have, which may be that of a mix.
    let mix = provenance.isEmpty ? file.metadata["general.file_type"]?.integer : nil
    label =
      mix.flatMap { QuantizeMix("\($0)")?.name }
      ?? Self.largest(of: tensors)?.name.uppercased() ?? "no tensors"
  }

  /// The type that most bytes have.
  private static func largest(of tensors: [TensorDescriptor]) -> TensorType? {
    var bytes: [TensorType: Int] = [:]
    for tensor in tensors { bytes[tensor.type, default: 0] += tensor.byteCount }
    return bytes.max { ($0.value, $0.key.id) < ($1.value, $1.key.id) }?.key
  }

  /// What `llama-quantize` is to be told to make; nil for plain numbers, under which it ignores rules.
  var mix: String? {
    QuantizeMix(label)?.type?.isQuantized == true ? label : nil
  }

  /// Its size and bits per weight, as llama.cpp prints them when it loads a model.
  var size: String { "\(Figures.modelSize(bytes)) (\(Figures.threeDecimals(bitsPerWeight)) BPW)" }

  /// The names of its types that the program does not load.
  func types(refusedBy runtime: Runtime) -> [String] {
    Set(tensors.map(\.type)).filter { !runtime.loads($0) }.sorted { $0.id < $1.id }.map(\.name)
  }

  /// How many tensors, bytes and bits each type has, the type of most bytes first.
  var typeTable: MarkdownTable {
    var shares = TypeShares()
    for tensor in tensors {
      shares.add(tensor.type, bytes: tensor.byteCount, elements: tensor.elements)
    }
    var table = MarkdownTable([
      ("Type", .left), ("Tensors", .right), ("Size", .right), ("BPW", .right), ("Share", .right),
    ])
    for share in shares.sorted {
      table.add([
        Markdown.code(share.type.name), "\(share.tensors)", Figures.modelSize(share.bytes),
        Figures.threeDecimals(share.bitsPerWeight), Figures.percent(shares.part(share)),
      ])
    }
    return table
  }
}
