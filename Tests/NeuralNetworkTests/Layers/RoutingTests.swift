import Foundation
import LinearAlgebra
import NeuralNetwork
import Testing
import TestSupport

/// Policies of routing against a plain reading of their definitions, in double precision.
@Suite("Routing") struct RoutingTests {
  static let experts = 8
  static let used = 3

  /// A policy, and whether a bias is added to scores for the choice.
  struct Case: Sendable, CustomStringConvertible {
    let description: String
    let scoring: RoutingPolicy.Scoring
    var normalizes = true
    var scale: Float = 1
    var groups: RoutingPolicy.Groups?
    var hasBias = false

    var policy: RoutingPolicy {
      RoutingPolicy(scoring, normalizes: normalizes, scale: scale, groups: groups)
    }
  }

  static let cases = [
    Case(description: "softmax over the chosen", scoring: .softmax),
    Case(description: "softmax over all", scoring: .softmax, normalizes: false, scale: 1.5),
    Case(description: "softmax with a bias", scoring: .softmax, hasBias: true),
    Case(description: "sigmoid", scoring: .sigmoid, normalizes: false),
    Case(description: "sigmoid, normalised and scaled", scoring: .sigmoid, scale: 2.5),
    Case(
      description: "sigmoid in groups with a bias", scoring: .sigmoid, scale: 2.5,
      groups: RoutingPolicy.Groups(count: 4, used: 2), hasBias: true),
  ]

  @Test("experts and shares are those of the definition", arguments: cases)
  func shares(routing: Case) {
    var random = SeededGenerator(seed: 3)
    let outputs = Matrix.random(rows: 50, columns: Self.experts, &random)
    let bias = routing.hasBias ? Self.bias(&random) : nil
    let routes = Routes(outputs: outputs, used: Self.used, routing.policy, bias: bias)
    for token in 0..<outputs.rows {
      let expected = Self.shares(Array(outputs.row(token)), routing, bias)
      for (visits, expected) in zip(routes.visits, expected) {
        let visit = visits.first { $0.token == token }
        #expect((visit == nil) == (expected == nil))
        guard let visit, let expected else { continue }
        #expect(abs(Double(visit.share) - expected) < 1e-6)
      }
    }
  }

  @Test("gradients at the router's outputs are those of differences", arguments: cases)
  func gradients(routing: Case) {
    var random = SeededGenerator(seed: 4)
    let outputs = Matrix.random(rows: 20, columns: Self.experts, &random)
    let gains = Matrix.random(rows: 20, columns: Self.experts, &random)
    let bias = routing.hasBias ? Self.bias(&random) : nil
    let routes = Routes(outputs: outputs, used: Self.used, routing.policy, bias: bias)
    let gradient = routes.gradient(
      alignments: routes.visits.enumerated().map { expert, visits in
        visits.map { $0.share * gains.row($0.token)[expert] }
      })
    for token in 0..<outputs.rows {
      let row = outputs.row(token).map(Double.init)
      for expert in 0..<Self.experts {
        // The choice stays as it is: a step may not change it.
        let chosen = Self.choice(row, routing, bias)
        func value(_ step: Double) -> Double {
          var moved = row
          moved[expert] += step
          let shares = Self.shares(moved, routing, of: chosen)
          return zip(shares, gains.row(token)).reduce(0) { sum, pair in
            sum + (pair.0 ?? 0) * Double(pair.1)
          }
        }
        let slope = (value(1e-5) - value(-1e-5)) / 2e-5
        let found = Double(gradient.row(token)[expert])
        #expect(abs(found - slope) < 1e-5)
      }
    }
  }

  @Test("of equal scores the first experts are chosen")
  func ties() {
    let outputs = Matrix(rows: 1, columns: 5)
    for (expert, value) in ([1, 2, 1, 2, 2] as [Float]).enumerated() {
      outputs.row(0)[expert] = value
    }
    let routes = Routes(outputs: outputs, used: 2)
    #expect(routes.visits.map(\.count) == [0, 1, 0, 1, 0])
  }

  private static func bias(_ random: inout SeededGenerator) -> [Float] {
    (0..<experts).map { _ in Float.random(in: -0.5...0.5, using: &random) }
  }

  private static func scores(_ outputs: [Double], _ routing: Case) -> [Double] {
    switch routing.scoring {
    case .softmax:
      let sum = outputs.reduce(0) { $0 + exp($1) }
      return outputs.map { exp($0) / sum }
    case .sigmoid: return outputs.map { 1 / (1 + exp(-$0)) }
    }
  }

  /// The experts that are chosen.
  private static func choice(_ outputs: [Double], _ routing: Case, _ bias: [Float]?) -> Set<Int> {
    let values = scores(outputs, routing).enumerated()
      .map { $1 + Double(bias?[$0] ?? 0) }
    var candidates = Array(values.indices)
    if let groups = routing.groups {
      let size = values.count / groups.count
      func best(_ group: Int) -> Double {
        let sorted = values[group * size..<(group + 1) * size].sorted(by: >)
        return sorted[0] + sorted[1]
      }
      let order = (0..<groups.count).sorted { best($0) > best($1) }.prefix(groups.used)
      candidates = candidates.filter { order.contains($0 / size) }
    }
    return Set(candidates.sorted { values[$0] > values[$1] }.prefix(used))
  }

  /// The share of each expert that is chosen.
  private static func shares(
    _ outputs: [Double], _ routing: Case, of chosen: Set<Int>
  ) -> [Double?] {
    let scores = scores(outputs, routing)
    let sum = routing.normalizes ? chosen.reduce(0) { $0 + scores[$1] } : 1
    return scores.indices.map {
      chosen.contains($0) ? Double(routing.scale) * scores[$0] / sum : nil
    }
  }

  private static func shares(
    _ outputs: [Float], _ routing: Case, _ bias: [Float]?
  ) -> [Double?] {
    let outputs = outputs.map(Double.init)
    return shares(outputs, routing, of: choice(outputs, routing, bias))
  }
}
