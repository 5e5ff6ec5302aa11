import GGUF
import Measurement
import Reports
import Statistics
import Testing

@Suite struct DistortionDataTests {
  static func report(_ name: String = "a.weight") -> DistortionReport {
    DistortionReport(
      tensors: [
        .init(name, [(.IQ3_K, 440, 0.5, 0.25), (.IQ4_K, 576, 0.25, 0.125)]),
        .init("b.weight", [(.Q8_0, 1088, 0, 0)]),
      ], unit: .nats, order: .file)
  }

  @Test func jsonHasARecordPerTensorAndType() throws {
    let records = try records(of: Self.report())
    #expect(records.count == 3)
    let first = records[0]
    #expect(first["tensor"] as? String == "a.weight")
    #expect(first["type"] as? String == "iq3_k")
    #expect(first["bytes"] as? Int == 440)
    #expect(first["weighted_relative_error"] as? Double == 0.25)
    #expect(first["rmse"] as? Double == 0.5)
    #expect(first["maximum_error"] as? Double == 4)
    #expect(first["percentile_95"] as? Double == 1)
    #expect(first["predicted"] as? Double == 0.5)
    #expect(first["standard_error"] as? Double == 0.05)
    #expect(first["unit"] as? String == "nats")
    #expect((first["measured_rows"] as? Int, first["rows"] as? Int) == (8, 8))
    #expect(first["next_upgrade"] as? String == "iq4_k")
    #expect(first["gain_per_byte"] as? Double == 0.25 / 136)
  }

  @Test func jsonHasTheSameKeysInEveryRecord() throws {
    let records = try records(of: Self.report())
    #expect(Set(records.map { Set($0.keys) }).count == 1)
    #expect(records[1]["next_upgrade"] != nil && records[1]["next_upgrade"] as? String == nil)
  }

  @Test func jsonCarriesNamesUnchanged() throws {
    for name in ["a\"b", "a\nb", "\u{1B}[1m", "ü/\\"] {
      let records = try records(of: Self.report(name))
      #expect(records[0]["tensor"] as? String == name)
    }
  }

  @Test func csvHasALinePerTensorAndType() {
    #expect(
      Self.report().csv == """
        tensor,type,bytes,weighted_relative_error,rmse,maximum_error,percentile_95,predicted,\
        standard_error,unit,measured_rows,rows,next_upgrade,gain_per_byte
        a.weight,iq3_k,440,0.25,0.5,4.0,1.0,0.5,0.05,nats,8,8,iq4_k,0.001838235294117647
        a.weight,iq4_k,576,0.125,0.25,2.0,0.5,0.25,0.025,nats,8,8,,
        b.weight,q8_0,1088,0.0,0.0,0.0,0.0,0.0,0.0,nats,8,8,,

        """)
  }

  @Test(arguments: [
    ("a,b", "\"a,b\""), ("a\"b", "\"a\"\"b\""), ("a\nb", #"a\u{a}b"#), ("a\rb", #"a\u{d}b"#),
    ("a\r\nb", #"a\u{d}\u{a}b"#), ("a\u{9B}\u{202E}b", #"a\u{9b}\u{202e}b"#), ("-5", "-5"),
    ("=1+1", "'=1+1"), ("+x", "'+x"), ("-x,y", "\"'-x,y\""), ("@x", "'@x"),
    ("\"\u{301}", "\"\"\"\u{301}\""), ("plain ü", "plain ü"),
  ]) func csvQuotesWhatWouldDivideAndHoldsNoFormula(_ name: String, _ field: String) {
    let lines = Self.report(name).csv.unicodeScalars
    let expected = "\n\(field),iq3_k,440,".unicodeScalars
    #expect(String(lines).utf8.firstRange(of: String(expected).utf8) != nil)
  }
}
