import ArgumentParser
import Codecs
import GGUF
import LinearAlgebra
import NeuralNetwork
import Statistics

struct NetworkBench: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "network",
    abstract: "Times a model run forward, forward and backward, and for second moments.",
    discussion: """
      Runs sequences of random tokens, in the arithmetic that calibration uses, and prints tokens a second: of a \
      forward pass to all logits, as llama-imatrix makes it, of a calibration, and of a pass that sums up second \
      moments. Weights are read and decoded anew for each batch, as they are in use. The last line is the rate at \
      which the second moments of the model's widest input are summed up, of random features, the lower triangle alone.
      """)

  @Argument(help: "The GGUF model.", completion: .file())
  var model: String

  @Option(help: "Tokens of a sequence.")
  var sequence = 512

  @Option(help: "Sequences that run at a time.")
  var batch = 4

  @Option(help: "How often each is timed; the best counts.")
  var runs = 5

  @Option(help: "Threads to compute with.")
  var threads = 1

  func validate() throws {
    guard sequence > 1, batch > 0, runs > 0, threads > 0 else {
      throw ValidationError("sequences, batches, runs and threads must be positive")
    }
  }

  func run() throws {
    let network = try Network(
      try ModelFile(path: model), arithmetic: .bfloat,
      threads: threads)
    var random = SplitMix64(state: 1)
    let texts = (0..<batch).map { _ in
      (0..<sequence).map { _ in Int32(random.fraction() * Double(network.vocabulary)) }
    }
    let forward = try rate {
      let hidden = try network.hiddenStates(of: texts)
      let head = try network.outputHead()
      for start in stride(from: 0, to: hidden.rows, by: head.tokensAtATime) {
        _ = head.logits(of: hidden.rows(start..<min(start + head.tokensAtATime, hidden.rows)))
      }
    }
    let both = try rate {
      _ = try network.calibrate(texts.map { CalibrationSequence(tokens: $0, seed: 1) })
    }
    let moments = try rate { try network.takeSecondMoments(of: texts) { _, _, _ in } }
    print(
      """
      forward               \(Int(forward)) tokens/s
      forward and backward  \(Int(both)) tokens/s, \((10 * forward / both).rounded() / 10) times as long
      second moments        \(Int(moments)) tokens/s, \((10 * forward / moments).rounded() / 10) times as long
      their sums            \(try sumRate(network, .float)) GFLOP/s in floats\
      \(Arithmetic.hasBFloat ? ", \(try sumRate(network, .bfloat)) in bf16" : "")
      """)
  }

  /// Billions of additions and multiplications a second of sums of outer products.
  private func sumRate(_ network: Network, _ arithmetic: Arithmetic) throws -> Int {
    let columns = network.secondMomentSites.map(\.columns).max() ?? 1
    guard let tiles = TriangleTiles(columns: columns) else { return 0 }
    let x = Matrix(rows: sequence * batch, columns: columns)
    var random = SplitMix64(state: 2)
    for row in 0..<x.rows {
      for column in 0..<columns { x[row][column] = Float(random.fraction()) - 0.5 }
    }
    let sums = TriangleSums(tiles)
    let operations = Double(columns) * Double(columns + 1)
    return Int(try rate { sums.add(x, arithmetic, on: network.workers) } * operations / 1e9)
  }

  /// Tokens a second of the best run.
  private func rate(_ body: () throws -> Void) throws -> Double {
    let clock = ContinuousClock()
    let times = try (0..<runs).map { _ in try clock.measure(body) / .seconds(1) }
    return Double(sequence * batch) / (times.min() ?? 1)
  }
}
