import Foundation
import GGUF
import LinearAlgebra
import NeuralNetwork
import Testing
import TestSupport

/// What the choice of experts adds to gradients where errors may change it.
@Suite("Choices that errors may change") struct RoutingFlipTests {
  @Test(
    "half the square of the slope, times the variance of errors, is what they cost by changing choices"
  )
  func costOfFlips() {
    // Two experts with gains of 0 and 1, tokens whose margins lie evenly within ±8 spreads.
    let spread: Float = 0.25
    let count = 4001
    let outputs = Matrix(rows: count, columns: 2)
    let margins = (0..<count).map { (Float($0) / Float(count - 1) * 16 - 8) * spread }
    for (token, margin) in margins.enumerated() {
      outputs.row(token)[0] = margin
      outputs.row(token)[1] = 0
    }
    let routes = Routes(outputs: outputs, used: 1, spread: spread)
    let gradient = routes.gradient(
      alignments: routes.visits.map { $0.map { _ in 0 } },
      products: [routes.visits[0].map { _ in 0 }, routes.visits[1].map { _ in 1 }],
      arrivals: [0, 1].map { expert in
        routes.arrivals(of: expert).map { _ in Float(expert) }
      })
    var (predicted, actual) = (0.0, 0.0)
    for (token, margin) in margins.enumerated() {
      let slope = Double(gradient.row(token)[0])
      #expect(gradient.row(token)[1] == -gradient.row(token)[0])
      predicted += 0.5 * slope * slope * Double(spread * spread)
      // The chance of another choice, and what the step of 1 then costs.
      actual += 0.5 * 0.5 * erfc(Double(abs(margin) / spread) / 2.0.squareRoot())
    }
    #expect(abs(predicted / actual - 1) < 0.01)
  }

  @Test("slopes at leads reach the router's outputs", arguments: RoutingTests.cases)
  func slopes(routing: RoutingTests.Case) throws {
    var random = SeededGenerator(seed: 9)
    let outputs = Matrix.random(rows: 30, columns: RoutingTests.experts, &random)
    let bias =
      routing.hasBias
      ? (0..<RoutingTests.experts).map { _ in Float.random(in: -0.5...0.5, using: &random) } : nil
    let (used, policy) = (RoutingTests.used, routing.policy)
    for token in 0..<outputs.rows {
      let row = outputs.row(token)
      let rivals = try #require(policy.rivals(used, outputs: row, bias: bias))
      let chosen = policy.choice(used, outputs: row, bias: bias)
      #expect(rivals.margin >= 0 && chosen.last == rivals.leaving)
      #expect(!chosen.contains(rivals.entering))
      let gradient = Matrix.zeros(rows: 1, columns: RoutingTests.experts)
      policy.add(
        slope: 3, ofLead: rivals.leaving, over: rivals.entering, outputs: row, bias: bias,
        to: gradient.row(0))
      for expert in 0..<RoutingTests.experts {
        let expected = slope { step in
          let moved = Matrix(rows: 1, columns: RoutingTests.experts)
          for index in 0..<RoutingTests.experts { moved.row(0)[index] = row[index] }
          moved.row(0)[expert] += step
          let values = policy.values(outputs: moved.row(0), bias: bias)
          return 3 * Double(values[rivals.leaving] - values[rivals.entering])
        }
        #expect(abs(Double(gradient.row(0)[expert]) - expected) < 2e-3)
      }
    }
  }

  @Test("where all experts are chosen, none can come")
  func allChosen() {
    let outputs = Matrix.zeros(rows: 1, columns: 3)
    #expect(RoutingPolicy().rivals(3, outputs: outputs.row(0), bias: nil) == nil)
  }

  static let mixtures = ["llama-experts", "qwen3moe", "bailingmoe2", "llama4", "gemma4-experts"]

  @Test("noise tells a spread of every router", arguments: mixtures)
  func spreads(name: String) throws {
    let network = try #require(TestNetwork.all.first { $0.name == name })
    try withNetwork(network.fixture) { runner in
      let spreads = try runner.routerSpreads(over: [TestNetwork.tokens])
      #expect(try runner.routerSpreads(over: [TestNetwork.tokens]) == spreads)
      let routers = network.fixture.tensors.map { String(decoding: $0.name, as: UTF8.self) }
        .filter { $0.hasSuffix("ffn_gate_inp.weight") }
      #expect(runner.hasRouters && Set(spreads.keys) == Set(routers))
      #expect(spreads.values.allSatisfy { $0 > 0 && $0 < 1 })
    }
    let dense = try #require(TestNetwork.all.first { $0.name == "llama" })
    try withNetwork(dense.fixture) { #expect(!$0.hasRouters) }
  }

  @Test("choices that are far from changing add nothing, and others add to what is before them")
  func statistics() throws {
    let network = try #require(TestNetwork.all.first { $0.name == "qwen3moe" })
    let sequences = [CalibrationSequence(tokens: TestNetwork.tokens, seed: 3)]
    try withNetwork(network.fixture) { runner in
      func sums(_ spread: Float?) throws -> CalibrationSums {
        let routers = try runner.routerSpreads(over: [TestNetwork.tokens]).keys
        let spreads = Dictionary(uniqueKeysWithValues: routers.map { ($0, spread ?? 0) })
        return try (spread == nil ? runner : runner.smoothingRouters(by: spreads))
          .calibrate(sequences)
      }
      let fixed = try sums(nil)
      let narrow = try sums(1e-9)
      for (name, squares) in fixed.gradientSquares {
        #expect(narrow.gradientSquares[name] == squares)
      }
      let wide = try sums(0.05)
      func total(_ sums: CalibrationSums, _ name: String) throws -> Float {
        try #require(sums.gradientSquares[name]).reduce(0) { $0 + Float($1) }
      }
      // Nothing behind the last router can change a choice.
      for name in ["output.weight", "blk.1.ffn_down_exps.weight", "blk.1.ffn_up_exps.weight"] {
        #expect(try total(wide, name) == total(fixed, name))
      }
      for name in ["blk.1.ffn_gate_inp.weight", "blk.0.ffn_gate_inp.weight", "blk.0.attn_v.weight"]
      {
        #expect(try total(wide, name) > 1.1 * total(fixed, name))
      }
    }
  }
}
