#if os(Linux)
  import Foundation
  import TestSupport
  import Testing

  /// A command run again and again, with a fault at its first call of a kind, its second, and so on until
  /// there is none left to fail.
  struct FaultSweep {
    let bench: CommandLineBench
    /// The command.
    let arguments: [String]
    /// The file that it writes.
    let output: String
    /// What it keeps beside its output, and finds again the next time.
    let kept: Set<String>
    /// The files that it is given.
    private let inputs: [String: [UInt8]]
    /// What it writes when nothing fails.
    private let expected: [UInt8]

    /// Runs the command once without a fault.
    init(_ bench: CommandLineBench, output: String, kept: Set<String> = [], _ arguments: [String])
      throws
    {
      self.bench = bench
      self.arguments = arguments
      self.output = output
      self.kept = kept
      inputs = try Self.files(of: bench)
      let run = try bench.start(arguments).finish()
      try #require(run.code == 0, "\(run.errors)")
      expected = try Array(contents(of: bench.directory(output)))
      #expect(try Set(Self.files(of: bench).keys) == Set(inputs.keys).union(kept).union([output]))
      try clear()
    }

    /// The files in the folder, but for the streams of programs.
    private static func files(of bench: CommandLineBench) throws -> [String: [UInt8]] {
      let names = try bench.directory.names().filter { !$0.hasSuffix(".txt") && $0 != "cache" }
      return try Dictionary(
        uniqueKeysWithValues: names.map { ($0, Array(try contents(of: bench.directory($0)))) })
    }

    /// Removes what runs have left.
    private func clear() throws {
      for name in try bench.directory.names() where inputs[name] == nil {
        try FileManager.default.removeItem(atPath: bench.directory(name))
      }
    }

    /// Runs the command with the fault at every call.
    ///
    /// - Parameter old: what stands under the name of the output beforehand.
    /// - Returns: how many calls there were.
    @discardableResult
    func run(_ fault: Fault, replacing old: [UInt8]? = nil) throws -> Int {
      var number = 1
      while try run(fault, at: number, replacing: old) { number += 1 }
      return number - 1
    }

    /// Whether there was such a call.
    private func run(_ fault: Fault, at number: Int, replacing old: [UInt8]?) throws -> Bool {
      if let old { try bench.directory.write(old, to: output) }
      let arguments = arguments + (old == nil ? [] : ["--force"])
      let (run, fired) = try bench.start(arguments, fault, at: number)
      let place: Comment = "\(fault.testDescription) \(number): exit code \(run.code) \(run.errors)"
      if fault.ends && fired {
        #expect(run.code == 128 + SIGKILL, place)
      } else {
        #expect([0, 3, 5, 6, 8].contains(run.code), place)
      }
      let files = try Self.files(of: bench)
      if fault.action != .cut {
        for (name, bytes) in inputs { #expect(files[name] == bytes, place) }
      }
      // Nothing that is not whole has the name of the output.
      let written = files[output]
      #expect(written == old || written == expected, place)
      if run.code == 0 { #expect(written == expected, place) }
      if fault.action == .cut {
        for (name, bytes) in inputs { try bench.directory.write(bytes, to: name) }
      }
      try runAgain(arguments, after: fault, old, place)
      try clear()
      return fired
    }

    /// Runs the command without a fault on what the fault has left.
    private func runAgain(
      _ arguments: [String], after fault: Fault, _ old: [UInt8]?, _ place: Comment
    ) throws {
      // A command that was ended when its output had its name refuses to replace it.
      let isThere = try Self.files(of: bench)[output] == expected
      let again = try bench.start(arguments + (isThere && old == nil ? ["--force"] : [])).finish()
      // What is kept may have lost its second half. Then it is set aside, with a warning.
      let mayBeDamaged = fault.action == .cut && !kept.isEmpty
      #expect(
        again.code == 0 && (mayBeDamaged || !again.errors.contains("warning")),
        "\(place): \(again.errors)")
      let files = try Self.files(of: bench)
      #expect(files[output] == expected, "again after \(place)")
      let names = files.keys.filter { !mayBeDamaged || !$0.hasSuffix(".unreadable") }
      #expect(
        Set(names) == Set(inputs.keys).union(kept).union([output]), "again after \(place)")
    }
  }

  extension CommandLineBench {
    /// Runs `ration` with a fault at a call.
    ///
    /// - Parameters:
    ///   - number: which call of that kind, from 1.
    ///   - file: how the paths of files end that count; all of the folder do if it is nil.
    /// - Returns: what the program did, and whether there was such a call.
    func start(
      _ arguments: [String], _ fault: Fault, at number: Int, onFile file: String? = nil
    ) throws -> (Run, fired: Bool) {
      let mark = directory("fired.txt")
      var environment = [
        "FAULT_CALL": fault.call.rawValue, "FAULT_AT": "\(number)", "FAULT_ACTION": fault.name,
        "FAULT_MARK": mark,
      ]
      environment["FAULT_FILE"] = file
      let run = try watched(arguments, environment)
      return (run, FileManager.default.fileExists(atPath: mark))
    }

    /// Runs `ration` and writes down what it does with files of the folder.
    ///
    /// - Returns: what the program did, and its calls: the kind and the file's name.
    func recordingCalls(_ arguments: [String]) throws -> (Run, calls: [String]) {
      let log = directory("calls.txt")
      let run = try watched(arguments, ["FAULT_LOG": log])
      let lines = try String(contentsOfFile: log, encoding: .utf8).split(separator: "\n")
      return (
        run,
        lines.map { line in
          let (call, path) = (line.prefix { $0 != " " }, line.drop { $0 != " " }.dropFirst())
          return "\(call) \(path == directory.path ? "." : path.split(separator: "/").last!)"
        }
      )
    }

    /// The library that makes calls fail, beside the program.
    static let faults = URL(fileURLWithPath: program).deletingLastPathComponent()
      .appendingPathComponent("libFaultInjection.so").path

    /// Runs `ration` with the library for tests between it and the C library.
    private func watched(_ arguments: [String], _ environment: [String: String]) throws -> Run {
      let common = [
        "LD_PRELOAD": Self.faults, "FAULT_FOLDER": directory.path, "SWIFT_BACKTRACE": "enable=no",
      ]
      return try start(arguments, common.merging(environment) { $1 }).finish()
    }
  }
#endif
