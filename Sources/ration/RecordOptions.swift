import ArgumentParser

/// The forms of a report that programs read.
struct RecordOptions: ParsableArguments {
  @Flag(help: "Print JSON.")
  var json = false

  @Flag(help: "Print comma-separated values.")
  var csv = false

  func validate() throws {
    if json, csv { throw ValidationError("Give one of --json and --csv.") }
  }

  /// Prints a report in the form asked for.
  func print(
    json: @autoclosure () throws -> String, csv: @autoclosure () -> String,
    text: @autoclosure () -> String
  ) throws {
    try Output.standard.writeAll(self.json ? try json() : self.csv ? csv() : text())
  }
}
