import GGUF
import Planning
import Testing

@Suite("A table of speeds")
struct TypeSpeedsTests {
  private static let header =
    "build_commit,model_filename,model_type,model_size,n_prompt,n_gen,avg_ts,stddev_ts"

  private static func table(_ lines: String...) throws -> TypeSpeeds {
    try TypeSpeeds(parsing: ([header] + lines).joined(separator: "\n"))
  }

  @Test("has bytes a second of each type, from what llama-bench says of generation")
  func reads() throws {
    let speeds = try Self.table(
      #""8337e4cd","dir/small-IQ4_KSS.gguf","qwen2 ?B",1000000,"512","0","900.0","1""#,
      #""8337e4cd","dir/small-IQ4_KSS.gguf","qwen2 ?B",1000000,"0","128","40.5","1""#,
      "x,q8_0.gguf,llama,2000000,0,64,30,0")
    #expect(speeds[.IQ4_KSS] == 40.5e6 && speeds[.Q8_0] == 60e6)
    #expect(speeds[.Q4_K] == nil && speeds.slowest == 40.5e6)
    #expect(MemoryRate.measured(speeds).bytesPerSecond(.Q4_K) == 40.5e6)
    #expect(MemoryRate.measured(speeds).bytesPerSecond(.Q8_0) == 60e6)
  }

  @Test(
    "is refused where it is not one, with the line",
    arguments: [
      ([], "line 1: no line says how fast text is generated"),
      (["x,a-q8_0.gguf,l,9,512,0,30,0"], "line 1: no line says how fast text is generated"),
      (["x,a-Q4_K_M.gguf,l,9,0,64,30,0"], "line 2: \"a-Q4_K_M.gguf\" does not end in a type"),
      (["x,a-q8_0.gguf,l,9,0,64,fast,0"], "line 2: \"fast\" is not a number for avg_ts"),
      (["x,a-q8_0.gguf,l,9,0,64,0,0"], "line 2: \"0\" is not a number for avg_ts"),
      (["x,a-q8_0.gguf,l,-9,0,64,1,0"], "line 2: \"-9\" is not a number for model_size"),
      (["x,a-q8_0.gguf,l,1e300,0,64,1e300,0"], "is not a number for avg_ts"),
      (["x,a-q8_0.gguf,l,9"], "line 2: 4 cells instead of 8"),
      (["x,\"a-q8_0.gguf"], "the quotation marks do not match"),
      (
        ["x,a-q8_0.gguf,l,9,0,64,1,0", "x,b-q8_0.gguf,l,9,0,64,2,0"], "line 3: q8_0 occurs twice"
      ),
    ])
  func refuses(lines: [String], words: String) throws {
    let error = #expect(throws: TypeSpeedsError.self) {
      try TypeSpeeds(parsing: ([Self.header] + lines).joined(separator: "\n"))
    }
    #expect(error?.description.contains(words) == true, "\(String(describing: error))")
  }

  @Test("is refused without the columns that it needs")
  func columns() {
    for text in ["", "model_filename,avg_ts\na-q8_0.gguf,1"] {
      #expect(throws: TypeSpeedsError.self) { try TypeSpeeds(parsing: text) }
    }
  }
}
