package import GGUF
package import Planning

/// What a model's file is and how it was made, to be shown.
package struct ShowReport: Report {
  package static let schema = Schema.show

  /// The file, of a split model the first shard.
  package let path: String
  /// Version of the GGUF format.
  package let version: Int
  /// How many files the model has.
  package let shards: Int
  /// Bytes of all files.
  package let fileBytes: Int
  /// `general.architecture`, where the file has it.
  package let architecture: String?
  /// `general.name`, where the file has it.
  package let name: String?
  /// What the metadata say of the model's shape.
  package let facts: [ModelFact]
  /// Tensors of the model.
  package let tensors: Int
  /// Weights in all of them.
  package let elements: Int
  /// 8 × bytes of all tensors ÷ weights of all tensors.
  package let bitsPerWeight: Double
  private let types: TypeShares
  /// The bits of tensors that are matrices.
  package let heatMap: HeatMap?
  /// How the file was made, as far as it says so.
  package let provenance: FileProvenance
  /// What is wrong with what it says of that; nothing else is shown of it then.
  package let problem: FormatError.Problem?
  /// The statistics that it was made with.
  package let statistics: StatisticsEntry

  /// What `quantize.imatrix.*` says, which other programs write as well.
  package struct StatisticsEntry: Sendable, Equatable {
    /// The name of the statistics file.
    package let file: String?
    /// The text that they were made from.
    package let dataset: String?

    init(_ metadata: Metadata) {
      file = metadata["quantize.imatrix.file"]?.string
      dataset = metadata["quantize.imatrix.dataset"]?.string
    }
  }

  /// What the headers of a model say.
  ///
  /// - Parameter fileBytes: of all its files.
  package init(_ model: ModelFile, fileBytes: Int) {
    path = model.path
    version = model.version
    shards = model.shardPaths.count
    self.fileBytes = fileBytes
    architecture = model.metadata["general.architecture"]?.string
    name = model.metadata["general.name"]?.string
    facts = ModelFact.all(in: model.metadata)
    tensors = model.tensors.count
    elements = model.tensors.reduce(0) { $0 + $1.elements }
    bitsPerWeight = BitsPerWeight.of(
      bytes: model.tensors.reduce(0) { $0 + $1.byteCount }, weights: elements)
    var types = TypeShares()
    for tensor in model.tensors {
      types.add(tensor.type, bytes: tensor.byteCount, elements: tensor.elements)
    }
    self.types = types
    heatMap = HeatMap.bits(
      model.tensors.filter { $0.rows > 1 }.map {
        ($0.name, BitsPerWeight.of(bytes: $0.byteCount, weights: $0.elements))
      })
    statistics = StatisticsEntry(model.metadata)
    do throws(FormatError.Problem) {
      provenance = try FileProvenance(model.metadata, tensors: model.tensors.count)
      problem = nil
    } catch {
      provenance = FileProvenance()
      problem = error
    }
  }

  /// The file in words and figures.
  package func text(columns: Int?) -> String {
    [modelTable(columns), types.text(columns: columns), originText(columns)]
      .filter { !$0.isEmpty }.joined(separator: "\n")
  }

  private func modelTable(_ columns: Int?) -> String {
    var table = TextTable([.left("file"), .left(path.fileName)])
    func add(_ name: String, _ value: String?) {
      if let value { table.add([.left(name), .left(value)]) }
    }
    add("size", Figures.bytes(fileBytes) + (shards > 1 ? " in \(shards) files" : ""))
    add("format", "GGUF \(version)")
    add("name", name)
    add("architecture", architecture)
    for fact in facts {
      let (low, high) = (fact.values.lowerBound, fact.values.upperBound)
      add(fact.name, low == high ? "\(low)" : "\(low) to \(high)")
    }
    add("weights", "\(elements)")
    add("bits per weight", Figures.bits(bitsPerWeight))
    return table.text(columns: columns)
  }

  private func originText(_ columns: Int?) -> String {
    if let problem { return "how it was made cannot be read: \(problem)\n" }
    let isSilent = provenance.isEmpty
    if isSilent, statistics.file == nil, statistics.dataset == nil {
      return "the file does not say how it was made\n"
    }
    var table = TextTable([
      .left("made by"),
      .left(isSilent ? "not said" : provenance.version.map { "ration \($0)" } ?? "ration"),
    ])
    func add(_ name: String, _ value: String?) {
      if let value { table.add([.left(name), .left(value)]) }
    }
    add("recipe", provenance.recipeDigest?.hexadecimal)
    add("source", provenance.sourceDigest?.hexadecimal)
    add("statistics", statistics.file)
    add("", provenance.statisticsDigest?.hexadecimal)
    add("their text", statistics.dataset)
    add("predicted KLD", provenance.predictedKLD.map { "\(Figures.short($0)) nats per token" })
    add("predicted error", provenance.predictedError.map(Figures.short))
    if !isSilent {
      add(
        "digests",
        provenance.tensorDigests == nil
          ? "none recorded" : "of every tensor; ration verify checks them")
    }
    return table.text(columns: columns)
  }

  /// The file for programs.
  package var document: any Encodable {
    Document(
      path: path, format: version, shards: shards, bytes: fileBytes, architecture: architecture,
      name: name, tensors: tensors, weights: elements, bpw: bitsPerWeight,
      shape: facts.map {
        .init(key: $0.key, smallest: $0.values.lowerBound, largest: $0.values.upperBound)
      },
      types: types.sorted.map {
        .init(
          type: $0.type.name, tensors: $0.tensors, bytes: $0.bytes, weights: $0.elements,
          bpw: $0.bitsPerWeight)
      },
      statistics: statistics.file, dataset: statistics.dataset,
      provenanceProblem: problem.map { "\($0)" }, provenance: Document.Provenance(provenance))
  }

  private struct Document: Encodable {
    let path: String
    let format: Int
    let shards: Int
    let bytes: Int
    @Nullable var architecture: String?
    @Nullable var name: String?
    let tensors: Int
    let weights: Int
    let bpw: Double
    let shape: [Fact]
    let types: [TypeShare]
    @Nullable var statistics: String?
    @Nullable var dataset: String?
    @Nullable var provenanceProblem: String?
    let provenance: Provenance

    struct Fact: Encodable {
      let key: String
      let smallest: Int
      let largest: Int
    }

    struct TypeShare: Encodable {
      let type: String
      let tensors: Int
      let bytes: Int
      let weights: Int
      let bpw: Double
    }

    struct Provenance: Encodable {
      @Nullable var version: String?
      @Nullable var recipe: String?
      @Nullable var source: String?
      @Nullable var statistics: String?
      @Nullable var predictedKLD: Double?
      @Nullable var predictedError: Double?
      let tensorDigests: Bool

      enum CodingKeys: String, CodingKey {
        case version, predictedError, tensorDigests
        case recipe = "recipe_sha256"
        case source = "source_sha256"
        case statistics = "statistics_sha256"
        case predictedKLD = "predicted_kld"
      }

      init(_ provenance: FileProvenance) {
        version = provenance.version
        recipe = provenance.recipeDigest?.hexadecimal
        source = provenance.sourceDigest?.hexadecimal
        statistics = provenance.statisticsDigest?.hexadecimal
        predictedKLD = provenance.predictedKLD
        predictedError = provenance.predictedError
        tensorDigests = provenance.tensorDigests != nil
      }
    }
  }
}
