import ArgumentParser
import Codecs
import GGUF

struct AllocationBench: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "allocate",
    abstract: "Times the planner's search, and counts what it proves.",
    discussion: """
      Solves seeded instances: models of several shapes, all types that Ration writes, losses as they are measured \
      and several that are hard, and prints the median and the worst time and the worst gap.
      """)

  @Option(help: "Instances of each shape and kind of loss.")
  var instances = 20

  @Flag(help: "Print JSON.")
  var json = false

  func validate() throws {
    guard instances > 0 else { throw ValidationError("--instances must be positive") }
  }

  func run() throws {
    let types = Codec.all.map(\.type).filter { $0.isQuantized || $0 == .BF16 }
    var all: [AllocationFigures] = []
    for shape in ModelShape.all {
      for losses in LossStyle.allCases {
        let figures = try AllocationFigures(
          measuring: losses, of: shape, types: types, count: instances)
        all.append(figures)
        if !json { print(figures.line) }
      }
    }
    if json { try print(JSON.text(all), terminator: "") }
  }
}
