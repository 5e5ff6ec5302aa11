import Codecs

/// A model of 200,000 weights with something of everything: rows of 32, 256, 512 and 576 weights,
/// experts, a router, norms, and sources in `f32`, `f16` and `bf16`.
package struct SmallModel {
  package var fixture: GGUFFixture

  /// - Parameter tied: whether the table of embeddings serves as the output head too.
  package init(tied: Bool = false, keys: [GGUFFixture.Key] = []) {
    var random = SeededGenerator(seed: 2024)
    var tensors: [GGUFFixture.Tensor] = [
      .bf16("token_embd.weight", [256, 64], &random),
      .f32("blk.0.attn_norm.weight", [256], random.numbers(256)),
      .bf16("blk.0.attn_q.weight", [256, 96], &random),
      .f32("blk.0.attn_k.weight", [32, 40], random.numbers(32 * 40)),
      .f32("blk.0.attn_output.weight", [576, 64], random.numbers(576 * 64)),
      .f32("blk.0.ffn_gate_inp.weight", [256, 4], random.numbers(256 * 4)),
      .f16("blk.0.ffn_up_exps.weight", [256, 48, 4], &random),
      .bf16("blk.0.ffn_down_exps.weight", [512, 32, 4], &random),
      .f32("output_norm.weight", [256], random.numbers(256)),
    ]
    if !tied { tensors.append(.f16("output.weight", [256, 64], &random)) }
    fixture = GGUFFixture(
      keys: [
        .string("general.architecture", "llama"), .string("general.name", "Small"),
        .strings("tokenizer.ggml.tokens", (0..<64).map { "<\($0)>" }),
        .uint32("general.file_type", 32),
      ] + keys, tensors: tensors)
  }

  /// The tensors that may be quantized.
  package var weights: [GGUFFixture.Tensor] {
    fixture.tensors.filter { tensor in
      let name = String(decoding: tensor.name, as: UTF8.self)
      return tensor.dimensions.count > 1 && !name.contains("gate_inp")
    }
  }

  /// What a calibration would know of the model: importance, row sensitivities, the counts of
  /// experts, and lookups.
  package var statistics: GGUFFixture {
    var random = SeededGenerator(seed: 2025)
    let tied = !fixture.tensors.contains { $0.name == Array("output.weight".utf8) }
    var tensors: [GGUFFixture.Tensor] = []
    for tensor in weights {
      let name = String(decoding: tensor.name, as: UTF8.self)
      let (columns, rows) = (tensor.dimensions[0], tensor.dimensions[1])
      let slices = tensor.dimensions.count > 2 ? tensor.dimensions[2] : 1
      func add(_ suffix: String, _ shape: [Int64], _ values: [Float]) {
        tensors.append(.f32("\(name).\(suffix)", shape, values))
      }
      func sums(_ count: Int64) -> [Float] { random.numbers(Int(count)).map { 1e6 * $0 * $0 } }
      if name == "token_embd.weight" {
        add("lookup_counts", [rows], (0..<64).map { Float(1000 / ($0 + 1)) })
        add("lookup_grad_sum2", [columns, 1], sums(columns))
      }
      if name != "token_embd.weight" || tied {
        add("in_sum2", [columns, slices], sums(columns * slices))
        add("out_grad_sum2", [rows, slices], sums(rows * slices))
        let counts = (0..<slices).map { slices == 1 ? 4000 : Float(400 * ($0 + 1)) }
        add("counts", [1, slices], counts)
      }
    }
    return GGUFFixture(
      keys: [
        .string("general.type", "imatrix"), .strings("imatrix.datasets", ["text.txt"]),
        .uint32("imatrix.chunk_count", 16), .uint32("imatrix.chunk_size", 250),
      ], tensors: tensors)
  }

  /// The model in shards of these numbers of tensors, under the names that they must have.
  package func shards(_ counts: [Int]) -> [(name: String, fixture: GGUFFixture)] {
    var rest = fixture.tensors[...]
    return counts.enumerated().map { index, count in
      defer { rest = rest.dropFirst(count) }
      let split: [GGUFFixture.Key] = [
        .uint16("split.no", UInt16(index)), .uint16("split.count", UInt16(counts.count)),
        .int32("split.tensors.count", Int32(fixture.tensors.count)),
      ]
      let numbers = [index + 1, counts.count].map { number in
        String(repeating: "0", count: 5 - "\(number)".count) + "\(number)"
      }
      let name = "small-\(numbers[0])-of-\(numbers[1]).gguf"
      return (
        name,
        GGUFFixture(
          keys: index == 0 ? fixture.keys + split : split, tensors: Array(rest.prefix(count)))
      )
    }
  }
}

extension GGUFFixture.Tensor {
  /// A tensor of `bf16` (type 30), numbers cut off after eight bits.
  fileprivate static func bf16(
    _ name: String, _ shape: [Int64], _ random: inout SeededGenerator
  ) -> Self {
    var data: [UInt8] = []
    for number in random.numbers(Int(shape.reduce(1, *))) {
      data.put(UInt16(number.bitPattern >> 16))
    }
    return Self(name, shape, type: 30, data: data)
  }

  /// A tensor of `f16` (type 1): any sign and significand, exponents from 2⁻⁸ to 2⁻⁵.
  fileprivate static func f16(
    _ name: String, _ shape: [Int64], _ random: inout SeededGenerator
  ) -> Self {
    var data: [UInt8] = []
    for _ in 0..<shape.reduce(1, *) {
      let bits = random.next()
      data.put(UInt16(truncatingIfNeeded: bits & 0x83FF | (7 + bits >> 16 & 3) << 10))
    }
    return Self(name, shape, type: 1, data: data)
  }
}

extension SeededGenerator {
  /// Numbers of either sign around 0, larger ones rarer.
  package mutating func numbers(_ count: Int) -> [Float] {
    (0..<count).map { _ in
      let sum = (0..<4).reduce(Float(0)) { sum, _ in sum + Float.random(in: -1...1, using: &self) }
      return 0.02 * sum * abs(sum)
    }
  }
}
