import Codecs
package import GGUF
import Planning

extension ApplyJob {
  /// What all processes that write this output together are agreed on.
  private var key: ContentDigest { ModelFileWriter.key(of: output.layouts) }

  /// Writes a share of the files behind the first, each with a record of it. What is there already stays.
  func writeShare(_ share: WorkShare) throws -> [WrittenFiles] {
    try checkDivided()
    guard !isFinished else { return [] }
    let own = share.balanced(output.layouts.indices.dropFirst().map { cost(of: output.file($0)) })
    return try own.map { place in
      let number = place + 1
      let file = output.file(number)
      let path = paths[number]
      if let record = FileRecord(of: path, key: key, file), record.file(path, file).isThere {
        return WrittenFiles(output: file, paths: [path], writing: nil)
      }
      let files = CommandFiles(
        inputs: request.files(writing: []).inputs,
        outputs: [
          CommandFiles.Output([path], overwrite: request.overwrite, resumes: true)
        ])
      return try write(file, to: try files.hold()[0], paths: [path]) { writing, tensors in
        // Before the file has its name: a file that has one has a record.
        try FileRecord(key: key, file, writing, digests: tensors).write(beside: path)
        return nil
      }
    }
  }

  /// Checks all files behind the first, and writes the first.
  func finish() throws -> WrittenFiles {
    try checkDivided()
    guard !isFinished else {
      for path in paths.dropFirst() { try FileRecord.remove(beside: path) }
      return WrittenFiles(output: output, paths: paths, writing: nil)
    }
    var records: [FileRecord] = []
    var missing: [Int] = []
    for number in output.layouts.indices.dropFirst() {
      let file = output.file(number)
      if let record = FileRecord(of: paths[number], key: key, file),
        record.file(paths[number], file).isThere
      {
        records.append(record)
      } else {
        missing.append(number + 1)
      }
    }
    guard missing.isEmpty else {
      throw MissingFiles(path: request.output, numbers: missing, count: paths.count)
    }
    let reservation = try request.files(writing: [paths[0]]).hold()[0]
    try verify(records)
    let first = try write(output.file(0), to: reservation, paths: [paths[0]]) { writing, tensors in
      metadata(
        sources: writing.sources.digests + records.flatMap(\.sources),
        tensors: tensors + records.flatMap(\.digests),
        origins: writing.origins + records.flatMap(\.origins))
    }
    for path in paths.dropFirst() { try FileRecord.remove(beside: path) }
    return WrittenFiles(output: output, paths: paths, writing: first.writing)
  }

  /// Reads all files behind the first back.
  private func verify(_ records: [FileRecord]) throws {
    let tensors = output.tensors.dropFirst(output.layouts[0].tensors.count)
    session.progress.begin(
      "checking the files", total: tensors.reduce(0) { $0 + ($1.source?.elements ?? 0) },
      of: .weights)
    defer { session.progress.end() }
    for (number, record) in zip(output.layouts.indices.dropFirst(), records) {
      let path = paths[number]
      try record.file(path, output.file(number)).verify(
        by: session.workers, pause: session.interruption.check
      ) { tensor, rows, bytes in
        try Self.checkFinite(bytes, of: tensor, rows, path: path)
        session.progress.advance(by: rows.count * tensor.columns)
      }
    }
  }

  /// Whether the output was completed before: its first file says that it was made by this recipe, into these files.
  private var isFinished: Bool {
    guard let model = try? ModelFile(path: paths[0]),
      let provenance = try? FileProvenance(model.metadata, tensors: model.tensors.count)
    else { return false }
    let planned = try? FileProvenance(
      output.layouts[0].metadata, tensors: output.tensors.count)
    return provenance.recipeDigest == planned?.recipeDigest && provenance.version == request.version
      && model.tensors.map(\.placeInFile) == output.descriptors.map(\.placeInFile)
  }

  private func checkDivided() throws {
    guard output.layouts.count > 1 else { throw UndividedOutput(path: request.output) }
  }

  /// What a file costs to make, in nanoseconds of a thread.
  private func cost(of file: OutputPlan) -> Double {
    file.tensors.reduce(0) { sum, tensor in
      guard let source = tensor.source else { return sum }
      let encoding = source.type == tensor.type ? 0 : Codec.of(tensor.type)?.encodingCost ?? 0
      return sum + Double(source.elements) * (Codec.readingCost + encoding)
    }
  }
}

extension TensorDescriptor {
  /// What a tensor is and where it lies, whatever the file's number.
  fileprivate var placeInFile: [String] { [name, type.name, "\(shape)", "\(offset)"] }
}

/// An output of one file, which several processes cannot write.
package struct UndividedOutput: ClassifiedError {
  package let path: String
  package var kind: ErrorKind { .usage }
  package var description: String {
    "\(path.escaped): one file cannot be shared; divide the output with a smaller --split-max-size, or --keep-split"
  }
}

/// Files of an output that nobody has written yet.
package struct MissingFiles: ClassifiedError {
  package let path: String
  /// From 1 on.
  package let numbers: [Int]
  /// How many files the output has.
  package let count: Int

  package var kind: ErrorKind { .badInput }

  package var description: String {
    let noun = numbers.count == 1 ? "file" : "files"
    return "\(path.escaped): of \(count) files, \(noun) \(numbers.inWords) "
      + "\(numbers.count == 1 ? "is" : "are") not there yet; run the shares again, with the same options"
  }
}
