import Foundation
import GGUF
import LinearAlgebra
import NeuralNetwork
import TestSupport

/// The rows of numbers in a text file beside this one.
func numbers<Number: LosslessStringConvertible>(
  _ name: String, _: Number.Type = Number.self
) throws -> [[Number]] {
  let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
  let text = try String(contentsOf: folder.appendingPathComponent(name), encoding: .utf8)
  return text.split(separator: "\n").map { line in
    line.split(separator: " ").map { Number(String($0))! }
  }
}

/// Calls `body` with the model of a fixture, whose file exists as long.
func withModel<Result>(
  _ fixture: GGUFFixture, _ body: (ModelFile) throws -> Result
) throws -> Result {
  let directory = TemporaryDirectory()
  return try withExtendedLifetime(directory) {
    try body(ModelFile(path: directory.write(fixture.bytes, to: "model.gguf")))
  }
}

/// Calls `body` with the network of a fixture, on two threads.
func withNetwork<Result>(
  _ fixture: GGUFFixture, _ architectures: [Architecture] = Architecture.all,
  _ body: (Network) throws -> Result
) throws -> Result {
  try withModel(fixture) { try body(Network($0, threads: 2, architectures: architectures)) }
}

extension Network {
  /// The logits of every token of some sequences.
  func logits(of sequences: [[Int32]]) throws -> [[Float]] {
    let logits = try outputHead().logits(of: hiddenStates(of: sequences))
    return (0..<logits.rows).map { Array(logits.row($0)) }
  }
}

extension Matrix {
  /// A matrix of random values.
  static func random(
    rows: Int, columns: Int, _ random: inout SeededGenerator
  ) -> Matrix {
    let matrix = Matrix(rows: rows, columns: columns)
    for row in 0..<rows {
      for column in 0..<columns {
        matrix.row(row)[column] = Float.random(in: -1...1, using: &random)
      }
    }
    return matrix
  }

  /// This matrix and a multiple of another.
  func moved(by step: Float, along direction: Matrix) -> Matrix {
    let moved = Matrix(rows: rows, columns: columns)
    for row in 0..<rows {
      for column in 0..<columns {
        moved.row(row)[column] = self.row(row)[column] + step * direction.row(row)[column]
      }
    }
    return moved
  }

  /// The sum of the products of all values.
  func dot(_ other: Matrix) -> Double {
    (0..<rows).reduce(0) { sum, row in
      zip(self.row(row), other.row(row)).reduce(sum) { $0 + Double($1.0) * Double($1.1) }
    }
  }
}

/// The slope of a function at 0, extrapolated from two step widths.
func slope(width: Float = 0x1p-8, _ value: (Float) throws -> Double) rethrows -> Double {
  let narrow = try (value(width) - value(-width)) / Double(2 * width)
  let wide = try (value(2 * width) - value(-2 * width)) / Double(4 * width)
  return (4 * narrow - wide) / 3
}

/// A model with one weight moved.
struct MovedWeight: WeightSource {
  let model: ModelFile
  let tensor: String
  /// Counted over all slices.
  let row: Int
  let column: Int
  let step: Float

  func read(
    _ tensor: TensorDescriptor, rows: Range<Int>, into weights: UnsafeMutableBufferPointer<Float>
  ) throws {
    try model.read(tensor, rows: rows, into: weights)
    guard tensor.name == self.tensor, rows.contains(row) else { return }
    weights[(row - rows.lowerBound) * tensor.columns + column] += step
  }
}

/// Weights of which only the first five bits of the significand are left.
struct CoarseWeights: WeightSource {
  let model: ModelFile
  /// The name of the tensor that alone is coarse; nil for all.
  var only: String?

  func read(
    _ tensor: TensorDescriptor, rows: Range<Int>,
    into weights: UnsafeMutableBufferPointer<Float>
  ) throws {
    try model.read(tensor, rows: rows, into: weights)
    guard only == nil || only == tensor.name else { return }
    for index in weights.indices {
      weights[index] = Float(bitPattern: weights[index].bitPattern & ~0x3_FFFF)
    }
  }
}

/// An output head whose products overflow.
struct LargeWeights: WeightSource {
  let model: ModelFile

  func read(
    _ tensor: TensorDescriptor, rows: Range<Int>,
    into weights: UnsafeMutableBufferPointer<Float>
  ) throws {
    try model.read(tensor, rows: rows, into: weights)
    guard tensor.name == "output.weight" else { return }
    for index in weights.indices { weights[index] = Float.greatestFiniteMagnitude }
  }
}
