import GGUF
package import Reports

/// Shows what a model's file is and how it was made. Only its headers are read.
package enum ShowWorkflow {
  package static func run(model path: String) throws -> ShowReport {
    let model = try ModelFile(path: path)
    let bytes = try model.shardPaths.reduce(0) { try $0 + FileStamp(path: $1).size }
    return ShowReport(model, fileBytes: bytes)
  }
}
