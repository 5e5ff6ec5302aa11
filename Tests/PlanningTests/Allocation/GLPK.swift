import Foundation
import Planning

/// An independent solver of the same problem: GLPK's `glpsol`, of Debian's package `glpk-utils`.
enum GLPK {
  enum SolverFailure: Error, CustomStringConvertible {
    case missing
    case unproved(String)

    var description: String {
      switch self {
      case .missing: "glpsol is missing: install GLPK, on Debian by ‘make test-dependencies’"
      case .unproved(let output): "glpsol proved no optimum:\n\(output)"
      }
    }
  }

  /// The selection of least loss within `budget` bytes. Losses must be whole: GLPK compares sums
  /// with a tolerance, which whole numbers up to a million or so keep out of the result.
  static func optimum(of choices: [Choice], budget: Int) throws -> [Int] {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("ration-glpk-\(UUID())")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let (model, solution) = (folder.appendingPathComponent("m"), folder.appendingPathComponent("s"))
    try program(choices, budget: budget).write(to: model, atomically: true, encoding: .utf8)
    let output = try run(["--lp", model.path, "--tmlim", "60", "--write", solution.path])
    guard let text = try? String(contentsOf: solution, encoding: .utf8) else {
      throw SolverFailure.unproved(output)
    }
    let lines = text.split(separator: "\n").map { $0.split(separator: " ") }
    // `s mip ROWS COLUMNS o OBJECTIVE`, where `o` says that the solution is proved.
    guard lines.contains(where: { $0.first == "s" && $0.count > 4 && $0[4] == "o" }) else {
      throw SolverFailure.unproved(output)
    }
    // `j COLUMN VALUE`, columns in the order of the objective.
    var columns = lines.filter { $0.first == "j" }.map { $0[2] == "1" }[...]
    return choices.map { choice in
      defer { columns = columns.dropFirst(choice.candidates.count) }
      return columns.firstIndex(of: true)! - columns.startIndex
    }
  }

  /// The problem in the CPLEX LP format: a binary variable per candidate.
  private static func program(_ choices: [Choice], budget: Int) -> String {
    var (objective, sums, bytes, names) = ("", "", "", "")
    var smallest = 0
    for (row, choice) in choices.enumerated() {
      let least = choice.candidates.map(\.bytes).min()!
      smallest += least
      var sum = ""
      for (column, candidate) in choice.candidates.enumerated() {
        let name = "x\(row)_\(column)"
        objective += " + \(Int(candidate.loss)) \(name)\n"
        bytes += " + \(candidate.bytes - least) \(name)\n"
        sum += " + \(name)\n"
        names += " \(name)\n"
      }
      sums += " c\(row):\(sum) = 1\n"
    }
    return "Minimize\n loss:\n\(objective)Subject To\n\(sums) size:\n\(bytes)"
      + " <= \(budget - smallest)\nBinary\n\(names)End\n"
  }

  private static func run(_ arguments: [String]) throws -> String {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["glpsol"] + arguments
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = pipe
    try process.run()
    let output = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    // `env` says so where there is no such program.
    guard process.terminationStatus != 127 else { throw SolverFailure.missing }
    return output
  }
}
