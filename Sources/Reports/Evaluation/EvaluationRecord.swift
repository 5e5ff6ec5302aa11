package import GGUF
package import NeuralNetwork

/// What `ration evaluate --json` printed, read again: the figures that other reports show.
package struct EvaluationRecord: Sendable {
  /// The file that it was read from.
  package let path: String
  /// The model that was quantized.
  package let base: Model
  /// What it was quantized to.
  package let quantized: Model
  /// The names of the text's files.
  package let texts: [String]
  /// Tokens that the models saw at a time.
  package let context: Int
  /// How many times.
  package let chunks: Int
  /// How both models rounded what their weights are multiplied with.
  package let activations: String
  /// Of the model that was quantized.
  package let perplexityBase: Estimate
  /// Of what it was quantized to.
  package let perplexity: Estimate
  /// The mean over tokens, in nats.
  package let kld: Estimate
  /// The median over tokens, in nats.
  package let kldMedian: Double
  /// The 99th percentile over tokens, in nats.
  package let kldPercentile99: Double
  /// The maximum over tokens, in nats.
  package let kldMaximum: Double
  /// The share of tokens at which both find the same next token likeliest.
  package let sameTop: Estimate

  /// A model by what an evaluation says of it.
  package struct Model: Sendable, Equatable {
    /// The name of its file.
    package let name: String
    /// Bits per weight over all tensors.
    package let bitsPerWeight: Double

    /// A model of this name and size.
    package init(name: String, bitsPerWeight: Double) {
      self.name = name
      self.bitsPerWeight = bitsPerWeight
    }
  }

  /// The figures in a text.
  ///
  /// - Parameter path: where the text was read, for messages.
  package init(_ json: String, path: String) throws(EvaluationRecordError) {
    let reader = MemberReader(path: path)
    let document = try reader.document(json)
    try reader.checkSchema(of: document)
    self.path = path
    base = try reader.model("base", in: document)
    quantized = try reader.model("quantized", in: document)
    guard case .object(let figures)? = document["evaluation"] else {
      throw reader.error(.member("evaluation"))
    }
    texts = try reader.texts("texts", in: figures)
    context = try reader.count("context", in: figures)
    chunks = try reader.count("chunks", in: figures)
    activations = try reader.text("activations", in: figures)
    perplexityBase = try reader.figure("perplexity_base", in: figures)
    perplexity = try reader.figure("perplexity", in: figures)
    kld = try reader.figure("kld", in: figures)
    kldMedian = try reader.number("kld_median", in: figures)
    kldPercentile99 = try reader.number("kld_99", in: figures)
    kldMaximum = try reader.number("kld_maximum", in: figures)
    sameTop = try reader.figure("same_top", in: figures)
  }

  /// The texts, chunks and tokens that the figures are of, as a sentence names them.
  package var place: String {
    let names = texts.count == 1 ? texts[0].escaped : "\(texts.count) texts"
    let rounding = activations == "f32" ? "" : ", activations in \(activations.escaped)"
    return "\(names), \(chunks) × \(context) tokens\(rounding)"
  }

  /// Whether the figures of both can stand in one table: the base is the same, and so is the text.
  package func isComparable(to other: EvaluationRecord) -> Bool {
    // Another machine may sum in another order; another text of the same name has another perplexity.
    let difference = abs(perplexityBase.value - other.perplexityBase.value)
    return base == other.base && texts == other.texts && context == other.context
      && chunks == other.chunks && activations == other.activations
      && difference <= 1e-3 * perplexityBase.value
  }
}

/// Reads the members of an evaluation.
private struct MemberReader {
  typealias Object = OrderedObject<JSONValue>

  let path: String

  func error(_ problem: EvaluationRecordError.Problem) -> EvaluationRecordError {
    EvaluationRecordError(path: path, problem: problem)
  }

  func document(_ json: String) throws(EvaluationRecordError) -> Object {
    let value: JSONValue
    do throws(JSONReader.Problem) {
      value = try JSONReader.value(of: json)
    } catch {
      throw self.error(.json(error))
    }
    guard case .object(let object) = value else { throw error(.noSchema) }
    return object
  }

  func checkSchema(of document: Object) throws(EvaluationRecordError) {
    guard case .object(let schema)? = document["schema"], case .string(let name)? = schema["name"],
      case .int(let version)? = schema["version"]
    else { throw error(.noSchema) }
    let known = EvaluationReport.schema
    guard name.isExactly(known.name) else { throw error(.otherSchema(name)) }
    guard version == known.version else { throw error(.otherVersion(version)) }
  }

  func model(
    _ name: String, in document: Object
  ) throws(EvaluationRecordError) -> EvaluationRecord.Model {
    guard case .object(let model)? = document[name] else { throw error(.member(name)) }
    return EvaluationRecord.Model(
      name: try text("name", in: model), bitsPerWeight: try number("bpw", in: model))
  }

  func figure(_ name: String, in object: Object) throws(EvaluationRecordError) -> Estimate {
    guard case .object(let figure)? = object[name] else { throw error(.member(name)) }
    return Estimate(try number("value", in: figure), error: try number("error", in: figure))
  }

  func number(_ name: String, in object: Object) throws(EvaluationRecordError) -> Double {
    switch object[name] {
    case .int(let value): return Double(value)
    case .double(let value): return value
    default: throw error(.member(name))
    }
  }

  func count(_ name: String, in object: Object) throws(EvaluationRecordError) -> Int {
    guard case .int(let value)? = object[name], value > 0 else { throw error(.member(name)) }
    return value
  }

  func text(_ name: String, in object: Object) throws(EvaluationRecordError) -> String {
    guard case .string(let value)? = object[name] else { throw error(.member(name)) }
    return value
  }

  func texts(_ name: String, in object: Object) throws(EvaluationRecordError) -> [String] {
    guard case .array(let values)? = object[name], !values.isEmpty else {
      throw error(.member(name))
    }
    var texts: [String] = []
    for value in values {
      guard case .string(let text) = value else { throw error(.member(name)) }
      texts.append(text)
    }
    return texts
  }
}

/// A file that is no evaluation, or none that this version reads.
package struct EvaluationRecordError: ClassifiedError, Equatable {
  /// What is wrong with it.
  package enum Problem: Sendable, Equatable {
    /// It is no JSON.
    case json(JSONReader.Problem)
    /// It does not say what it is.
    case noSchema
    /// It is something else.
    case otherSchema(String)
    /// It is an evaluation of another form.
    case otherVersion(Int)
    /// This member is missing, or no figure.
    case member(String)
  }

  /// The file.
  package let path: String
  /// What is wrong with it.
  package let problem: Problem

  /// A problem of a file.
  package init(path: String, problem: Problem) {
    self.path = path
    self.problem = problem
  }

  package var kind: ErrorKind { .badInput }

  package var description: String {
    let text =
      switch problem {
      case .json(let problem): "it is no JSON: \(problem)"
      case .noSchema: "it is not what ration evaluate --json prints: it has no schema"
      case .otherSchema(let name):
        "it is not what ration evaluate --json prints: its schema is ‘\(name.escaped)’"
      case .otherVersion(let version):
        "its schema is version \(version) of \(EvaluationReport.schema.name); this program reads "
          + "version \(EvaluationReport.schema.version)"
      case .member(let name): "‘\(name)’ is missing, or is not what it should be"
      }
    return "\(path.escaped): \(text)"
  }
}
