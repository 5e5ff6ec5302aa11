package import GGUF

/// The library that multiplies matrices cannot be loaded.
package struct MissingProductLibrary: ClassifiedError {
  /// Why not, as the system says it.
  let reason: String

  package var kind: ErrorKind { .inputOutput }

  package var description: String {
    "matrices cannot be multiplied without OpenBLAS: \(reason.escaped)"
  }
}
