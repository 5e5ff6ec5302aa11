#if canImport(Accelerate)
  import Accelerate
#else
  import COpenBLAS
#endif

/// How a factor of a product stands in memory.
enum FactorForm {
  case asIs
  case transposed
}

/// The library that multiplies matrices: Accelerate on macOS, elsewhere OpenBLAS.
package enum ProductLibrary {
  /// Why the library cannot be had, or nil. Loads it, if that has not been done.
  package static var problem: String? {
    #if canImport(Accelerate)
      nil
    #else
      openblas_problem().map { String(cString: $0) }
    #endif
  }

  /// Loads the library, if that has not been done.
  ///
  /// - Throws: `MissingProductLibrary` where it cannot be had.
  package static func require() throws(MissingProductLibrary) {
    if let problem { throw MissingProductLibrary(reason: problem) }
  }

  /// The library, its version and the loops that it has chosen for this processor.
  package static var description: String {
    #if canImport(Accelerate)
      "Accelerate"
    #else
      problem
        ?? "\(String(cString: openblas_configuration())), \(String(cString: openblas_processor()))"
    #endif
  }

  /// Sets c, of m × n values, to alpha × a b + beta × c, all row after row, on the calling thread.
  ///
  /// - Parameters:
  ///   - k: the columns of a and the rows of b, as they stand in the product.
  ///   - lda: from a row of a to the next, in values; `ldb` and `ldc` are those of b and c.
  static func multiply(
    _ formA: FactorForm, _ formB: FactorForm, _ m: Int32, _ n: Int32, _ k: Int32, _ alpha: Float,
    _ a: UnsafePointer<Float>, _ lda: Int32, _ b: UnsafePointer<Float>, _ ldb: Int32, _ beta: Float,
    _ c: UnsafeMutablePointer<Float>, _ ldc: Int32
  ) {
    #if canImport(Accelerate)
      let form = { (form: FactorForm) in form == .transposed ? CblasTrans : CblasNoTrans }
      cblas_sgemm(
        CblasRowMajor, form(formA), form(formB), m, n, k, alpha, a, lda, b, ldb, beta, c, ldc)
    #else
      precondition(problem == nil, "whoever multiplies checks that the library is there")
      let form = { (form: FactorForm) in
        Int32(form == .transposed ? OPENBLAS_TRANS : OPENBLAS_NO_TRANS)
      }
      openblas_sgemm(
        Int32(OPENBLAS_ROW_MAJOR), form(formA), form(formB), m, n, k, alpha, a, lda, b,
        ldb, beta, c, ldc)
    #endif
  }
}
