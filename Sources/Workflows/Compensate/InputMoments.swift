import Compensation
import GGUF
import LinearAlgebra
import Measurement
import Planning
import Statistics
import Threads

/// The second moments of what a model's weights read, for encoders that compensate.
struct InputMoments: Sendable {
  private let file: SecondMomentFile
  private let source: SourceModel
  /// In which losses are counted that encoders are to make small.
  private let unit: LossUnit
  private let workers: Workers

  /// Opens a file of second moments.
  ///
  /// - Throws: `StatisticsError` where it is of another model; `MissingProductLibrary` where nothing can multiply them.
  init(
    path: String, of source: SourceModel, unit: LossUnit, _ session: Session
  ) throws {
    try ProductLibrary.require()
    file = try SecondMomentFile.read(path: path)
    try file.requireModel(source.file)
    self.source = source
    self.unit = unit
    workers = session.workers
  }

  /// Whether a tensor's encoding in a type can be compensated: what it reads is known, and the type rounds in units.
  /// Tables that rows are looked up in read nothing.
  func covers(_ tensor: TensorDescriptor, as type: TensorType) -> Bool {
    type.isQuantized && covers(tensor.name)
  }

  /// Whether what a weight reads is known.
  func covers(_ weight: String) -> Bool { file.covers(weight) }

  /// What errors in the columns of a slice cost.
  struct Metric {
    /// The diagonal of the second moments, in the unit of losses, all positive.
    let importance: [Float]
    /// As much of it as belongs to products, by which columns are coupled.
    let coupled: [Float]
    /// What each row counts.
    let rows: ArraySlice<Float>

    /// Of the first columns alone.
    func first(_ columns: Int) -> Metric {
      Metric(
        importance: Array(importance.prefix(columns)), coupled: Array(coupled.prefix(columns)),
        rows: rows)
    }
  }

  func metric(of tensor: TensorDescriptor) throws -> LossMetric {
    try source.metric(of: tensor, unit: unit)
  }

  /// The metric of a slice; `moment` stands in where no importance is known.
  func metric(
    of tensor: TensorDescriptor, slice: Int, _ whole: LossMetric, _ moment: SecondMoment
  ) -> Metric {
    let columns = slice * tensor.columns..<(slice + 1) * tensor.columns
    let product = whole.terms[0]
    let rows = product.rows[slice * tensor.rowsPerSlice..<(slice + 1) * tensor.rowsPerSlice]
    guard let importance = whole.importance else {
      let squares =
        KnownMeans(completing: moment.meanSquares, slices: 1).values
        ?? [Float](repeating: 1, count: tensor.columns)
      return Metric(importance: squares, coupled: squares, rows: rows)
    }
    // A table that is looked up too counts more than the product says.
    let share =
      whole.terms.count == 1
      ? 1 : product.rows.reduce(0, +) / Float(product.rows.count)
    return Metric(
      importance: Array(importance[columns]), coupled: product.columns[columns].map { share * $0 },
      rows: rows)
  }

  /// The moments of a slice; nil where no token reached it.
  ///
  /// - Parameter half: of the text, 0 or 1; nil for all.
  func moment(
    of tensor: TensorDescriptor, slice: Int, half: Int? = nil
  ) throws -> SecondMoment? {
    try file.moment(of: tensor, slice: slice, half: half, on: workers)
  }

  /// The factor that compensation in a slice goes by.
  ///
  /// - Parameter metric: of all columns, or of the first ones, which alone are then factored.
  func factor(_ moment: SecondMoment, _ metric: Metric) -> SecondMomentFactor {
    SecondMomentFactor(
      moment.matrix(ofFirst: metric.importance.count), importance: metric.importance,
      coupled: metric.coupled,
      shrinkage: Shrinkage.amount(tokens: moment.tokens, columns: moment.columns), on: workers)
  }

  /// The file as a recipe records it.
  func record() throws -> PlanRecord.StatisticsRecord {
    PlanRecord.StatisticsRecord(
      name: file.path.fileName, digest: try file.digest().hexadecimal)
  }

  /// A digest of what is known of what a tensor reads, and of the generation of what is made of it.
  func digest(of tensor: TensorDescriptor) throws -> ContentDigest {
    var hasher = ContentHasher()
    hasher.add(UInt64(CompensatedEncoder.revision))
    hasher.add(try file.digest(of: tensor.name))
    return hasher.finish()
  }

  func checkUnchanged() throws { try file.checkUnchanged() }
}

extension SecondMoment {
  /// The correlations of the first columns: of all in the same memory, of fewer in their own, so that the rest can go.
  func matrix(ofFirst count: Int) -> Matrix {
    let whole = Matrix(rows: columns, columns: columns, in: correlations)
    return count == columns ? whole : whole.rows(0..<count).columns(0..<count).copy()
  }
}
