import Foundation
import GGUF
import Testing
import TestSupport

/// What a command reads and writes is held against each other before anything is written.
@Suite("The files of a command") struct CommandFilesTests {
  let directory = TemporaryDirectory()
  let input: String

  init() throws {
    input = try directory.write([1], to: "in.gguf")
    link(input, directory("hard.gguf"))
    symlink(input, directory("soft.gguf"))
    symlink("in.gguf", directory("relative.gguf"))
    symlink(directory.path, directory("folder"))
  }

  /// Other paths to the input.
  static let aliases = [
    "in.gguf", "./in.gguf", "hard.gguf", "soft.gguf", "relative.gguf", "folder/in.gguf",
  ]

  func output(_ names: String..., overwrite: Bool = true) -> CommandFiles.Output {
    CommandFiles.Output(names.map(directory.callAsFunction), overwrite: overwrite)
  }

  @Test("are written to no input, whatever path leads there", arguments: aliases)
  func inputs(_ alias: String) throws {
    let path = directory(alias)
    let error = ConflictError.isInput(output: path, input: input)
    for overwrite in [false, true] {
      #expect(throws: error) {
        try CommandFiles(inputs: [input], outputs: [output(alias, overwrite: overwrite)]).check()
      }
    }
    for kept in [CommandFiles.Kept.cache(path), .checkpoint(path)] {
      #expect(throws: error) { try CommandFiles(inputs: [input], kept: [kept]).check() }
    }
    #expect(throws: ConflictError.isInput(output: input, input: path)) {
      try CommandFiles(inputs: [path], outputs: [output("in.gguf")]).check()
    }
  }

  @Test(
    "are kept beside no input's name",
    arguments: [
      "out.partial", "out.partial.journal", "c-wal", "c-shm", "c-journal", "c.unreadable",
      "p.partial",
      "p.unreadable",
    ])
  func sidesOfInputs(_ name: String) throws {
    let input = try directory.write([1], to: name)
    #expect(throws: ConflictError.isInput(output: input, input: input)) {
      try CommandFiles(
        inputs: [input], outputs: [output("out")],
        kept: [.cache(directory("c")), .checkpoint(directory("p"))]
      ).check()
    }
  }

  @Test("are different files, whether they exist or not")
  func outputs() throws {
    let pairs = [
      ("new", "new"), ("new", "./new"), ("new", "folder/new"), ("new", "NEW"),
      ("caf\u{E9}", "cafe\u{301}"), ("missing/new", "missing/./new"), ("in.gguf", "hard.gguf"),
      ("in.gguf", "soft.gguf"), ("dangling", "target"),
    ]
    symlink("target", directory("dangling"))
    for (a, b) in pairs {
      let error = ConflictError.sameFile(directory(a), directory(b))
      #expect(throws: error) {
        try CommandFiles(inputs: [], outputs: [output(a), output(b)]).check()
      }
      #expect(throws: error) {
        try CommandFiles(inputs: [], outputs: [output(a)], kept: [.cache(directory(b))]).check()
      }
    }
    try CommandFiles(inputs: [input], outputs: [output("a"), output("b", "c")]).check()
  }

  @Test("have no name that Ration keeps something under")
  func sides() throws {
    for name in ["new.partial", "new.partial.journal", "./new.partial"] {
      #expect(throws: ConflictError.sideFile(directory(name), of: directory("new"))) {
        try CommandFiles(inputs: [], outputs: [output("new"), output(name)]).check()
      }
    }
    symlink(directory("real"), directory("c"))
    for name in ["c-wal", "c-shm", "c-journal", "c.unreadable", "real-wal"] {
      #expect(throws: ConflictError.sideFile(directory(name), of: directory("c"))) {
        try CommandFiles(
          inputs: [], outputs: [output(name)], kept: [.cache(directory("c"))]
        ).check()
      }
    }
    for name in ["p", "p.partial", "p.partial.journal", "p.unreadable"] {
      #expect(throws: ConflictError.self) {
        try CommandFiles(
          inputs: [], outputs: [output(name)], kept: [.checkpoint(directory("p"))]
        ).check()
      }
    }
  }

  @Test("include all shards of a model, whichever is named") func shards() throws {
    let shards = try (1...3).map { try directory.write([1], to: "m-0000\($0)-of-00003.gguf") }
    for named in shards {
      for shard in shards {
        #expect(throws: ConflictError.isInput(output: shard, input: shard)) {
          try CommandFiles(
            inputs: [named],
            outputs: [CommandFiles.Output([shard], overwrite: true)]
          ).check()
        }
      }
    }
  }

  @Test("may replace what was given to be replaced, with --force alone") func replaceable() throws {
    func files(_ name: String, overwrite: Bool) -> CommandFiles {
      CommandFiles(
        inputs: [], replaceable: [input], outputs: [output(name, overwrite: overwrite)])
    }
    try files("in.gguf", overwrite: true).check()
    #expect(throws: ConflictError.isInput(output: input, input: input)) {
      try files("in.gguf", overwrite: false).check()
    }
    try directory.write([1], to: "old.partial")
    #expect(throws: ConflictError.self) {
      try CommandFiles(
        inputs: [], replaceable: [directory("old.partial")], outputs: [output("old")]
      ).check()
    }
  }

  @Test("are held all or none") func holding() throws {
    try directory.write([1], to: "taken")
    #expect(throws: ConflictError.exists(directory("taken"))) {
      try CommandFiles(
        inputs: [input], outputs: [output("new"), output("taken", overwrite: false)]
      ).hold()
    }
    let names = try directory.names()
    #expect(names.allSatisfy { !$0.contains("partial") })
    let held = try CommandFiles(inputs: [input], outputs: [output("new"), output("other")]).hold()
    #expect(held.map(\.outputs) == [[directory("new")], [directory("other")]])
  }
}
