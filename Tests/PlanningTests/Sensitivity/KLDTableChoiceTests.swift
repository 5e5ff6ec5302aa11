import GGUF
import Planning
import Testing

@Suite("The row of a table of KLDs that a plan uses")
struct KLDTableChoiceTests {
  private let writable: Set<TensorType> = [.IQ1_KT, .IQ1_M, .IQ2_KS, .Q2_K, .Q8_0]

  /// A table of one tensor, `a`, with a row of KLD 1 for each of these types.
  private func table(of types: [String]) throws -> KLDTable {
    try KLDTable(parsing: "QTYPE,a\n" + types.map { "\($0),1\n" }.joined())
  }

  @Test(
    "is of the type nearest to 3 bits per weight, for which plain types stand in",
    arguments: [
      (["iq1_bn", "iq1_kt", "iq1_m", "iq2_ks", "q2_k_r4"], TensorType.Q2_K),
      (["iq1_kt", "iq2_ks", "q8_0"], .IQ2_KS),
      (["iq1_m_r4"], .IQ1_M),
      (["q8_0_r8", "bf16"], .Q8_0),
    ])
  func nearest(types: [String], chosen: TensorType) throws {
    #expect(try table(of: types).reference(among: writable)?.type == chosen)
  }

  @Test("is none where no type can be written")
  func none() throws {
    let table = try table(of: ["iq1_bn", "iq2_bn_r4", "q8_k_r16", "new_type"])
    #expect(table.reference(among: writable) == nil)
  }

  @Test("is one of the most tensors, whatever its type")
  func mostTensors() throws {
    let table = try KLDTable(parsing: "QTYPE,a,b\nq2_k,0.1,404\niq1_kt,0.1,0.2\n")
    #expect(table.reference(among: writable)?.type == .IQ1_KT)
  }
}
