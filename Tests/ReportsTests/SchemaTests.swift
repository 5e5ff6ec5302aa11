import GGUF
import Reports
import Testing

@Suite("JSON schemas") struct SchemaTests {
  @Test("the schema is the first member, and stands apart from the document's own")
  func schemaStandsFirst() throws {
    let report = ApplyReport(
      files: [.init(path: "a/b", bytes: 1)], bitsPerWeight: 2, tensors: [])
    #expect(
      try report.json() == """
        {
          "schema" : {
            "name" : "ration.apply",
            "version" : 1
          },
          "bpw" : 2,
          "bytes" : 1,
          "compensation" : null,
          "files" : [
            {
              "bytes" : 1,
              "path" : "a/b"
            }
          ],
          "path" : "a/b",
          "resumed" : 0,
          "taken_over" : 0,
          "tensors" : [

          ]
        }

        """)
  }

  @Test("no two reports have a schema in common") func names() {
    let schemas = [
      ApplyReport.schema, CalibrationReport.schema, DistortionReport.schema,
      EvaluationReport.schema, FrontierReport.schema, PlanReport.schema, RecipeDiffReport.schema,
      RuleDiffReport.schema, ShowReport.schema, VerifyReport.schema,
    ]
    #expect(Set(schemas.map(\.name)).count == schemas.count)
    #expect(schemas.allSatisfy { $0.name.hasPrefix("ration.") && $0.version >= 1 })
  }
}
