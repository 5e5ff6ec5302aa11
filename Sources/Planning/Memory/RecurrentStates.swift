package import GGUF

/// The states that a program keeps in place of keys and values, of a fixed size whatever the context: those of blocks
/// with a gated delta rule (Qwen3-Next, Qwen3.5).
///
/// Counted as ik_llama.cpp allocates them (`n_embd_v_s` in `src/llama-hparams.h`): in 32 bits, of one sequence, for the
/// convolution queries, keys and values of all tokens but the present one, and for each head of values the square of its
/// length.
package struct RecurrentStates: Sendable, Equatable {
  /// The blocks that have one.
  package let blocks: Int
  /// Bytes of all.
  package let bytes: Int

  /// The states of a model.
  ///
  /// - Throws: where the metadata lacks what it takes.
  package init(of metadata: Metadata, tensors names: [String]) throws(MemoryError) {
    let blocks = Set(names.compactMap(Self.block))
    self.blocks = blocks.count
    guard !blocks.isEmpty else {
      bytes = 0
      return
    }
    let keys = ArchitectureNumbers(metadata)
    let taps = try keys.required("ssm.conv_kernel")
    let heads = try keys.required("ssm.time_step_rank")
    let values = try keys.required("ssm.inner_size")
    let lookups = try keys.required("ssm.state_size") * keys.required("ssm.group_count")
    guard taps > 0 else { throw .missing(keys.name("ssm.conv_kernel")) }
    guard heads > 0 else { throw .missing(keys.name("ssm.time_step_rank")) }
    let (convolution, overflow) = (taps - 1).multipliedReportingOverflow(by: 2 * lookups + values)
    let (rule, carry) = (values / heads * heads).multipliedReportingOverflow(by: values / heads)
    let (state, excess) = convolution.addingReportingOverflow(rule)
    let (all, surplus) = state.multipliedReportingOverflow(by: 4 * blocks.count)
    guard !overflow, !carry, !excess, !surplus else { throw .tooLarge }
    bytes = all
  }

  /// The block of a tensor that only a gated delta rule has, β or α, apart or in one.
  private static func block(of name: String) -> Int? {
    let parts = name.split(separator: ".")
    guard parts.count > 2, parts[0] == "blk", ["ssm_ba", "ssm_alpha"].contains(parts[2]) else {
      return nil
    }
    return Int(parts[1])
  }
}
