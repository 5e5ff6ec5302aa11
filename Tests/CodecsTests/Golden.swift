import Codecs
import Foundation
import GGUF
import Testing

/// The reference's encodings of one matrix: see Golden/README.md.
enum Golden {
  static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Golden")
  static let columns = 512
  static let weights = floats("weights.f32")!
  static let importance = floats("importance.f32")!

  /// The relative squared errors of the reference, by type name.
  static let errors: [String: (weighted: Double, plain: Double?)] = {
    let text = try! String(contentsOf: folder.appending(path: "reference.csv"), encoding: .utf8)
    var errors: [String: (weighted: Double, plain: Double?)] = [:]
    for line in text.split(separator: "\n").dropFirst() {
      let fields = line.split(separator: ",").map(String.init)
      let plain = Double(fields[4])!
      errors[fields[0]] = (Double(fields[3])!, plain < 0 ? nil : plain)
    }
    return errors
  }()

  static func bytes(_ name: String) -> [UInt8]? {
    (try? Data(contentsOf: folder.appending(path: name))).map { [UInt8]($0) }
  }

  static func floats(_ name: String) -> [Float]? {
    bytes(name)?.withUnsafeBytes { Array($0.bindMemory(to: Float.self)) }
  }
}

extension Codec {
  /// The rows of a matrix, encoded one after another.
  func encode(
    _ weights: [Float], columns: Int, importance: [Float]? = nil,
    weighting: Weighting = .importance
  ) -> [UInt8] {
    let size = type.rowBytes(columns: columns)!
    let rows = weights.count / columns
    let encoder = encoder(
      columns: columns, objective: Objective(importance: importance, columns: columns),
      weighting: weighting)
    // Not zeros: the encoder must write every byte.
    var bytes = [UInt8](repeating: 0xA5, count: rows * size)
    bytes.withUnsafeMutableBytes { bytes in
      weights.withUnsafeBufferPointer { weights in
        for row in 0..<rows {
          encoder.encode(
            UnsafeBufferPointer(rebasing: weights[row * columns..<(row + 1) * columns]),
            into: UnsafeMutableRawBufferPointer(rebasing: bytes[row * size..<(row + 1) * size]))
        }
      }
    }
    return bytes
  }

  /// The weights of encoded rows.
  func decode(_ bytes: [UInt8], columns: Int) -> [Float] {
    let size = type.bytes(rows: type.rowsPerGroup, columns: columns)!
    let count = type.rowsPerGroup * columns
    let groups = bytes.count / size
    var weights = [Float](repeating: .nan, count: groups * count)
    weights.withUnsafeMutableBufferPointer { weights in
      bytes.withUnsafeBytes { bytes in
        for group in 0..<groups {
          decode(
            UnsafeRawBufferPointer(rebasing: bytes[group * size..<(group + 1) * size]),
            into: UnsafeMutableBufferPointer(
              rebasing: weights[group * count..<(group + 1) * count]))
        }
      }
    }
    return weights
  }
}

/// Σ w (x − y)² ÷ Σ w x².
func relativeError(_ x: [Float], _ y: [Float], importance: [Float]?, columns: Int) -> Double {
  var error = 0.0
  var energy = 0.0
  for index in x.indices {
    let w = Double(importance?[index % columns] ?? 1)
    let difference = Double(x[index]) - Double(y[index])
    error += w * difference * difference
    energy += w * Double(x[index]) * Double(x[index])
  }
  return energy == 0 ? 0 : error / energy
}

/// Where two decodings differ in their bits; any NaN equals any other.
func differences(_ expected: [Float], _ actual: [Float]) -> [Int] {
  guard expected.count == actual.count else { return [min(expected.count, actual.count)] }
  return expected.indices.filter {
    expected[$0].bitPattern != actual[$0].bitPattern && !(expected[$0].isNaN && actual[$0].isNaN)
  }
}
