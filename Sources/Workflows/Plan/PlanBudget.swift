package import GGUF
package import Planning
import Reports

/// The budgets that a target amounts to for one model.
struct PlanBudget {
  let pools: [Pool]
  /// What the memory holds beside weights, where a context is planned for.
  let context: ContextMemory?

  /// - Parameters:
  ///   - runtime: the program that is to run the model.
  ///   - headerBytes: bytes of the file that no choice of types changes.
  ///   - skeletonBytes: what the skeleton's tensors take; nil without one.
  init(
    _ target: PlanTarget, for model: ModelFile, on runtime: Runtime, headerBytes: Int,
    skeletonBytes: Int?
  ) throws {
    switch target {
    case .bitsPerWeight(let bits):
      // A model has fewer than 2⁵³ bytes.
      pools = [Pool(budget: Int(min(bits * Double(model.elements) / 8, 0x1p53)))]
      context = nil
    case .fileBytes(let bytes):
      pools = [Pool(budget: bytes, fixedBytes: headerBytes)]
      context = nil
    case .skeleton:
      guard let skeletonBytes else { preconditionFailure("a target without its skeleton") }
      pools = [Pool(budget: skeletonBytes)]
      context = nil
    case .speed:
      // A model has fewer than 2⁵³ bytes.
      pools = [Pool(budget: 1 << 53)]
      context = nil
    case .memory(let memory, let size):
      let context = try size.map { try Self.memory(of: $0, model, runtime) }
      pools = memory.enumerated().map { number, pool in
        Pool(
          name: pool.name, pattern: pool.pattern, types: pool.types, budget: pool.bytes,
          fixedBytes: number == 0 ? context?.bytes ?? 0 : 0)
      }
      self.context = context
    }
  }

  /// What a generated token reads of a plan's tensors.
  func reading(
    of plan: Plan, _ timing: TokenTiming, _ model: ModelFile, source: TokenReading.Source
  ) -> TokenReading {
    let rows = Dictionary(uniqueKeysWithValues: model.tensors.map { ($0.name, $0.rows) })
    return TokenReading(
      timing,
      of: plan.entries.map { entry in
        TokenReading.Tensor(
          name: entry.name, rows: rows[entry.name] ?? 1, type: entry.type, bytes: entry.bytes,
          pool: pools.place(of: entry.name))
      }, source: source)
  }

  private static func memory(
    of context: PlanTarget.Context, _ model: ModelFile, _ runtime: Runtime
  ) throws -> ContextMemory {
    do throws(MemoryError) {
      return ContextMemory(
        cache: try KVCache(
          of: model.metadata, tensors: model.tensors.map(\.name), context: context.tokens,
          type: context.type, runtime: runtime),
        buffer: try ComputeBuffer(
          of: model.metadata, vocabulary: model["token_embd.weight"]?.shape.last ?? 0,
          context: context.tokens))
    } catch {
      throw UnknownMemory(path: model.path, problem: error)
    }
  }
}

/// A model whose need of memory beside its weights cannot be told.
package struct UnknownMemory: ClassifiedError {
  package let path: String
  package let problem: MemoryError
  package var kind: ErrorKind { problem.kind }
  package var description: String { "\(path.escaped): \(problem)" }
}
