/// Names with their values, and the scope around.
final class Scope {
  private var values: [String: Value] = [:]
  private let outer: Scope?

  /// A scope without names.
  init(in outer: Scope?) { self.outer = outer }

  /// The value of a name here or further out. Setting sets it here.
  subscript(name: String) -> Value? {
    get {
      var scope: Scope? = self
      while let current = scope {
        if let value = current.values[name] { return value }
        scope = current.outer
      }
      return nil
    }
    set { values[name] = newValue }
  }
}
