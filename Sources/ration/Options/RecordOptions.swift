import ArgumentParser
import Reports

/// The forms of a report that programs read.
struct RecordOptions: ParsableArguments {
  @Flag(help: "Print the report as JSON.")
  var json = false

  @Flag(help: "Print the report as comma-separated values.")
  var csv = false

  func validate() throws {
    if json, csv { throw ValidationError("Give one of --json and --csv.") }
  }

  /// Prints a report in the form asked for.
  func print(_ report: some RecordReport) throws {
    if csv {
      try Output.standard.writeAll(report.csv)
    } else {
      try Output.standard.print(report, asJSON: json)
    }
  }
}
