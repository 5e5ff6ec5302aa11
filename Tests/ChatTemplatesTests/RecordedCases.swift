import ChatTemplates
import Foundation
import GGUF
import Testing

/// What Jinja makes of templates, as `record_cases.py` has recorded it.
struct RecordedCases {
  let variables: OrderedObject<JSONValue>
  let cases: [RecordedCase]

  static let all: RecordedCases = {
    let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "cases.json")
    do {
      return try RecordedCases(String(contentsOf: file, encoding: .utf8))
    } catch {
      fatalError("the recorded cases cannot be read: \(error)")
    }
  }()

  /// The moment that templates took for now.
  static var time: CalendarTime {
    get throws {
      try #require(
        CalendarTime(year: 2024, month: 2, day: 29, hour: 7, minute: 5, second: 9))
    }
  }

  private init(_ text: String) throws {
    guard case .object(let document) = try JSONReader.value(of: text),
      case .object(let variables)? = document["variables"],
      case .array(let cases)? = document["cases"]
    else { throw CocoaError(.fileReadCorruptFile) }
    self.variables = variables
    self.cases = try cases.map(RecordedCase.init)
  }
}

struct RecordedCase: CustomTestStringConvertible {
  let feature: String
  let template: String
  /// Nil where Jinja fails.
  let expected: String?

  var testDescription: String { "\(feature): \(template)" }

  init(_ value: JSONValue) throws {
    guard case .object(let members) = value, case .string(let feature)? = members["feature"],
      case .string(let template)? = members["template"]
    else { throw CocoaError(.fileReadCorruptFile) }
    self.feature = feature
    self.template = template
    if case .string(let expected)? = members["expected"] {
      self.expected = expected
    } else {
      expected = nil
    }
  }
}
