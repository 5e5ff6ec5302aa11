package import GGUF

/// What `ration measure` is asked for.
package struct MeasureRequest: CommandRequest {
  /// The model, and what its plan will have to respect. The cache is one of this command's own: see `ownCache`.
  package var inputs: PlanInputs
  /// The share of all measurements to make.
  package var share: WorkShare
  /// Where they go.
  package var output: String
  /// Whether another existing file may be replaced.
  package var overwrite: Bool
  /// The version of the program.
  package var version: String

  package init(
    inputs: PlanInputs, share: WorkShare, output: String, overwrite: Bool = false, version: String
  ) {
    self.inputs = inputs
    self.inputs.cache = Self.ownCache(of: output)
    self.share = share
    self.output = output
    self.overwrite = overwrite
    self.version = version
  }

  /// What an ended run leaves for the next one: a cache beside the output. Processes on a shared disk do not write one
  /// database together.
  private static func ownCache(of output: String) -> String { output + ".cache" }

  // Whether what is there may be replaced depends on what it is.
  package var files: CommandFiles { inputs.files(writing: output, overwrite: true) }
}
