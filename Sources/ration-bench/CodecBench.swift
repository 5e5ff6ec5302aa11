import ArgumentParser
import Codecs
import GGUF

struct CodecBench: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "codecs",
    abstract: "Times the codecs: millions of weights a second on one thread, and the error beside.",
    discussion: """
      Encodes and decodes a seeded matrix of 1024 × 4096 heavy-tailed weights with log-normal \
      importance, several times, and prints medians. RATION_CPU forces an instruction set.
      """)

  @Option(help: "The types to time, divided by commas; all by default.")
  var types: String?

  @Option(help: "Passes over the matrix, of which the median counts.")
  var passes = 3

  @Option(help: "Rows of the matrix.")
  var rows = 1024

  @Flag(
    help: """
      Encode with compensation instead, on seeded second moments, and print what it gains.
      """)
  var compensate = false

  @Flag(help: "Print JSON.")
  var json = false

  @Option(help: ArgumentHelp("Rewrite the table of types in this file.", valueName: "file"))
  var typesTable: String?

  func validate() throws {
    guard passes > 0 else { throw ValidationError("--passes must be positive") }
    guard rows > 0 else { throw ValidationError("--rows must be positive") }
  }

  func run() throws {
    let codecs = try chosen()
    if compensate {
      return try printGains(of: codecs.filter { $0.canEncode && $0.type.isQuantized })
    }
    let matrix = BenchmarkMatrix(rows: rows, columns: 4096)
    var figures: [CodecFigures] = []
    for codec in codecs {
      let figure = CodecFigures(measuring: codec, on: matrix, passes: passes)
      figures.append(figure)
      if !json { print(figure.line) }
    }
    if json { try print(JSON.text(figures), terminator: "") }
    if let typesTable { try TypesTable.rewrite(typesTable, with: figures) }
  }

  private func printGains(of codecs: [Codec]) throws {
    let matrix = BenchmarkMatrix(rows: rows, columns: 4096)
    let moments = BenchmarkMoments(matrix)
    var figures: [CompensationFigures] = []
    for codec in codecs {
      let figure = CompensationFigures(measuring: codec, on: matrix, moments, passes: passes)
      figures.append(figure)
      if !json { print(figure.line) }
    }
    if json { try print(JSON.text(figures), terminator: "") }
  }

  private func chosen() throws -> [Codec] {
    guard let types else { return Codec.all }
    return try types.split(separator: ",").map { name in
      guard let codec = TensorType.named(name).flatMap(Codec.of) else {
        throw ValidationError("unknown type ‘\(name)’")
      }
      return codec
    }
  }
}
