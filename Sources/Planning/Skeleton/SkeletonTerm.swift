/// A quantity or a number, multiplied, divided or reduced by numbers from left to right:
/// `7*blocks/8`.
struct SkeletonTerm: Sendable, Equatable {
  /// What is computed with.
  enum Factor: Sendable, Equatable {
    case number(Int)
    case quantity(SkeletonQuantity)
  }

  /// What is done to it.
  enum Operation: Sendable, Equatable {
    case times(Factor)
    /// Divided, rounded down.
    case over(positive: Int)
    /// The remainder of that.
    case modulo(positive: Int)
  }

  let first: Factor
  var operations: [Operation] = []

  /// The value of the term. A product beyond `Int` is as large as can be.
  func value(for subject: SkeletonSubject) -> Int {
    func value(of factor: Factor) -> Int {
      switch factor {
      case .number(let number): number
      case .quantity(let quantity): quantity.value(for: subject)
      }
    }
    return operations.reduce(value(of: first)) { result, operation in
      switch operation {
      case .times(let factor):
        let (product, overflow) = result.multipliedReportingOverflow(by: value(of: factor))
        return overflow ? .max : product
      case .over(let divisor): return result / divisor
      case .modulo(let divisor): return result % divisor
      }
    }
  }
}
