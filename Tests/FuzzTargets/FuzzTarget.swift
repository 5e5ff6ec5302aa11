package import GGUF

/// A reader of files that others wrote, as a fuzzer sees it: any bytes go in, and either something that makes
/// sense or an error comes out, never a trap.
package struct FuzzTarget: Sendable, CustomStringConvertible {
  package let name: String
  private let body: @Sendable (UnsafeRawBufferPointer) throws -> Void

  init(_ name: String, _ body: @escaping @Sendable (UnsafeRawBufferPointer) throws -> Void) {
    self.name = name
    self.body = body
  }

  /// Reads the bytes. Traps where the reader is wrong.
  package func run(_ bytes: UnsafeRawBufferPointer) {
    do {
      try body(bytes)
    } catch is any ClassifiedError {
      // The reader has refused them.
    } catch {
      fatalError("an error without a class: \(error)")
    }
  }

  package var description: String { name }

  package static let all: [FuzzTarget] = [
    .model, .network, .legacyImatrix, .imatrix, .sensitivityCard, .secondMoments, .checkpoint,
    .recipe, .skeleton,
    .table,
    .decoder,
  ]
}
