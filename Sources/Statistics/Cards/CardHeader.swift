import Foundation
import GGUF

/// What the header of a sensitivity card says, as `prismaquant/sensitivity_card.py` of PrismaQuant 0.16.2 writes it. It
/// has more members, which say nothing of tensors.
struct CardHeader: Decodable {
  struct Provenance: Decodable {
    let modelId: String
    let nCalibSamples: Int
    let seqLen: Int
  }

  /// A linear layer, or a stack of experts.
  struct Unit: Decodable {
    /// The path of the module, or of the parameter.
    let name: String
    let outFeatures: Int
    let inFeatures: Int
    /// All tokens that were calibrated on.
    let nTokens: Int
    /// The share of tokens that reached an expert.
    let routeProb: Double?
    /// The vectors that the archive has of it.
    let vectors: [String]
  }

  let provenance: Provenance
  let units: [Unit]

  /// More than a card of 50,000 layers has.
  static let most = 256 << 20

  init(_ json: [UInt8]) throws(CardProblem) {
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    do {
      self = try decoder.decode(CardHeader.self, from: Data(json))
    } catch {
      throw .header("it is not the JSON of a card")
    }
    guard !units.isEmpty else { throw .header("it names no linear layer") }
    var names: Set<String> = []
    for unit in units {
      guard names.insert(unit.name).inserted else {
        throw .header("it names \(unit.name.quoted) twice")
      }
      guard unit.outFeatures > 0, unit.inFeatures > 0, unit.nTokens > 0,
        unit.outFeatures <= 1 << 24, unit.inFeatures <= 1 << 24, unit.nTokens <= 1 << 50,
        unit.routeProb.map({ (0...1).contains($0) }) ?? true
      else { throw .header("the figures of \(unit.name.quoted) cannot be") }
    }
  }
}
