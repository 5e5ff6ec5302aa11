import GGUF

/// A value while a template is rendered.
enum Value {
  /// What a name or a place without a value has, and what it was.
  case undefined(String)
  case null
  case bool(Bool)
  case int(Int)
  case double(Double)
  case string(String)
  case list(List)
  case object(Object)
  case namespace(Namespace)
  case loop(LoopPosition)
  case function(Function)
}

/// Values in order: a list or a tuple of Python.
struct List {
  let items: [Value]
  let isTuple: Bool
  /// How many levels of values it has.
  let depth: Int

  /// - Throws: too many levels.
  init(_ items: [Value], isTuple: Bool = false) throws(TemplateProblem) {
    self.items = items
    self.isTuple = isTuple
    depth = try Value.depth(over: items)
  }
}

/// Values with names: a dictionary of Python whose keys are texts.
struct Object {
  let members: OrderedObject<Value>
  /// How many levels of values it has.
  let depth: Int

  /// - Throws: too many levels.
  init(_ members: OrderedObject<Value>) throws(TemplateProblem) {
    self.members = members
    depth = try Value.depth(over: members.members.map(\.value))
  }
}

/// Values with names that a template sets with `set`.
final class Namespace {
  var members: OrderedObject<Value>

  init(_ members: OrderedObject<Value>) { self.members = members }
}

/// Where a loop is: what `loop` says.
struct LoopPosition {
  let items: [Value]
  let index: Int

  /// What the position calls by this name; nil where it has none.
  func member(_ name: String) -> Value? {
    switch name {
    case "index": .int(index + 1)
    case "index0": .int(index)
    case "revindex": .int(items.count - index)
    case "revindex0": .int(items.count - index - 1)
    case "first": .bool(index == 0)
    case "last": .bool(index == items.count - 1)
    case "length": .int(items.count)
    case "depth": .int(1)
    case "depth0": .int(0)
    case "previtem": index > 0 ? items[index - 1] : .undefined("there is no previous item")
    case "nextitem":
      index + 1 < items.count ? items[index + 1] : .undefined("there is no next item")
    case "cycle": .function(.method(of: .loop(self), name: name))
    default: nil
    }
  }
}

/// What can be called.
indirect enum Function {
  case global(String)
  case method(of: Value, name: String)
  case macro(Macro)
}

/// A macro and where it was defined.
struct Macro {
  let definition: MacroDefinition
  private(set) weak var scope: Scope?

  init(_ definition: MacroDefinition, in scope: Scope) {
    self.definition = definition
    self.scope = scope
  }
}

extension Value {
  /// - Throws: too many levels.
  init(_ value: JSONValue) throws(TemplateProblem) {
    switch value {
    case .null: self = .null
    case .bool(let value): self = .bool(value)
    case .int(let value): self = .int(value)
    case .double(let value): self = .double(value)
    case .string(let value): self = .string(value)
    case .array(let elements):
      var items: [Value] = []
      for element in elements { items.append(try Value(element)) }
      self = try .of(items)
    case .object(let object):
      var members: [(key: String, value: Value)] = []
      for member in object.members { members.append((member.key, try Value(member.value))) }
      self = try .of(members)
    }
  }

  /// A list of values.
  static func of(_ items: [Value]) throws(TemplateProblem) -> Value { .list(try List(items)) }

  /// A tuple of values.
  static func tuple(_ items: [Value]) throws(TemplateProblem) -> Value {
    .list(try List(items, isTuple: true))
  }

  /// An object of members.
  static func of(_ members: [(key: String, value: Value)]) throws(TemplateProblem) -> Value {
    .object(try Object(OrderedObject(members)))
  }

  /// The text of some characters.
  static func string(_ scalars: some Sequence<Unicode.Scalar>) -> Value {
    .string(String(scalars))
  }

  private static let depthLimit = 80

  fileprivate static func depth(over parts: [Value]) throws(TemplateProblem) -> Int {
    let depth = 1 + (parts.map(\.depth).max() ?? 0)
    guard depth <= depthLimit else { throw .tooDeep }
    return depth
  }

  private var depth: Int {
    switch self {
    case .list(let list): list.depth
    case .object(let object): object.depth
    default: 0
    }
  }

  /// Whether a condition that has this value holds.
  var isTrue: Bool {
    switch self {
    case .undefined, .null: false
    case .bool(let value): value
    case .int(let value): value != 0
    case .double(let value): value != 0
    case .string(let text): !text.isEmpty
    case .list(let list): !list.items.isEmpty
    case .object(let object): object.members.count > 0
    case .namespace, .loop, .function: true
    }
  }

  /// How much work it is to go through the value once.
  var size: Int {
    switch self {
    case .string(let text): text.utf8.count
    case .list(let list): list.items.count
    case .object(let object): object.members.count
    default: 1
    }
  }

  /// What kind of value it is, in words.
  var kind: String {
    switch self {
    case .undefined(let what): "an undefined value (\(what))"
    case .null: "none"
    case .bool: "a truth value"
    case .int, .double: "a number"
    case .string: "a string"
    case .list(let list): list.isTuple ? "a tuple" : "a list"
    case .object: "an object"
    case .namespace: "a namespace"
    case .loop: "the state of a loop"
    case .function: "a function"
    }
  }

  /// What a loop over the value goes through.
  func items(_ budget: Budget) throws(TemplateProblem) -> [Value] {
    try budget.charge(size)
    switch self {
    case .undefined: return []
    case .string(let text): return text.unicodeScalars.map { .string(String($0)) }
    case .list(let list): return list.items
    case .object(let object): return object.members.members.map { .string($0.key) }
    default: throw .evaluation("\(kind) has no elements")
    }
  }
}
