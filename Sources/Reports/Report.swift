package import GGUF

/// A result to be read by people.
package protocol TextReport: Sendable {
  /// The result in words and figures.
  ///
  /// - Parameter columns: those of the terminal that tables are to fit, if there is one.
  func text(columns: Int?) -> String
  /// What stands under the text where it is shown.
  var heatMap: HeatMap? { get }
}

extension TextReport {
  /// Most results have no map.
  package var heatMap: HeatMap? { nil }

  /// The result in words and figures, its tables as wide as they are.
  package var text: String { text(columns: nil) }
}

/// A result to be shown: a value with a face for people and a face for programs.
package protocol Report: TextReport {
  /// The name and version of its JSON.
  static var schema: Schema { get }
  /// The result for programs, as it stands in JSON behind the schema.
  var document: any Encodable { get }
}

extension Report {
  /// The document in JSON, its schema first.
  package func json() throws -> String { try JSON.text(document, schema: Self.schema) }
}

/// A report whose result is a list, which a table of records gives too.
package protocol RecordReport: Report {
  /// The records as comma-separated values with a header line.
  var csv: String { get }
}

/// A document that is a list of records.
struct Records<Record: Encodable>: Encodable {
  let records: [Record]
}
