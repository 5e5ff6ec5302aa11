package import GGUF

extension KLDTable {
  /// The losses of the row that tells most about plans, or nil where no row's type is one of `types`,
  /// those that Ration can write.
  ///
  /// Rows of more tensors come first, then those whose type is nearest to 3 bits per weight. Types of
  /// fewer bits break the model: on Qwen3-4B the ranks under iq1_bn agree with those under q2_k_r4 only
  /// by 0.68 (Spearman), those under iq1_kt by 0.95. Under types of more bits the noise of the
  /// measurement prevails. An interleaved type is represented by its plain twin: `iq1_m_r4` by IQ1_M,
  /// whose KLDs on Qwen3-4B sum to within 1 % of its own.
  package func reference(among types: Set<TensorType>) -> ReferenceLosses? {
    let usable = rows.compactMap { row in
      Self.plainType(named: row.typeName).flatMap { type in
        types.contains(type) ? (type: type, row: row) : nil
      }
    }
    let best = usable.max { a, b in
      let (left, right) = (a.row.values.count, b.row.values.count)
      return left != right ? left < right : Self.distance(a.type) > Self.distance(b.type)
    }
    return best.map { ReferenceLosses(type: $0.type, nats: $0.row.losses) }
  }

  private static func distance(_ type: TensorType) -> Double { abs(type.nominalBitsPerWeight - 3) }

  /// The type of this name, or the one that it interleaves the rows of.
  private static func plainType(named name: String) -> TensorType? {
    let name = name.lowercased()
    let suffix = ["_r4", "_r8", "_r16"].first { name.hasSuffix($0) }
    return TensorType.named(name.dropLast(suffix?.count ?? 0))
  }
}
