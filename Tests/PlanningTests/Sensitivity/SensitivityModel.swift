import Foundation
import GGUF
import Planning
import Testing

/// One of the models in `Published/`, whose README describes the files.
struct SensitivityModel: CustomTestStringConvertible {
  let name: String
  let family: String
  /// The published KLDs.
  let row: KLDRow
  let shapes: [String: TensorShape]

  static let folder = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "Published")

  /// All of them, in the order of their names.
  static let all: [SensitivityModel] = {
    let files = try! FileManager.default.contentsOfDirectory(
      at: folder, includingPropertiesForKeys: nil)
    return files.filter { $0.pathExtension == "csv" }
      .sorted { $0.lastPathComponent < $1.lastPathComponent }
      .map { try! SensitivityModel($0) }
  }()

  var testDescription: String { name }

  /// What the prior is fitted to.
  var example: SensitivityPrior.Example {
    let losses = ReferenceLosses(type: SensitivityPrior.referenceType, nats: row.losses)
    return SensitivityPrior.Example(shapes: shapes, losses: losses)
  }

  private init(_ file: URL) throws {
    let lines = try String(contentsOf: file, encoding: .utf8).split(separator: "\n")
      .map { $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init) }
    var shapes: [String: TensorShape] = [:]
    var header = "QTYPE"
    var cells = lines[0][1]
    for line in lines.dropFirst() {
      let shape = TensorShape(line[1].split(separator: "x").compactMap { Int($0) })
      for (block, cell) in line.dropFirst(2).enumerated() where !cell.isEmpty {
        let tensor = line[0].replacing("*", with: "\(block)")
        shapes[tensor] = shape
        header += ",\(tensor)"
        cells += ",\(cell)"
      }
    }
    name = file.deletingPathExtension().lastPathComponent
    family = lines[0][0]
    row = try KLDTable(parsing: "\(header)\n\(cells)").rows[0]
    self.shapes = shapes
  }
}
