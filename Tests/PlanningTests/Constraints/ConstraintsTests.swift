import GGUF
import Planning
import Testing

@Suite("Constraints")
struct ConstraintsTests {
  private let shape = TensorShape([512, 256])
  private let offered: [TensorType] = [.IQ3_K, .IQ4_KSS, .Q4_K, .IQ4_K, .Q6_K, .Q8_0]

  private func allowed(
    _ constraints: Constraints, name: String = "blk.0.ffn_up.weight", shape: TensorShape? = nil
  ) throws -> [TensorType] {
    try constraints.allowedTypes(for: name, shape: shape ?? self.shape, from: offered)
  }

  @Test("allow all that is offered by default, save what the shape does not")
  func shapes() throws {
    #expect(try allowed(Constraints()) == offered)
    #expect(try allowed(Constraints(), shape: TensorShape([96, 4])) == [.Q8_0])
    #expect(try allowed(Constraints(), shape: TensorShape([20, 4])) == [])
    #expect(!TensorShape([256, 6, 2]).allows(.Q4_K_R4))
    #expect(TensorShape([256, 8, 3]).allows(.Q4_K_R4))
  }

  @Test("allow only the types that the runtime loads and the list holds")
  func runtimesAndLists() throws {
    #expect(try allowed(Constraints(runtime: .mainline)) == [.Q4_K, .Q6_K, .Q8_0])
    #expect(try allowed(Constraints(types: [.Q8_0, .IQ3_K, .Q2_K])) == [.IQ3_K, .Q8_0])
  }

  @Test("pin by the first rule that matches, whatever floors, list and offer say")
  func pins() throws {
    let pins = [try TypeRule("attn=q8_0"), try TypeRule("ffn_up=Q5_K"), try TypeRule("ffn=q4_0")]
    let constraints = Constraints(pins: pins, floors: [try TypeRule(".=q4_K")], types: [.Q8_0])
    #expect(try allowed(constraints) == [.Q5_K])
    #expect(constraints.pin(for: "blk.0.ffn_gate.weight") == pins[2])
    #expect(constraints.pin(for: "output.weight") == nil)
  }

  @Test("keep every floor that matches, by bits per weight")
  func floors() throws {
    let floors = [try TypeRule("ffn=iq4_kss"), try TypeRule("ffn_up=q4_K")]
    #expect(try allowed(Constraints(floors: floors)) == [.Q4_K, .IQ4_K, .Q6_K, .Q8_0])
    #expect(try allowed(Constraints(floors: floors), name: "attn_q.weight") == offered)
  }

  @Test("keep what drafts at its floor, unless a pin or a ceiling says otherwise")
  func draftFloor() throws {
    let draft = "blk.46.ffn_up.weight"
    func allowed(_ change: (inout Constraints) throws -> Void = { _ in }) throws -> [TensorType] {
      var constraints = Constraints(draftFloor: try TypeRule(#"^blk\.46\.=q6_K"#))
      try change(&constraints)
      #expect(try self.allowed(constraints, name: "blk.4.ffn_up.weight").contains(.IQ3_K))
      return try self.allowed(constraints, name: draft)
    }
    #expect(try allowed() == [.Q6_K, .Q8_0])
    #expect(try allowed { $0.floors = [try TypeRule("46=q8_0")] } == [.Q8_0])
    #expect(try allowed { $0.pins = [try TypeRule("46=iq3_k")] } == [.IQ3_K])
    #expect(try allowed { $0.types = [.IQ3_K, .IQ4_K] } == [.Q6_K])
    #expect(
      try allowed { $0.ceilings = [try TypeRule("46=iq4_k")] } == [.IQ3_K, .IQ4_KSS, .Q4_K, .IQ4_K])
    #expect(try allowed { $0.draftFloor = nil } == offered)
  }

  @Test("are refused where they cannot be kept, naming tensor and rule")
  func refusals() throws {
    let pin = try TypeRule("ffn_up=iq4_kss")
    let name = "blk.0.ffn_up.weight"
    let refusals: [(Constraints, TensorShape, ConstraintError)] = [
      (
        Constraints(pins: [pin]), TensorShape([96, 4]),
        .pinDoesNotFit(tensor: name, columns: 96, rows: 4, pin: pin)
      ),
      (
        Constraints(pins: [pin], runtime: .mainline), shape,
        .pinNotLoaded(tensor: name, pin: pin, runtime: .mainline)
      ),
      (
        Constraints(pins: [pin], floors: [try TypeRule("ffn=iq4_ks")]), shape,
        .pinBelowFloor(tensor: name, pin: pin, floor: try TypeRule("ffn=iq4_ks"))
      ),
      (
        Constraints(floors: [try TypeRule("ffn=bf16")]), shape,
        .outOfReach(tensor: name, floors: [try TypeRule("ffn=bf16")], ceilings: [])
      ),
    ]
    for (constraints, shape, error) in refusals {
      #expect(throws: error) { try allowed(constraints, shape: shape) }
      #expect(error.description.contains(name) && error.description.contains("‘ffn"))
    }
  }
}

@Suite("A tensor keeps its type")
struct KeepRuleTests {
  private let matrix = TensorShape([512, 256])

  @Test(
    "by its name",
    arguments: [
      ("blk.0.attn_norm.weight", "norm"), ("output_norm.weight", "norm"),
      ("blk.0.attn_q.bias", "not a weight"), ("blk.0.ssm_a", "not a weight"),
      ("blk.0.ffn_gate_inp.weight", "expert router"),
      ("blk.3.ffn_gate_tid2eid.weight", "expert router"),
      ("position_embd.weight", "position or type embedding"),
      ("token_types.weight", "position or type embedding"),
      ("per_layer_model_proj.weight", "small projection of Gemma 3n"),
      ("blk.0.altup_router.weight", "small projection of Gemma 3n"),
      ("blk.0.ssm_conv1d.weight", "state-space parameter"),
      ("blk.0.shortconv.conv.weight", "state-space parameter"),
      ("blk.0.indexer.k_proj.weight", "attention indexer"),
      ("blk.0.time_mix_w1.weight", "small matrix of RWKV"),
      ("blk.0.time_mix_decay_w2.weight", "small matrix of RWKV"),
      ("enc.blk.0.attn_rel_b.weight", "relative position bias"),
      ("v.patch_embd.weight", "vision input"), ("v.sam.pos.weight", "vision input"),
    ])
  func byName(name: String, reason: String) {
    #expect(KeepRule.first(for: name, shape: matrix, type: .BF16)?.reason == reason)
  }

  @Test("by its shape and by its type")
  func byShapeAndType() {
    let name = "blk.0.ffn_up.weight"
    let flat = TensorShape([512, 1, 1])
    #expect(KeepRule.first(for: name, shape: flat, type: .F32)?.reason == "one-dimensional")
    #expect(KeepRule.first(for: name, shape: matrix, type: .I32)?.reason == "integer or double")
  }

  @Test(
    "but not where it is one to quantize",
    arguments: [
      "token_embd.weight", "output.weight", "blk.0.attn_q.weight", "blk.10.ffn_down_exps.weight",
      "blk.0.ffn_gate_shexp.weight", "blk.0.attn_kv_a_mqa.weight", "blk.0.ssm_in.weight",
      "blk.0.time_mix_key.weight", "blk.0.time_mix_output.weight", "per_layer_token_embd.weight",
    ])
  func others(name: String) {
    #expect(KeepRule.first(for: name, shape: matrix, type: .BF16) == nil)
  }
}
