import Foundation
import GGUF
import Measurement
import Planning
import Reports
import Testing
import TestSupport
import Workflows

@Suite("Pages of reports") struct PageRequestTests {
  private let bench: Workbench

  init() throws { bench = try Workbench() }

  private func request(_ name: String, overwrite: Bool = false) -> PageRequest {
    PageRequest(
      path: bench.directory(name), overwrite: overwrite, command: "ration <b>", version: "1.2.3")
  }

  /// What a page shows.
  private func data(_ name: String) throws -> [String: Any] {
    let page = String(decoding: try contents(of: bench.directory(name)), as: UTF8.self)
    let start = try #require(page.range(of: "id=\"report-data\">")).upperBound
    let end = try #require(page[start...].range(of: "</script>")).lowerBound
    return try #require(
      JSONSerialization.jsonObject(with: Data(page[start..<end].utf8)) as? [String: Any])
  }

  @Test("a plan's has every tensor with its errors, and the frontier about the plan")
  func plan() throws {
    var plan = bench.request()
    plan.page = request("plan.html")
    let planned = try PlanWorkflow.run(plan, Session(threads: 2))
    let data = try data("plan.html")
    #expect(data["kind"] as? String == "plan")
    let tensors = try #require(data["tensors"] as? [[String: Any]])
    #expect(tensors.count == planned.report.plan.entries.count)
    for (tensor, entry) in zip(tensors, planned.report.plan.entries) {
      #expect(tensor["name"] as? String == entry.name)
      #expect(tensor["type"] as? String == entry.type.name)
      if tensor["kept"] as? Bool == false {
        #expect(tensor["weighted_relative_error"] is Double)
      }
    }
    let frontier = try #require(data["frontier"] as? [String: Any])
    #expect((frontier["breakpoints"] as? [Any])?.isEmpty == false)
    let facts = try #require(data["provenance"] as? [[String: Any]])
    #expect(facts.contains { $0["value"] as? String == "ration <b>" })
  }

  @Test("an inspection, a comparison and a frontier have theirs") func others() throws {
    _ = try InspectWorkflow.run(
      InspectRequest(
        model: bench.model, statistics: bench.statistics, types: nil, pattern: nil, order: .file,
        sampling: .full, cache: nil, allowRequantize: false, page: request("inspect.html")),
      Session(threads: 2))
    #expect((try data("inspect.html")["measurements"] as? [Any])?.isEmpty == false)
    try bench.apply(".=q8_0")
    _ = try CompareWorkflow.run(
      CompareRequest(
        model: bench.output, source: bench.model, statistics: bench.statistics, pattern: nil,
        order: .file, page: request("compare.html")), Session(threads: 2))
    let compared = try #require(try data("compare.html")["tensors"] as? [[String: Any]])
    #expect(compared.allSatisfy { $0["type"] as? String == "q8_0" })
    _ = try FrontierWorkflow.run(
      FrontierRequest(
        inputs: bench.request().inputs, range: 2...9, page: request("frontier.html")),
      Session(threads: 2))
    #expect(try data("frontier.html")["frontier"] is [String: Any])
  }

  @Test("one that exists is only replaced where that was asked for") func existing() throws {
    try bench.directory.write(Array("mine".utf8), to: "plan.html")
    var plan = bench.request()
    plan.page = request("plan.html")
    #expect(throws: ConflictError.self) { try PlanWorkflow.run(plan, Session(threads: 2)) }
    #expect(try contents(of: bench.directory("plan.html")) == Array("mine".utf8))
    plan.page = request("plan.html", overwrite: true)
    _ = try PlanWorkflow.run(plan, Session(threads: 2))
    #expect(try data("plan.html")["kind"] as? String == "plan")
  }

  @Test("a recipe and its page cannot be one file") func sameFile() throws {
    var plan = bench.request()
    plan.output = bench.directory("one")
    plan.page = request("one")
    #expect(throws: ConflictError.self) { try PlanWorkflow.run(plan, Session(threads: 2)) }
  }
}
