/// Filters of numbers.
extension Filters {
  @Sendable static func absolute(_ operands: Operands) throws(TemplateProblem) -> Value {
    try operands.expectNone()
    guard let number = operands.value.number else {
      throw .evaluation("\(operands.value.kind) has no absolute value")
    }
    return try number.magnitude.value
  }

  @Sendable static func int(_ operands: Operands) throws(TemplateProblem) -> Value {
    let arguments = try operands.arguments.bound(to: "default", "base")
    let base = try arguments[1].integer("base") ?? 10
    guard base == 10 else { throw .unsupported("a number of the base \(base)") }
    let standard = arguments[0] ?? .int(0)
    switch operands.value {
    case .string(let text):
      if let value = Int(text.digits) { return .int(value) }
      return try Double(text.digits).map { value throws(TemplateProblem) in
        value.isFinite ? try whole(value) : standard
      } ?? standard
    case .undefined(let what): throw .evaluation("\(what), so it is no number")
    default:
      switch operands.value.number {
      case .int(let value): return .int(value)
      case .double(let value): return value.isFinite ? try whole(value) : standard
      case nil: return standard
      }
    }
  }

  private static func whole(_ value: Double) throws(TemplateProblem) -> Value {
    guard let value = Int(exactly: value.rounded(.towardZero)) else {
      throw .evaluation("a number exceeds 64 bits")
    }
    return .int(value)
  }

  @Sendable static func float(_ operands: Operands) throws(TemplateProblem) -> Value {
    let standard = try operands.arguments.bound(to: "default")[0] ?? .double(0)
    switch operands.value {
    case .string(let text): return Double(text.digits).map { .double($0) } ?? standard
    case .undefined(let what): throw .evaluation("\(what), so it is no number")
    default: return operands.value.number.map { .double($0.double) } ?? standard
    }
  }

  @Sendable static func round(_ operands: Operands) throws(TemplateProblem) -> Value {
    let arguments = try operands.arguments.bound(to: "precision", "method")
    let precision = try arguments[0].integer("precision") ?? 0
    guard (0...22).contains(precision) else {
      throw .unsupported("the precision \(precision)")
    }
    guard let number = operands.value.number else {
      throw .evaluation("\(operands.value.kind) cannot be rounded")
    }
    let scale = (0..<precision).reduce(1.0) { scale, _ in scale * 10 }
    let scaled = number.double * scale
    switch try arguments[1].text("method") ?? "common" {
    case "common":
      guard case .double(let value) = number, scaled.isFinite else { return number.value }
      return .double(nearest(to: value, times: scale) / scale)
    case "ceil": return .double(scaled.rounded(.up) / scale)
    case "floor": return .double(scaled.rounded(.down) / scale)
    default: throw .evaluation("a number is rounded by \"common\", \"ceil\" or \"floor\"")
    }
  }

  /// The integer next to a product. The product is rounded itself, so that its own error decides where it
  /// seems to be halfway.
  private static func nearest(to value: Double, times scale: Double) -> Double {
    let product = value * scale
    let error = (-product).addingProduct(value, scale)
    guard error != 0, abs(product - product.rounded(.towardZero)) == 0.5 else {
      return product.rounded(.toNearestOrEven)
    }
    return product.rounded(error > 0 ? .up : .down)
  }
}

extension String {
  /// What stands for a number, without space around and without Python's underscores.
  fileprivate var digits: String {
    let trimmed = scalars.trimmed(of: nil)
    let isDecimal = trimmed.allSatisfy { $0.isDigit || "+-._eE".unicodeScalars.contains($0) }
    return isDecimal ? String(trimmed.filter { $0 != "_" }) : ""
  }
}
