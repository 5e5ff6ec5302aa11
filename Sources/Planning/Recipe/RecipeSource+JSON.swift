package import GGUF

extension RecipeSource {
  /// Adds rules for the tensors that JSON names, and its provenance where it has one. Members that are not known
  /// become remarks.
  ///
  ///     {
  ///       "schema" : { "name" : "ration.recipe", "version" : 1 },
  ///       "provenance" : { "model" : "folio-4m-BF16.gguf" },
  ///       "tensors" : { "blk.0.attn_q.weight" : "iq4_k" }
  ///     }
  mutating func read(json text: String) throws(RecipeError) {
    let document = try Self.object(try Self.value(text), "it")
    for (name, _) in document.members where !["schema", "provenance", "tensors"].contains(name) {
      remarks.append(RecipeRemark(matter: .unknown(name), line: nil))
    }
    if let entries = document["provenance"] {
      for (key, value) in try Self.texts(entries).sorted(by: { $0.key < $1.key }) {
        guard Provenance.isKey(key) else {
          throw RecipeError(line: nil, problem: .provenanceKey(key))
        }
        provenance[key] = value
      }
    }
    guard let tensors = document["tensors"] else {
      throw RecipeError(line: nil, problem: .json("it has no member ‘tensors’"))
    }
    var types: [(name: String, type: TensorType)] = []
    for (name, typeName) in try Self.texts(tensors).sorted(by: { $0.key < $1.key }) {
      guard 1..<64 ~= name.utf8.count else {
        throw RecipeError(line: nil, problem: .tensorName(name))
      }
      guard let type = TensorType.named(typeName) else {
        throw RecipeError(line: nil, problem: .unknownType(typeName, tensor: name))
      }
      types.append((name, type))
    }
    rules = Recipe(assigning: types).rules.map {
      Rule(rule: $0, line: nil, typeName: $0.type.name)
    }
  }

  /// What a text says in JSON.
  private static func value(_ text: String) throws(RecipeError) -> JSONValue {
    do throws(JSONReader.Problem) {
      return try JSONReader.value(of: text)
    } catch {
      throw RecipeError(line: nil, problem: .json("\(error)"))
    }
  }

  /// A value that is to be an object of texts.
  private static func texts(_ value: JSONValue) throws(RecipeError) -> [(
    key: String, value: String
  )] {
    var texts: [(key: String, value: String)] = []
    for (key, value) in try object(value, "a member").members {
      guard case .string(let text) = value else {
        throw RecipeError(line: nil, problem: .json("‘\(key)’ is not a text"))
      }
      texts.append((key, text))
    }
    return texts
  }

  private static func object(
    _ value: JSONValue, _ name: String
  ) throws(RecipeError) -> OrderedObject<JSONValue> {
    guard case .object(let object) = value else {
      throw RecipeError(line: nil, problem: .json("\(name) is not an object"))
    }
    return object
  }
}

extension Schema {
  /// A recipe tensor by tensor: `ration recipe convert --to json`.
  package static let recipe = Schema(name: "ration.recipe", version: 1)
}

extension Recipe {
  /// A recipe for these tensors, whose names differ, as JSON.
  static func json(
    assigning types: [(name: String, type: TensorType)], provenance: Provenance
  ) -> String {
    let members = [
      "provenance": Dictionary(
        uniqueKeysWithValues: provenance.entries.map { ($0.key, $0.value) }),
      "tensors": Dictionary(uniqueKeysWithValues: types.map { ($0.name, $0.type.name) }),
    ]
    // Strings alone, which always encode.
    return try! JSON.text(members, schema: .recipe)
  }
}
