import GGUF
import Planning
import Reports
import Testing

@Suite struct RecipeReportTests {
  private static func tensor(
    _ name: String, _ shape: [Int], _ type: TensorType
  ) throws -> TensorDescriptor {
    try TensorDescriptor(name: name, shape: shape, type: type)
  }

  @Test func byItselfItHasItsRules() throws {
    let source = try RecipeSource("# model: x\nattn=q8_0, ffn_(up|down)=iq4_kss")
    #expect(
      RecipeReport(source: source, model: nil).text == """
        model: x

        type        bpw  rule
        q8_0     8.5000  attn
        iq4_kss  4.0000  ffn_(up|down)

        """)
    let empty = RecipeReport(source: try RecipeSource(""), model: nil)
    #expect(empty.text == "it has no rules\n")
  }

  @Test func overAModelItHasTypesRulesAndRemarks() throws {
    let source = try RecipeSource("attn=q8_0\nattn_q=q4_0\nssm=q4_K\nnorm=q8_0")
    let tensors = try [
      Self.tensor("attn_q.weight", [256, 64], .BF16),
      Self.tensor("attn_k.weight", [256, 64], .BF16),
      Self.tensor("ffn\n.weight", [256, 4], .BF16), Self.tensor("out_norm.weight", [256], .F32),
    ]
    let report = RecipeReport(
      source: source,
      model: RecipeReport.Model(
        outcome: try source.recipe.outcome(for: tensors), lackingImportance: ["attn_q.weight"],
        fileBytes: 40_000, bitsPerWeight: 8.75))
    #expect(
      report.text == """
        8.7500 bits per weight, 39.06 KiB (40,000 bytes)

        type  tensors      bytes      bpw   share
        q8_0        2  34.00 KiB   8.5000  91.9 %
        bf16        1   2.00 KiB  16.0000   5.4 %
        f32         1   1.00 KiB  32.0000   2.7 %

        type  tensors  rule
        q8_0        2  attn
        q4_0        0  attn_q
        q4_K        0  ssm
        q8_0        0  norm

        no rule for ffn\\u{a}.weight: stays bf16
        keep their type: 1 one-dimensional (f32)
        need importance, which apply takes from --statistics: attn_q.weight
        matches no tensor: ssm=q4_K
        taken by earlier rules: attn_q=q4_0

        """)
  }
}
