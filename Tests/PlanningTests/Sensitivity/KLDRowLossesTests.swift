import Planning
import Testing

@Suite("What a row of KLDs says that tensors lose")
struct KLDRowLossesTests {
  private func losses(_ text: String) throws -> [String: Double] {
    try KLDTable(parsing: text).rows[0].losses
  }

  @Test("is without the noise, nine tenths of the smallest KLD")
  func noise() throws {
    let losses = try losses("QTYPE,a,b,c\nq2_K,0.10,0.15,0.40\n")
    let expected = ["a": 0.01, "b": 0.06, "c": 0.31]
    #expect(losses.keys.sorted() == expected.keys.sorted())
    for (name, value) in expected { #expect(abs(losses[name]! - value) < 1e-12) }
  }

  @Test("is shared by tensors that were quantized together")
  func shared() throws {
    let losses = try losses(
      """
      QTYPE,blk.0.k,blk.0.v,blk.0.q,blk.1.k,blk.1.v,blk.1.q,output
      q2_K,0.3,0.3,0.3,0.5,0.5,0.1,0.5
      """)
    #expect(losses["blk.0.k"] == losses["blk.0.q"]! / 2)
    #expect(losses["blk.1.v"] == losses["output"]! / 2)
  }

  @Test("is each tensor's own where KLDs agree in one block only")
  func coincidence() throws {
    let losses = try losses("QTYPE,blk.0.k,blk.0.v,blk.1.k,blk.1.v\nq2_K,0.3,0.3,0.5,0.4\n")
    #expect(losses["blk.0.k"] == losses["blk.0.v"])
    #expect(losses["blk.0.k"]! > 0.029)
  }

  @Test("is unknown where nothing was measured or nothing changed")
  func unknown() throws {
    #expect(try losses("QTYPE,a,b,c\nq2_K,0.000000,404,0.2\n").keys.sorted() == ["c"])
    #expect(try losses("QTYPE,a\nq2_K,0\n").isEmpty)
  }
}
