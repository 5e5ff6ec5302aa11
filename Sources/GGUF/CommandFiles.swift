/// Every file that a command reads or writes, and what Ration keeps beside them. They are held against each other
/// here and nowhere else, before any work: nothing that is written may be an input, or another file that is written.
package struct CommandFiles: Sendable {
  /// Files that are only read. One shard stands for all files of a model.
  package var inputs: [String]
  /// Files that are read, and that an output which overwrites may replace in the end.
  package var replaceable: [String]
  package var outputs: [Output]
  /// Files that stay from run to run.
  package var kept: [Kept]

  /// Files that get their names together.
  package struct Output: Sendable {
    /// Their names, at least one.
    package var paths: [String]
    /// Whether files of these names may be replaced.
    package var overwrite: Bool
    /// Whether a run goes on with what an earlier one left of the same output.
    package var resumes: Bool

    package init(_ paths: [String], overwrite: Bool, resumes: Bool = false) {
      self.paths = paths
      self.overwrite = overwrite
      self.resumes = resumes
    }
  }

  /// A file that one run leaves for the next.
  package enum Kept: Sendable {
    /// Measurements, in SQLite.
    case cache(String)
    /// What a calibration has done so far.
    case checkpoint(String)
    /// What a model predicts of a text.
    case predictions(String)
  }

  /// The files of a command.
  package init(
    inputs: [String], replaceable: [String] = [], outputs: [Output] = [], kept: [Kept] = []
  ) {
    self.inputs = inputs
    self.replaceable = replaceable
    self.outputs = outputs
    self.kept = kept
  }

  /// Checks the files against each other, and holds the outputs from now on.
  ///
  /// - Returns: The outputs, in their order.
  /// - Throws: `ConflictError`, `FileError`. Nothing has been changed then.
  package func hold() throws -> [Reservation] {
    try check()
    return try outputs.map {
      try Reservation($0.paths, overwrite: $0.overwrite, resumes: $0.resumes)
    }
  }

  /// Checks the files against each other.
  ///
  /// - Throws: `ConflictError`.
  package func check() throws(ConflictError) {
    let places = outputs.flatMap(\.places) + kept.flatMap(\.places)
    for (inputs, isReplaceable) in [(inputs, false), (replaceable, true)] {
      for input in inputs.flatMap(\.shards) {
        let identity = FileIdentity(input)
        for place in places where place.identity.isSame(as: identity) {
          guard isReplaceable && place.mayReplace else {
            throw .isInput(output: place.path, input: input)
          }
        }
      }
    }
    for (index, place) in places.enumerated() {
      for other in places[..<index] where place.identity.isSame(as: other.identity) {
        if let owner = other.owner { throw .sideFile(place.path, of: owner) }
        if let owner = place.owner { throw .sideFile(other.path, of: owner) }
        throw .sameFile(other.path, place.path)
      }
    }
  }
}

/// Something that is written.
private struct Place {
  let path: String
  let identity: FileIdentity
  /// The file beside which it is kept; nil for one that was asked for.
  let owner: String?
  /// Whether it may take the place of a replaceable input.
  let mayReplace: Bool

  init(_ path: String, besides owner: String? = nil, mayReplace: Bool = false) {
    self.path = path
    identity = FileIdentity(path)
    self.owner = owner
    self.mayReplace = mayReplace
  }
}

extension CommandFiles.Output {
  fileprivate var places: [Place] {
    paths.map { Place($0, mayReplace: overwrite) }
      + paths.flatMap { path in
        [PartialFile.path(of: path), Journal.path(of: path)].map { Place($0, besides: path) }
      }
  }
}

extension CommandFiles.Kept {
  fileprivate var places: [Place] {
    switch self {
    case .cache(let path):
      // SQLite puts its own files beside the file that a link leads to.
      let ends = Set([path, LinkPath.steps(from: path).last!])
      return [Place(path)]
        + ends.sorted().flatMap { end in
          (["-wal", "-shm", "-journal"] + [SetAside.suffix]).map {
            Place(end + $0, besides: path)
          }
        }
    case .checkpoint(let path):
      let sides = [PartialFile.path(of: path), Journal.path(of: path), path + SetAside.suffix]
      return [Place(path)] + sides.map { Place($0, besides: path) }
    case .predictions(let path):
      return [Place(path)]
    }
  }
}

extension String {
  /// The files of the model that a shard's name belongs to; of any other name just that.
  fileprivate var shards: [String] {
    guard let name = ShardName(path: self) else { return [self] }
    // A name may speak of more files than there can be: those that exist are consecutive.
    var shards = [self]
    for number in 1...name.count {
      let path = name.sibling(number).path
      guard (try? FileStamp(path: path)) != nil else { break }
      shards.append(path)
    }
    return shards
  }
}
