import GGUF
import Measurement
import Planning
import Reports
import Statistics
import Testing

@Suite struct RecipeDiffTests {
  private static let tensors = [
    RecipeDiffReport.Tensor(
      name: "a,b", a: side(.Q8_0, 340, 0.25, 0.0009), b: side(.IQ4_K, 180, 0.5, 0.0016)),
    RecipeDiffReport.Tensor(name: "c", a: side(.Q4_0, 180, 1, 0), b: side(.Q4_0, 180, 1, 0)),
  ]

  private static func side(
    _ type: TensorType, _ bytes: Int, _ loss: Double, _ variance: Double
  ) -> RecipeDiffReport.Side {
    RecipeDiffReport.Side(type: type, bytes: bytes, loss: loss, variance: variance)
  }

  private static let report = RecipeDiffReport(
    tensors: tensors, fileBytes: (600, 440), bitsPerWeight: (6.5, 4.5), unit: .nats)

  @Test func tensorsThatDifferAreListedAndAllAreCounted() {
    #expect(Self.report.changed.map(\.name) == ["a,b"])
    #expect(Self.report.totalA.loss == 1.25 && Self.report.totalB.loss == 1.5)
    #expect(
      Self.report.text == """
        tensor  A     B        bytes A    bytes B  predicted KLD A  predicted KLD B
        a,b     q8_0  iq4_k  340 bytes  180 bytes             0.25              0.5

        whole model     bpw      bytes  predicted KLD
        A            6.5000  600 bytes           1.25  ± 0.03 nats per token
        B            4.5000  440 bytes            1.5  ± 0.04 nats per token

        """)
  }

  @Test func equalRecipesAreSaidToBe() {
    let report = RecipeDiffReport(
      tensors: [Self.tensors[1]], fileBytes: (1, 1), bitsPerWeight: (4.5, 4.5), unit: .nats)
    #expect(report.text.hasPrefix("the recipes give all tensors the same types\n"))
  }

  @Test func dataHasBothSides() throws {
    let json = try #require(try object(Self.report.json()))
    let total = try #require(json["b"] as? [String: Any])
    #expect(total["bytes"] as? Int == 440 && total["standard_error"] as? Double == 0.04)
    let tensors = try #require(json["tensors"] as? [[String: Any]])
    let side = try #require(tensors[0]["a"] as? [String: Any])
    #expect(tensors.count == 1 && side["type"] as? String == "q8_0")
    #expect(side["predicted"] as? Double == 0.25)
    let lines = Self.report.csv.split(separator: "\n")
    #expect(lines[0].split(separator: ",").count == 10)
    #expect(lines[1] == "\"a,b\",q8_0,iq4_k,340,180,0.25,0.5,0.03,0.04,nats")
  }
}

@Suite struct RuleDiffTests {
  private static func report(_ a: String, _ b: String) throws -> RuleDiffReport {
    RuleDiffReport(try Recipe(parsing: a).rules, try Recipe(parsing: b).rules)
  }

  @Test func rulesThatDifferAreMarked() throws {
    let report = try Self.report("a=q8_0 b=q4_K c=q4_0", "a=q8_0 b=q5_K c=q4_0 d=f16")
    #expect(report.text == "- b=q4_K\n+ b=q5_K\n+ d=f16\n")
    #expect(report.csv == "side,pattern,type\na,b,q4_K\nb,b,q5_K\nb,d,f16\n")
    let records = try #require(try records(of: report) as? [[String: String]])
    #expect(records[2] == ["side": "b", "pattern": "d", "type": "f16"])
  }

  @Test func theOrderOfRulesCounts() throws {
    #expect(try Self.report("a=q8_0 b=q4_K", "b=q4_K a=q8_0").text.count { $0 == "\n" } == 2)
    #expect(try Self.report("a=q8_0", "a=Q8_0").text == "the recipes have the same rules\n")
  }

  @Test func fromTheLinesBothRecipesCanBeRead() throws {
    let choices = try Recipe(parsing: "a=q8_0 b=q8_0").rules
    // All lists of up to three rules.
    var lists: [[TypeRule]] = [[]]
    for length in 1...3 {
      lists += lists.filter { $0.count == length - 1 }.flatMap { list in choices.map { list + [$0] }
      }
    }
    for a in lists {
      for b in lists {
        let lines = RuleDiffReport(a, b).lines
        #expect(lines.filter { $0.side != .b }.map(\.rule) == a)
        #expect(lines.filter { $0.side != .a }.map(\.rule) == b)
      }
    }
  }
}
