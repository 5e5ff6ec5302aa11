import Codecs
import KernelsC

/// How the outputs of a router choose the experts of a token and weigh what they give.
package struct RoutingPolicy: Sendable {
  /// What makes scores of a router's outputs r.
  package enum Scoring: Sendable {
    /// exp(rᵢ) / Σ exp(r) over all experts.
    case softmax
    /// σ(rᵢ) = 1 / (1 + exp(−rᵢ)).
    case sigmoid
  }

  /// Groups of consecutive experts, of which only the best take part for a token.
  package struct Groups: Sendable {
    /// How many groups there are, all of one size.
    package let count: Int
    /// How many of them take part: those whose two highest scores have the largest sums (DeepSeek-V3,
    /// arXiv 2412.19437, section 2.1.2).
    package let used: Int

    package init(count: Int, used: Int) {
      self.count = count
      self.used = used
    }
  }

  /// What a share is a factor of.
  package enum Weighed: Sendable {
    case outputs
    case inputs
  }

  let scoring: Scoring
  /// Whether the scores of the chosen experts are divided by their sum.
  let normalizes: Bool
  /// What shares are multiplied by.
  let scale: Float
  /// nil where all experts take part.
  let groups: Groups?
  /// Whether shares weigh what experts give or what they read.
  let weighs: Weighed

  package init(
    _ scoring: Scoring = .softmax, normalizes: Bool = true, scale: Float = 1,
    groups: Groups? = nil, weighs: Weighed = .outputs
  ) {
    self.scoring = scoring
    self.normalizes = normalizes
    self.scale = scale
    self.groups = groups
    self.weighs = weighs
  }

  /// Whether so many of so many experts can be chosen.
  func canChoose(_ used: Int, of experts: Int) -> Bool {
    guard let groups else { return 1...experts ~= used }
    return experts % groups.count == 0 && 1...groups.count ~= groups.used
      && 1...experts / groups.count * groups.used ~= used
  }

  /// The experts of a token: those of the highest scores, of equal ones the first.
  ///
  /// - Parameters:
  ///   - outputs: those of the router for the token.
  ///   - bias: what is added to the scores for the choice alone.
  package func choice(_ used: Int, outputs: UnsafeMutableBufferPointer<Float>, bias: [Float]?)
    -> [Int]
  {
    ranking(outputs: outputs, bias: bias).prefix(used).map(\.expert)
  }

  /// All experts of a token by what they are compared by, the best in front; that of those outside the best groups is −∞.
  private func ranking(
    outputs: UnsafeMutableBufferPointer<Float>, bias: [Float]?
  ) -> [(expert: Int, value: Float)] {
    var values = values(outputs: outputs, bias: bias)
    if let groups { exclude(experts: &values, outside: groups) }
    return values.enumerated().map { ($0.offset, $0.element) }
      .sorted { (-$0.value, $0.expert) < (-$1.value, $1.expert) }
  }

  /// What experts are compared by, groups aside: the router's outputs where nothing else counts, for scores rise with
  /// them, and else the scores and the bias.
  package func values(outputs: UnsafeMutableBufferPointer<Float>, bias: [Float]?) -> [Float] {
    guard comparesScores(bias) else { return Array(outputs) }
    var values = scores(of: outputs)
    if let bias { for expert in values.indices { values[expert] += bias[expert] } }
    return values
  }

  private func comparesScores(_ bias: [Float]?) -> Bool { bias != nil || groups != nil }

  /// The chosen expert that would be the first to go, the one that would come in its place, and by how much the one is
  /// ahead of the other; nil where none could come.
  package func rivals(
    _ used: Int, outputs: UnsafeMutableBufferPointer<Float>, bias: [Float]?
  ) -> (leaving: Int, entering: Int, margin: Float)? {
    let ranking = ranking(outputs: outputs, bias: bias)
    guard used < ranking.count, ranking[used].value > -.infinity else { return nil }
    let (leaving, entering) = (ranking[used - 1], ranking[used])
    return (leaving.expert, entering.expert, leaving.value - entering.value)
  }

  /// Adds to the gradient at the router's outputs what one expert's lead over another amounts to.
  ///
  /// - Parameter slope: the gradient at the lead, in what experts are compared by.
  package func add(
    slope: Float, ofLead leader: Int, over follower: Int,
    outputs: UnsafeMutableBufferPointer<Float>, bias: [Float]?,
    to gradient: UnsafeMutableBufferPointer<Float>
  ) {
    guard comparesScores(bias) else {
      gradient[leader] += slope
      gradient[follower] -= slope
      return
    }
    let scores = scores(of: outputs)
    switch scoring {
    case .sigmoid:
      gradient[leader] += slope * scores[leader] * (1 - scores[leader])
      gradient[follower] -= slope * scores[follower] * (1 - scores[follower])
    case .softmax:
      let mean = slope * (scores[leader] - scores[follower])
      for expert in scores.indices { gradient[expert] -= scores[expert] * mean }
      gradient[leader] += scores[leader] * slope
      gradient[follower] -= scores[follower] * slope
    }
  }

  /// What each of the chosen experts gives, as a share of its output.
  func shares(of chosen: [Int], outputs: UnsafeMutableBufferPointer<Float>) -> [Float] {
    var shares: [Float]
    switch scoring {
    case .softmax where normalizes:
      // The sum over all experts cancels.
      shares = chosen.map { outputs[$0] }
      _ = Kernels.active.pointee.softmax(&shares, Int32(shares.count))
    case .softmax, .sigmoid:
      let scores = scores(of: outputs)
      shares = chosen.map { scores[$0] }
      if normalizes {
        let sum = shares.reduce(0, +)
        for index in shares.indices { shares[index] /= sum }
      }
    }
    for index in shares.indices { shares[index] *= scale }
    return shares
  }

  /// Turns what the gradient says about shares into the gradient at the router's outputs.
  ///
  /// With w = scale × s / Σ s over the chosen (or scale × s) it is sᵢ dsᵢ = wᵢ dwᵢ − (wᵢ / scale) × Σ w dw
  /// (or wᵢ dwᵢ); and then drᵢ = (1 − sᵢ) × sᵢ dsᵢ of the sigmoid, and drᵢ = sᵢ dsᵢ − pᵢ × Σ s ds of the
  /// softmax p, whose last term is 0 where scores are divided by their sum.
  ///
  /// - Parameters:
  ///   - gradient: wᵢ dwᵢ of the chosen experts, else 0; becomes dr.
  ///   - chosen: the experts with their shares.
  func turnIntoGradient(
    _ gradient: UnsafeMutableBufferPointer<Float>, of chosen: [(expert: Int, share: Float)],
    outputs: UnsafeMutableBufferPointer<Float>
  ) {
    let total = gradient.reduce(0, +)
    if normalizes {
      for (expert, share) in chosen { gradient[expert] -= share / scale * total }
    }
    switch scoring {
    case .softmax where normalizes:
      break
    case .softmax:
      for (expert, score) in scores(of: outputs).enumerated() { gradient[expert] -= score * total }
    case .sigmoid:
      let scores = scores(of: outputs)
      for (expert, _) in chosen { gradient[expert] *= 1 - scores[expert] }
    }
  }

  /// The scores of all experts.
  private func scores(of outputs: UnsafeMutableBufferPointer<Float>) -> [Float] {
    let softmax = Kernels.active.pointee.softmax!
    switch scoring {
    case .softmax:
      var scores = Array(outputs)
      _ = softmax(&scores, Int32(scores.count))
      return scores
    case .sigmoid:
      return outputs.map { output in
        // σ(r) is the first value of softmax(r, 0).
        var pair = [output, 0]
        _ = softmax(&pair, 2)
        return pair[0]
      }
    }
  }

  /// Makes the values of experts outside the best groups −∞.
  private func exclude(experts values: inout [Float], outside groups: Groups) {
    let size = values.count / groups.count
    let sums = (0..<groups.count).map { group in
      values[group * size..<(group + 1) * size].sorted(by: >).prefix(2).reduce(0, +)
    }
    let order = sums.indices.sorted { (-sums[$0], $0) < (-sums[$1], $1) }
    for group in order.dropFirst(groups.used) {
      for expert in group * size..<(group + 1) * size { values[expert] = -.infinity }
    }
  }
}
