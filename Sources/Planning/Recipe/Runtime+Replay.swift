package import GGUF

/// How the two programs read rules: models of their own code, to check what is written for them.
extension Runtime {
  /// The types that the program's `llama-quantize` gives to tensors of these names for the rules of
  /// `recipe`, passed by `--custom-q` or in a `--tensor-type-file`; nil where no rule matches.
  ///
  /// ik_llama.cpp divides at every comma and compares type names exactly (`parse_custom_quants`);
  /// llama.cpp divides at white space, puts patterns in lower case and compares type names
  /// regardless of case (`parse_tensor_type`). Both divide a rule at its first `=`, search for the
  /// pattern, and take the first rule that matches. Throws the rule that the program refuses, or whose pattern
  /// takes too long to search for.
  package func types(
    of names: [String], under recipe: Recipe
  ) throws(TypeRuleError) -> [TensorType?] {
    let texts =
      switch self {
      case .ik: recipe.customQ.split(separator: ",")
      case .mainline:
        // As a stream of the C locale divides words.
        recipe.tensorTypeFile.utf8.split(whereSeparator: ByteSet.spaces.contains).map(
          Substring.init)
      }
    var rules: [TypeRule] = []
    for text in texts { rules.append(try rule(text)) }
    do throws(TensorPatternError) {
      return try RecipeAssignment(rules: rules, names: names).types
    } catch {
      throw .invalidPattern(error)
    }
  }

  private func rule(_ text: Substring) throws(TypeRuleError) -> TypeRule {
    guard let equals = text.firstIndex(of: "=") else { throw .malformed(String(text)) }
    let name = text[text.index(after: equals)...]
    guard let type = TensorType.named(name), loads(type), self == .mainline || type.name == name
    else {
      throw .unknownType(String(name), rule: String(text))
    }
    let pattern = text[..<equals]
    do throws(TensorPatternError) {
      let read = self == .mainline ? Self.lowercased(pattern) : pattern
      return TypeRule(pattern: try TensorPattern(read), type: type)
    } catch {
      throw .invalidPattern(error)
    }
  }

  /// ASCII letters in lower case and all else as it is: C's `tolower` on every byte.
  private static func lowercased(_ text: Substring) -> Substring {
    let bytes = text.utf8.map { ByteSet.upper.contains($0) ? $0 | 0x20 : $0 }
    return Substring(decoding: bytes, as: UTF8.self)
  }
}

extension Recipe {
  /// Checks that a program reads the rules as they are meant: tensor for tensor the given type, or
  /// no rule where that is nil. Throws the first thing it would read differently.
  package func check(
    _ types: [(name: String, type: TensorType?)], readBy runtime: Runtime
  ) throws(RecipeMismatch) {
    let read: [TensorType?]
    do throws(TypeRuleError) {
      read = try runtime.types(of: types.map(\.name), under: self)
    } catch {
      throw .refused(error, runtime)
    }
    for (tensor, type) in zip(types, read) where tensor.type != type {
      throw .differs(tensor: tensor.name, meant: tensor.type, read: type, runtime)
    }
  }
}

/// What a program would read differently from what a recipe means.
package enum RecipeMismatch: ClassifiedError, Equatable {
  /// The program refuses a rule.
  case refused(TypeRuleError, Runtime)
  /// The program gives a tensor another type.
  case differs(tensor: String, meant: TensorType?, read: TensorType?, Runtime)

  package var kind: ErrorKind { .infeasible }

  package var description: String {
    switch self {
    case .refused(let error, let runtime): "runtime \(runtime.rawValue) would refuse: \(error)"
    case .differs(let tensor, let meant, let read, let runtime):
      "runtime \(runtime.rawValue) would give \(tensor) \(read?.name ?? "no type"), "
        + "not \(meant?.name ?? "none")"
    }
  }
}
