import Codecs
import Foundation
import KernelsC
import Testing
import TestSupport

/// The kernels that run a network, at lengths with and without whole vectors.
@Suite struct NetworkKernelTests {
  private static let lengths = [1, 7, 16, 31, 50, 256]

  @Test("softmax and its gradient", arguments: Kernels.levels, lengths)
  func softmax(level: String, length: Int) throws {
    let kernels = try kernels(level)
    var random = SeededGenerator(seed: 31)
    let x = random.signed(length, 30)
    var p = x
    let logSum = kernels.softmax(&p, Int32(length))
    let exponentials = x.map { exp(Double($0)) }
    let sum = exponentials.reduce(0, +)
    #expect(abs(Double(logSum) - log(sum)) < 1e-5)
    let expected = exponentials.map { $0 / sum }
    #expect(isClose(p, expected, 1e-6))
    let d = random.signed(length, 2)
    let mean = zip(expected, d).reduce(0) { $0 + $1.0 * Double($1.1) }
    var gradient = d
    kernels.softmax_gradient(p, &gradient, Int32(length))
    #expect(isClose(gradient, zip(expected, d).map { $0 * (Double($1) - mean) }, 1e-6))
  }

  @Test("gates and their gradient", arguments: Kernels.levels, lengths)
  func gate(level: String, length: Int) throws {
    let kernels = try kernels(level)
    var random = SeededGenerator(seed: 32)
    let (gate, up, dy) = (
      random.signed(length, 6), random.signed(length, 3), random.signed(length, 1)
    )
    for (slope, cubic) in [(Float(1), Float(0)), (1.595_769_1, 0.044715)] {
      func sigmoid(_ g: Double) -> Double {
        1 / (1 + exp(-Double(slope) * (g + Double(cubic) * g * g * g)))
      }
      var y = [Float](repeating: 0, count: length)
      kernels.gate(gate, up, Int32(length), slope, cubic, &y)
      let values = zip(gate, up).map { Double($0) * sigmoid(Double($0)) * Double($1) }
      #expect(isClose(y, values, 1e-5))
      var (dGate, dUp) = (gate, up)
      kernels.gate_gradient(dy, Int32(length), slope, cubic, &dGate, &dUp)
      for j in 0..<length {
        let (g, u, d) = (Double(gate[j]), Double(up[j]), Double(dy[j]))
        let e = 1e-5
        let slope = ((g + e) * sigmoid(g + e) - (g - e) * sigmoid(g - e)) / (2 * e)
        #expect(abs(Double(dGate[j]) - d * u * slope) < 1e-5)
        #expect(abs(Double(dUp[j]) - d * g * sigmoid(g)) < 1e-5)
      }
    }
  }

  @Test("soft caps and their gradient", arguments: Kernels.levels, lengths)
  func softCap(level: String, length: Int) throws {
    let kernels = try kernels(level)
    var random = SeededGenerator(seed: 33)
    let (x, dy) = (random.signed(length, 40), random.signed(length, 1))
    var (y, d) = (x, dy)
    kernels.soft_cap(&y, Int32(length), 10)
    #expect(isClose(y, x.map { 10 * tanh(Double($0) / 10) }, 1e-5))
    kernels.soft_cap_gradient(y, &d, Int32(length), 10)
    let slopes = x.map { 1 - pow(tanh(Double($0) / 10), 2) }
    #expect(isClose(d, zip(dy, slopes).map { Double($0) * $1 }, 1e-5))
  }

  @Test("rotations turn pairs, and back", arguments: Kernels.levels, lengths)
  func rotate(level: String, length: Int) throws {
    let kernels = try kernels(level)
    var random = SeededGenerator(seed: 34)
    let x = random.signed(2 * length, 3)
    let angles = random.signed(length, 3).map(Double.init)
    let (cosines, sines) = (angles.map { Float(cos($0)) }, angles.map { Float(sin($0)) })
    for isHalves in [false, true] {
      let rotate = isHalves ? kernels.rotate_halves! : kernels.rotate_neighbours!
      var y = x
      rotate(&y, Int32(2 * length), cosines, sines, 1)
      for pair in 0..<length {
        let (i, j) = isHalves ? (pair, pair + length) : (2 * pair, 2 * pair + 1)
        let (a, b) = (Double(x[i]), Double(x[j]))
        #expect(abs(Double(y[i]) - (a * cos(angles[pair]) - b * sin(angles[pair]))) < 1e-5)
        #expect(abs(Double(y[j]) - (a * sin(angles[pair]) + b * cos(angles[pair]))) < 1e-5)
      }
      rotate(&y, Int32(2 * length), cosines, sines, -1)
      #expect(isClose(y, x.map(Double.init), 1e-5))
    }
  }

  @Test("sums and products", arguments: Kernels.levels, lengths)
  func sumsAndProducts(level: String, length: Int) throws {
    let kernels = try kernels(level)
    var random = SeededGenerator(seed: 35)
    let (x, y, z) = (random.signed(length, 2), random.signed(length, 2), random.signed(length, 2))
    let products = zip(x, y).map { Double($0) * Double($1) }
    #expect(abs(Double(kernels.dot(x, y, Int32(length))) - products.reduce(0, +)) < 1e-4)
    var result = z
    kernels.scaled_product(x, y, 0.5, Int32(length), &result)
    #expect(isClose(result, products.map { 0.5 * $0 }, 1e-6))
    result = z
    kernels.add_squares(x, 3, Int32(length), &result)
    #expect(isClose(result, zip(x, z).map { 3 * Double($0) * Double($0) + Double($1) }, 1e-5))
    result = z
    kernels.add_combination(2, x, -3, y, Int32(length), &result)
    let sums = (0..<length).map { 2 * Double(x[$0]) - 3 * Double(y[$0]) + Double(z[$0]) }
    #expect(isClose(result, sums, 1e-5))
  }

  @Test("gates by a sigmoid alone, and their gradient", arguments: Kernels.levels, lengths)
  func sigmoidGate(level: String, length: Int) throws {
    let kernels = try kernels(level)
    var random = SeededGenerator(seed: 37)
    let (gate, up, dy) = (
      random.signed(length, 6), random.signed(length, 3), random.signed(length, 1)
    )
    let shares = gate.map { 1 / (1 + exp(-Double($0))) }
    var y = [Float](repeating: 0, count: length)
    kernels.sigmoid_gate(gate, up, Int32(length), &y)
    #expect(isClose(y, zip(up, shares).map { Double($0) * $1 }, 1e-5))
    var (dGate, dUp) = (gate, up)
    kernels.sigmoid_gate_gradient(dy, Int32(length), &dGate, &dUp)
    let slopes = (0..<length).map {
      Double(dy[$0]) * Double(up[$0]) * shares[$0] * (1 - shares[$0])
    }
    #expect(isClose(dGate, slopes, 1e-5))
    #expect(isClose(dUp, zip(dy, shares).map { Double($0) * $1 }, 1e-5))
  }

  @Test("decays", arguments: Kernels.levels, lengths)
  func decay(level: String, length: Int) throws {
    let kernels = try kernels(level)
    var random = SeededGenerator(seed: 38)
    let (x, logs) = (random.signed(length, 3), random.signed(length, 5))
    var y = x
    kernels.scale_by_decay(&y, logs, -5, Int32(length))
    #expect(isClose(y, zip(x, logs).map { Double($0) * exp(-5 - Double($1)) }, 1e-5))
  }

  @Test("sums over rows", arguments: Kernels.levels, lengths)
  func rows(level: String, length: Int) throws {
    let kernels = try kernels(level)
    var random = SeededGenerator(seed: 39)
    let (count, stride) = (5, length + 3)
    let x = random.signed(count * stride, 2)
    let (y, factors) = (random.signed(count * length, 2), random.signed(2 * count, 2))
    let z = random.signed(length, 2)
    var products = z
    kernels.multiply_rows(x, Int32(stride), y, Int32(count), Int32(length), &products)
    var rest = z
    kernels.subtract_rows(
      factors, 2, x, Int32(stride), Int32(count), Int32(length), &rest)
    for column in 0..<length {
      let values = (0..<count).map { Double(x[$0 * stride + column]) }
      let product = (0..<count).reduce(0) { $0 + values[$1] * Double(y[$1 * length + column]) }
      #expect(abs(Double(products[column]) - product) < 1e-5)
      let sum = (0..<count).reduce(0) { $0 + values[$1] * Double(factors[2 * $1]) }
      #expect(abs(Double(rest[column]) - (Double(z[column]) - sum)) < 1e-5)
    }
  }

  @Test("every level gives the same bits", arguments: lengths)
  func levelsAgree(length: Int) throws {
    var results: Set<[UInt32]> = []
    for level in Kernels.levels {
      let kernels = try kernels(level)
      var random = SeededGenerator(seed: 36)
      var (x, up) = (random.signed(length, 20), random.signed(length, 20))
      let sum = kernels.dot(x, up, Int32(length))
      kernels.gate_gradient(x, Int32(length), 1.6, 0.04, &x, &up)
      kernels.soft_cap(&up, Int32(length), 5)
      kernels.sigmoid_gate_gradient(x, Int32(length), &x, &up)
      kernels.subtract_rows(x, 1, up, 0, Int32(length), Int32(length), &x)
      kernels.scale_by_decay(&up, x, 1, Int32(length))
      let logSum = kernels.softmax(&x, Int32(length))
      results.insert((x + up + [sum, logSum]).map(\.bitPattern))
    }
    #expect(results.count == 1)
  }

  @Test("what is far below the maximum becomes zero, not NaN", arguments: Kernels.levels)
  func extremes(level: String) throws {
    var x: [Float] = [-.infinity, -1e30, 0, 1e30]
    let logSum = try kernels(level).softmax(&x, 4)
    #expect(x == [0, 0, 0, 1])
    #expect(logSum == 1e30)
  }

  /// Whether the values are within `tolerance` of what they should be.
  private func isClose(_ values: [Float], _ expected: [Double], _ tolerance: Double) -> Bool {
    zip(values, expected).allSatisfy { abs(Double($0) - $1) <= tolerance }
  }
}

extension SeededGenerator {
  /// Numbers up to `limit` of either sign.
  mutating func signed(_ count: Int, _ limit: Float) -> [Float] {
    (0..<count).map { _ in Float.random(in: -limit...limit, using: &self) }
  }
}
