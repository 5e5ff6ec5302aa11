import NeuralNetwork

extension Evaluation {
  /// The figures for programs: KLD in nats per token, shares and probabilities from 0 to 1.
  struct Document: Encodable {
    let texts: [String]
    let context: Int
    let chunks: Int
    let tokens: Int
    let perplexityBase: Figure
    let perplexity: Figure
    let logPerplexityRatio: Figure
    let kld: Figure
    let kldMedian: Double
    let kldPercentile99: Double
    let kldMaximum: Double
    let sameTop: Figure
    let rmsProbabilityChange: Figure
    let byTopProbability: [Band]
    let activations: String
    @Nullable var noiseFloor: Figure?
    @Nullable var greedy: Greedy?
    @Nullable var draftAgreement: Agreement?
    @Nullable var attribution: Attribution.Document?

    enum CodingKeys: String, CodingKey {
      case texts, context, chunks, tokens, perplexityBase, perplexity, logPerplexityRatio
      case kld, kldMedian, kldMaximum, sameTop, rmsProbabilityChange, byTopProbability
      case activations, noiseFloor, greedy, draftAgreement, attribution
      case kldPercentile99 = "kld_99"
    }

    init(_ evaluation: Evaluation) {
      let divergence = evaluation.divergence
      texts = evaluation.texts
      context = evaluation.context
      chunks = evaluation.chunks
      tokens = divergence.tokens
      perplexityBase = Figure(divergence.basePerplexity)
      perplexity = Figure(divergence.perplexity)
      logPerplexityRatio = Figure(divergence.logPerplexityRatio)
      kld = Figure(divergence.mean)
      kldMedian = divergence.median
      kldPercentile99 = divergence.percentile99
      kldMaximum = divergence.maximum
      sameTop = Figure(divergence.sameTop)
      rmsProbabilityChange = Figure(divergence.probabilityChange)
      byTopProbability = divergence.bands.map(Band.init)
      activations = evaluation.activations.rawValue
      noiseFloor = evaluation.noiseFloor.map(Figure.init)
      greedy = evaluation.greedy.map(Greedy.init)
      attribution = evaluation.attribution.map(Attribution.Document.init)
      draftAgreement = divergence.draftAgreement.map {
        Agreement(base: Figure($0.base), quantized: Figure($0.quantized))
      }
    }

    /// The tokens at which the base gives the likeliest one a probability in some range.
    struct Band: Encodable {
      let from: Double
      let to: Double
      let tokens: Int
      @Nullable var kld: Figure?
      @Nullable var sameTop: Figure?

      init(_ band: ConfidenceBand) {
        from = band.from
        to = band.to
        tokens = band.tokens
        kld = band.mean.map(Figure.init)
        sameTop = band.sameTop.map(Figure.init)
      }
    }

    /// How far both models write the same.
    struct Greedy: Encodable {
      let tokens: Int
      let agreed: Figure
      let toEnd: Figure

      init(_ agreement: GreedyAgreement) {
        tokens = agreement.tokens
        agreed = Figure(agreement.agreed)
        toEnd = Figure(agreement.toEnd)
      }
    }

    /// How often draft heads agree with their models.
    struct Agreement: Encodable {
      let base: Figure
      let quantized: Figure
    }
  }

  /// A figure and its standard error.
  struct Figure: Encodable {
    let value: Double
    let error: Double

    init(_ estimate: Estimate) {
      value = estimate.value
      error = estimate.error
    }
  }
}
