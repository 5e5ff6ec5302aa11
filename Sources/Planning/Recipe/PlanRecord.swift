package import Statistics

/// What a plan has written down about itself in the comments of its recipe: what it was made from and for,
/// how `apply` has to encode, and what it promises.
///
/// The entries are a recipe's `Provenance`; this type is the only place that knows their names. A recipe
/// of other origin has some of them or none.
package struct PlanRecord: Sendable, Equatable {
  /// The version of the program that planned.
  package var version: String
  /// The name of the model's file.
  package var model: String
  /// The fingerprint of the model's tensors, hexadecimal.
  package var modelFingerprint: String
  /// The statistics, where there were any.
  package var statistics: StatisticsRecord?
  /// The second moments that errors are compensated with, where they are.
  package var moments: StatisticsRecord?
  /// What predictions rest on: `measured`, `prior`, `none`, or the name of a table.
  package var sensitivity: String
  /// The mix that the plan started from.
  package var skeleton: String?
  /// How many steps tensors could go away from it.
  package var maxMoves: Int?
  /// The budgets, each under the name that it has in a recipe.
  package var target: [Budget]
  /// What encoders minimise, where that is not the importance.
  package var weighting: String?
  /// The programs that are to load the file.
  package var runtime: Runtime
  /// Bits per weight, over all tensors.
  package var bitsPerWeight: Double
  /// Bytes of the file.
  package var fileBytes: Int
  /// What the plan promises.
  package var promise: Promise
  /// No plan within the budget is predicted to lose less than this, in the unit of the promise.
  package var lowerBound: Double
  /// Whether the plan is proved to be the best.
  package var isOptimal: Bool

  /// A file of statistics: its name and a SHA-256, hexadecimal: that of its bytes, or for second moments
  /// `SecondMomentFile.digest`.
  package struct StatisticsRecord: Sendable, Equatable {
    /// The file's name, without its directories.
    package let name: String
    /// 64 hexadecimal digits.
    package let digest: String

    package init(name: String, digest: String) {
      self.name = name
      self.digest = digest
    }
  }

  /// A budget, as `target-bpw: 4.0`.
  package struct Budget: Sendable, Equatable {
    /// The key in the recipe.
    package let name: String
    /// What stands behind the key.
    package let value: String

    package init(name: String, value: String) {
      self.name = name
      self.value = value
    }
  }

  package init(
    version: String, model: String, modelFingerprint: String, statistics: StatisticsRecord?,
    moments: StatisticsRecord? = nil, sensitivity: String, skeleton: String?, maxMoves: Int?,
    target: [Budget], weighting: String?,
    runtime: Runtime, bitsPerWeight: Double, fileBytes: Int, promise: Promise, lowerBound: Double,
    isOptimal: Bool
  ) {
    self.version = version
    self.model = model
    self.modelFingerprint = modelFingerprint
    self.statistics = statistics
    self.moments = moments
    self.sensitivity = sensitivity
    self.skeleton = skeleton
    self.maxMoves = maxMoves
    self.target = target
    self.weighting = weighting
    self.runtime = runtime
    self.bitsPerWeight = bitsPerWeight
    self.fileBytes = fileBytes
    self.promise = promise
    self.lowerBound = lowerBound
    self.isOptimal = isOptimal
  }

  /// The record as the comments of a recipe, in the order in which people read them.
  package var provenance: Provenance {
    var provenance = Provenance()
    provenance[Key.version] = version
    provenance[Key.model] = model
    provenance[Key.statistics] = statistics?.name
    provenance[Key.moments] = moments?.name
    provenance[Key.sensitivity] = sensitivity
    provenance[Key.skeleton] = skeleton
    provenance[Key.maxMoves] = maxMoves.map { "\($0)" }
    for budget in target { provenance[budget.name] = budget.value }
    provenance[Key.weighting] = weighting
    provenance[Key.runtime] = runtime.rawValue
    provenance[Key.bitsPerWeight] = "\(bitsPerWeight)"
    provenance[Key.fileBytes] = "\(fileBytes)"
    provenance[promise.unit.predictionName] = "\(promise.loss)"
    provenance[Key.lowerBound] = "\(lowerBound)"
    provenance[Key.isOptimal] = "\(isOptimal)"
    provenance[Key.modelFingerprint] = modelFingerprint
    provenance[Key.statisticsDigest] = statistics?.digest
    provenance[Key.momentsDigest] = moments?.digest
    return provenance
  }

  /// The names of entries.
  enum Key {
    static let version = "ration"
    static let model = "model"
    static let statistics = "statistics"
    static let sensitivity = "sensitivity"
    static let skeleton = "skeleton"
    static let maxMoves = "max-moves"
    static let weighting = "weighting"
    static let runtime = "runtime"
    static let bitsPerWeight = "bpw"
    static let fileBytes = "bytes"
    static let lowerBound = "lower_bound"
    static let isOptimal = "optimal"
    static let modelFingerprint = "model_fingerprint"
    static let statisticsDigest = "statistics_sha256"
    static let moments = "covariance"
    static let momentsDigest = "covariance_sha256"
    static let seal = "seal"

    /// Whether an entry of this name is part of a record. Budgets have names of their own.
    static func isOfRecord(_ name: String) -> Bool {
      let predictions = LossUnit.allCases.map(\.predictionName)
      return fixed.contains(name) || predictions.contains(name) || name.hasPrefix("target-")
        || name == "memory" || name.hasPrefix("memory-") || name == "context" || name == "kv-type"
        || name == "min-speed"
    }

    /// Whether an entry of this name says what came of a plan: what it predicts, and how large its file is.
    static func isOfResult(_ name: String) -> Bool {
      [bitsPerWeight, fileBytes, lowerBound, isOptimal, seal].contains(name)
        || LossUnit.allCases.contains { $0.predictionName == name }
    }

    private static let fixed: Set = [
      version, model, statistics, sensitivity, skeleton, maxMoves, weighting, runtime,
      bitsPerWeight, fileBytes, lowerBound, isOptimal, modelFingerprint, statisticsDigest, moments,
      momentsDigest,
    ]
  }
}

/// What a plan predicts that its model will lose.
package struct Promise: Sendable, Equatable {
  /// What the loss is counted in.
  package let unit: LossUnit
  /// The predicted loss, in that unit.
  package let loss: Double

  package init(unit: LossUnit, loss: Double) {
    self.unit = unit
    self.loss = loss
  }
}

extension LossUnit {
  /// The name of a predicted loss in recipes, reports and metadata.
  package var predictionName: String {
    switch self {
    case .nats: "predicted_kld"
    case .weightedSquaredError: "predicted_error"
    }
  }
}
