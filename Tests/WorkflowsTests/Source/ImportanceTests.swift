import Codecs
import Foundation
import GGUF
import Measurement
import Planning
import Reports
import Statistics
import Testing
import TestSupport
import Workflows

/// Statistics that lack something, and types that need what they lack.
@Suite("Importance that is not there") struct ImportanceTests {
  let bench: Workbench
  let queries = "blk.0.attn_q.weight"

  init() throws { bench = try Workbench() }

  /// Writes the statistics of the small model anew, with a change to a vector.
  @discardableResult
  func write(
    _ name: String, _ change: (inout [Float]) -> Void
  ) throws -> String {
    var fixture = SmallModel().statistics
    let place = try #require(fixture.tensors.firstIndex { $0.name == Array(name.utf8) })
    var values = [Float](repeating: 0, count: fixture.tensors[place].data.count / 4)
    fixture.tensors[place].data.withUnsafeBytes { bytes in
      for index in values.indices {
        values[index] = bytes.loadUnaligned(fromByteOffset: 4 * index, as: Float.self)
      }
    }
    change(&values)
    fixture.tensors[place].data = []
    fixture.tensors[place].data.put(values)
    return try bench.directory.write(fixture.bytes, to: "changed.statistics.gguf")
  }

  func strict() -> Session { Session(threads: 2, isStrict: true) }

  // MARK: Types that need importance

  @Test("A type that needs importance is refused without, by whatever would encode in it")
  func refused() throws {
    let rules = "attn_q=iq2_xxs\n.*=q8_0"
    let pin = try TypeRule("attn_q=iq2_xxs")
    for statistics in [nil, try withoutQueries()] {
      func expect(_ run: () throws -> Void) {
        let error = #expect(throws: ImportanceRequired.self, performing: run)
        #expect(error?.tensor == queries && error?.type == .IQ2_XXS)
        #expect(error?.statistics == statistics.map { _ in "few.dat" })
        #expect(error?.kind == .infeasible)
      }
      expect { try bench.apply(rules) { $0.statistics = statistics } }
      expect {
        _ = try bench.plan {
          $0.statistics = statistics
          $0.constraints.pins = [pin]
        }
      }
      expect {
        _ = try RecipeDiffWorkflow.run(
          RecipeDiffRequest(
            a: try Recipe(parsing: rules), b: try Recipe(parsing: ".*=q8_0"), model: bench.model,
            statistics: statistics, sensitivity: .automatic, sampling: .full,
            weighting: .importance, cache: nil, allowRequantize: false, version: "1.2.3"),
          Session(threads: 2))
      }
    }
    #expect(try !bench.names().contains("out.gguf"))
    try bench.apply(rules)
    #expect(try ModelFile(path: bench.output).type(queries) == .IQ2_XXS)
  }

  @Test("The check of a recipe notes types that need importance, and show names the tensors")
  func noted() throws {
    let source = try RecipeSource("attn_q=iq2_xxs\nweight=q8_0")
    for model in [nil, bench.model] {
      let found = try RecipeCheckWorkflow.run(source, model: model, runtime: .ik)
      let note = try #require(found.first { $0.severity == .note })
      #expect(note.line == 1 && note.description.contains("--statistics"))
    }
    func shown(_ statistics: String?) throws -> String {
      try RecipeShowWorkflow.run(
        source, recipePath: "a.recipe", model: bench.model, statistics: statistics,
        version: "1.2.3", Session(threads: 1)
      ).text
    }
    #expect(
      try shown(nil).contains("need importance, which apply takes from --statistics: \(queries)"))
    #expect(try shown(withoutQueries()).contains("need importance"))
    #expect(try !shown(bench.statistics).contains("need importance"))
  }

  /// An imatrix without an entry for the queries.
  func withoutQueries() throws -> String {
    var bytes: [UInt8] = []
    let name = Array("blk.0.attn_k.weight".utf8)
    for number in [1, Int32(name.count)] as [Int32] { bytes.put(number) }
    bytes += name
    for number in [1, 32] as [Int32] { bytes.put(number) }
    bytes.put([Float](repeating: 2, count: 32))
    return try bench.directory.write(bytes, to: "few.dat")
  }

  // MARK: Statistics in part

  @Test(
    "Statistics that lack something are taken with a warning, which --strict makes an error",
    arguments: [
      ("blk.0.attn_q.weight.in_sum2", 1, "zero throughout"),
      ("blk.0.attn_q.weight.counts", 1, "zero throughout"),
      ("blk.0.attn_q.weight.out_grad_sum2", 1, "zero throughout"),
      ("blk.0.ffn_up_exps.weight.counts", 2, "never reached"),
      ("blk.0.ffn_up_exps.weight.in_sum2", 2, "never reached"),
      ("blk.0.ffn_up_exps.weight.out_grad_sum2", 2, "never reached"),
      ("blk.0.attn_q.weight.in_sum2", 3, "no importance"),
    ])
  func lackingInPart(vector: String, share: Int, words: String) throws {
    // The first half, or all but a third of the columns, or all.
    let path = try write(vector) { values in
      for index in values.indices where share == 3 ? index % 3 > 0 : index < values.count / share {
        values[index] = 0
      }
    }
    let planned = try bench.plan { $0.statistics = path }
    #expect(planned.report.plan.loss > 0)
    let error = #expect(throws: StrictError.self) {
      try bench.plan(.bitsPerWeight(5), strict()) { $0.statistics = path }
    }
    #expect(error?.warning.contains(words) == true && error?.kind == .usage)
  }

  @Test(
    "Statistics with a fault are refused, and name the entry",
    arguments: [
      ("blk.0.attn_q.weight.in_sum2", Float.nan), ("blk.0.attn_q.weight.in_sum2", .infinity),
      ("blk.0.attn_q.weight.in_sum2", -1), ("blk.0.ffn_up_exps.weight.counts", -1),
      ("blk.0.attn_q.weight.out_grad_sum2", .nan), ("token_embd.weight.lookup_counts", -.infinity),
    ])
  func faulty(vector: String, value: Float) throws {
    let path = try write(vector) { $0[1] = value }
    for session in [Session(threads: 1), strict()] {
      let error = #expect(throws: StatisticsError.self) {
        try bench.plan(.bitsPerWeight(5), session) { $0.statistics = path }
      }
      #expect(error?.kind == .badInput && error?.description.contains(vector) == true)
    }
  }

  @Test("An expert that no token reached does not make its tensor cheap")
  func unreachedExperts() throws {
    let all = try loss(bench.statistics)
    for vector in ["counts", "in_sum2", "out_grad_sum2"] {
      let path = try write("blk.0.ffn_down_exps.weight.\(vector)") { values in
        for index in values.indices where index < values.count / 4 * 3 { values[index] = 0 }
      }
      // Three of four experts are unknown: the fourth, which has less than its quarter of the loss here, stands
      // for them.
      let unreached = try loss(path)
      #expect(unreached > 0.4 * all, "\(vector): \(unreached) of \(all)")
    }
  }

  @Test("Columns and rows without anything do not make their tensor cheap")
  func columnsWithoutAnything() throws {
    for vector in ["in_sum2", "out_grad_sum2"] {
      func withMost(times factor: Float) throws -> Double {
        try loss(
          write("blk.0.ffn_down_exps.weight.\(vector)") { values in
            for index in values.indices where index % 8 > 0 { values[index] *= factor }
          })
      }
      // What is a hundred thousand times smaller is known to be; what is zero counts as the mean.
      let (unknown, known) = (try withMost(times: 0), try withMost(times: 1e-5))
      #expect(unknown > 1.5 * known, "\(vector): \(unknown / known)")
    }
  }

  /// The predicted loss of one tensor under one type.
  private func loss(_ statistics: String) throws -> Double {
    let report = try InspectWorkflow.run(
      InspectRequest(
        model: bench.model, statistics: statistics, types: [.Q4_0],
        pattern: try TensorPattern("ffn_down_exps"), order: .file, sampling: .full, cache: nil,
        allowRequantize: false), Session(threads: 2))
    return try #require(report.tensors.first?.pairs.first).distortion.loss
  }

  @Test(
    "Importance of few columns makes no written tensor more than twice as wrong as none",
    arguments: [
      TensorType.Q4_K, .Q5_K, .IQ4_K, .IQ2_XXS, .IQ2_KT,
    ])
  func sparseImportance(type: TensorType) throws {
    let rules = "attn_q=\(type.name)"
    func error(_ statistics: String) throws -> Double {
      try bench.apply(rules) {
        $0.statistics = statistics
        $0.overwrite = true
      }
      let weights = try ModelFile(path: bench.model).weights(queries)
      let became = try ModelFile(path: bench.output).weights(queries)
      return zip(weights, became).reduce(0) { $0 + Double(($1.0 - $1.1) * ($1.0 - $1.1)) }
    }
    let even = try error(write("\(queries).in_sum2") { for index in $0.indices { $0[index] = 1 } })
    for known in [[3], [7, 200]] {
      for low: Float in [0, 1e-4, 1e-9] {
        let sparse = try write("\(queries).in_sum2") { values in
          for index in values.indices where !known.contains(index) { values[index] = low }
        }
        #expect(try error(sparse) <= 4 * even, "\(known), \(low)")
      }
    }
  }
}
