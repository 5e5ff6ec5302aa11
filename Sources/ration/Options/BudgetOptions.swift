import ArgumentParser
import GGUF
import Planning
import Workflows

/// The options that limit a plan: a size, or memory.
struct BudgetOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Bits per weight over all tensors.",
      discussion: "Tensors that keep their type count too.", valueName: "bits"))
  var targetBpw: Double?

  @Option(
    help: ArgumentHelp(
      "Size of the file, such as 23GiB.",
      discussion: """
        KiB, MiB, GiB and TiB, or K, M, G and T, are powers of 1024; KB, MB, GB and TB powers of 1000.
        """,
      valueName: "size"))
  var targetSize: ByteCount?

  @Option(
    help: ArgumentHelp(
      "Memory that the model is to run in.",
      discussion: "With --context, the KV cache and the compute buffer take their part of it.",
      valueName: "size"))
  var fit: ByteCount?

  @Option(
    help: ArgumentHelp(
      "The tensors that go to the GPU, and its memory.",
      discussion: """
        Needs --cpu, for all others. The KV cache of --context lies on the GPU. The last ‘=’ divides \
        the two.
        """,
      valueName: "regex=size"))
  var gpu: String?

  @Option(
    help: ArgumentHelp(
      "Memory for the tensors that --gpu leaves.", discussion: "Needs --gpu.", valueName: "size"))
  var cpu: ByteCount?

  @Option(
    help: ArgumentHelp(
      "The tensors that stay on disk, and the room for them.",
      discussion: """
        For tables of which a token reads a row, such as per_layer_token_embd. Needs --fit, or --gpu and --cpu.
        """,
      valueName: "regex=size"))
  var disk: String?

  @Option(
    help: ArgumentHelp("The only types for the tensors of --gpu.", valueName: "a,b,…"))
  var gpuTypes: TypeList?

  @Option(
    help: ArgumentHelp("The only types for the tensors of --cpu.", valueName: "a,b,…"))
  var cpuTypes: TypeList?

  @Option(
    help: ArgumentHelp(
      "Tokens of context to leave room for.", discussion: "Needs --fit, or --gpu and --cpu.",
      valueName: "count"))
  var context: Int?

  @Option(
    help: ArgumentHelp(
      "How the KV cache is stored, by default f16.", discussion: "Needs --context.",
      valueName: "type"))
  var kvType: KVType?

  @OptionGroup var memory: SpeedOptions

  @Option(
    help: ArgumentHelp(
      "Tokens a second that the model is to generate at least, by --speeds or --bandwidth.",
      discussion: "With a size, or alone.", valueName: "tokens"))
  var minSpeed: Double?

  /// What is known of the memories, and asked of the speed.
  var speed: SpeedRequest { SpeedRequest(memories: memory.memories, least: minSpeed) }

  func validate() throws {
    guard disk == nil || fit != nil || gpu != nil else {
      throw ValidationError("--disk needs --fit, or --gpu and --cpu.")
    }
    let memories = (gpu == nil ? 1 : 2) + (disk == nil ? 0 : 1)
    try memory.validate(memories: memories)
    if let minSpeed {
      guard minSpeed > 0, minSpeed.isFinite else {
        throw ValidationError("--min-speed must be positive, not \(minSpeed)")
      }
      guard memory.isKnown else {
        throw ValidationError("--min-speed needs --speeds or --bandwidth.")
      }
    }
    if let targetBpw, !(targetBpw > 0 && targetBpw.isFinite) {
      throw ValidationError("--target-bpw must be positive, not \(targetBpw)")
    }
    if let context, !(1...1 << 30).contains(context) {
      throw ValidationError("--context must be from 1 to \(1 << 30), not \(context)")
    }
    guard (gpu == nil) == (cpu == nil) else {
      throw ValidationError("Give --gpu and --cpu together.")
    }
    guard gpu != nil || (gpuTypes == nil && cpuTypes == nil) else {
      throw ValidationError("--gpu-types and --cpu-types need --gpu and --cpu.")
    }
    guard context == nil || fit != nil || gpu != nil else {
      throw ValidationError("--context needs --fit, or --gpu and --cpu.")
    }
    guard kvType == nil || context != nil else {
      throw ValidationError("--kv-type needs --context.")
    }
    guard [targetBpw != nil, targetSize != nil, fit != nil, gpu != nil].filter(\.self).count <= 1
    else {
      throw ValidationError("Give one of --target-bpw, --target-size, --fit, and --gpu with --cpu.")
    }
  }

  /// The target that the options ask for, or nil.
  func target() throws -> PlanTarget? {
    if let targetBpw { return .bitsPerWeight(targetBpw) }
    if let targetSize { return .fileBytes(targetSize.bytes) }
    let context = context.map {
      PlanTarget.Context(tokens: $0, type: kvType?.type ?? .F16)
    }
    let disk = try disk.map { [try Self.pool($0, "disk")] } ?? []
    if let fit {
      let name = disk.isEmpty ? nil : "fit"
      return .memory(
        [PlanTarget.MemoryPool(name: name, bytes: fit.bytes)] + disk, context: context)
    }
    guard let gpu, let cpu else { return minSpeed == nil ? nil : .speed }
    let first = try Self.pool(gpu, "gpu", types: gpuTypes?.types)
    let rest = PlanTarget.MemoryPool(name: "cpu", types: cpuTypes?.types, bytes: cpu.bytes)
    return .memory([first, rest] + disk, context: context)
  }

  /// Reads `regex=size`, divided at the last `=`.
  private static func pool(
    _ text: String, _ name: String, types: [TensorType]? = nil
  ) throws -> PlanTarget.MemoryPool {
    guard let equals = text.lastIndex(of: "="),
      let size = ByteCount(argument: String(text[text.index(after: equals)...]))
    else {
      throw ValidationError("--\(name): ‘\(text)’ is not of the form regex=size")
    }
    do {
      return PlanTarget.MemoryPool(
        name: name, pattern: try TensorPattern(text[..<equals]), types: types, bytes: size.bytes)
    } catch {
      throw ValidationError("--\(name): \(error)")
    }
  }
}
