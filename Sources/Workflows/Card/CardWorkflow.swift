package import GGUF
import Planning
package import Reports

/// Writes the model card of quantized files. Of models only headers are read.
package enum CardWorkflow: Workflow {
  package static func run(
    _ request: CardRequest, to outputs: [Reservation], _ session: Session
  ) throws -> CardReport {
    let model = try ModelFile(path: request.model)
    let base = try cardFile(of: model, session)
    let quantized = try request.quantized.map { path in
      let file = try ModelFile(path: path)
      try file.checkTensors(areThoseOf: model)
      return file
    }
    let files = try quantized.map { try cardFile(of: $0, session) }
    let evaluations = try CardEvaluations(
      of: files, base: base, paths: request.evaluations)
    let sections = try zip(quantized, files).enumerated().map { index, pair in
      CardSection(
        pair.1, recipe: try Recipe(typesOf: pair.0), base: base,
        evaluation: evaluations.ofFiles[index])
    }
    var report = CardReport(
      base: base, metadata: model.metadata, repository: request.repository,
      author: request.author, sections: sections, others: evaluations.others)
    report.picture = request.pictureAddress
    if !report.namesBase {
      session.note(
        "\(model.path.escaped) does not say where it was published: give --base-model for a card that does"
      )
    }
    // The picture first: a card that links to it is there only if the picture is.
    var outputs = outputs[...]
    let card = request.output == nil ? nil : outputs.popFirst()
    try session.write(TypeMap(files).svg, to: outputs.popFirst())
    try session.write(report.text, to: card)
    return report
  }

  /// A file as a card shows it. What it says of its making in a wrong form counts as not said, with a warning.
  private static func cardFile(of file: ModelFile, _ session: Session) throws -> CardFile {
    do throws(FormatError.Problem) {
      return CardFile(
        file, provenance: try FileProvenance(file.metadata, tensors: file.tensors.count))
    } catch {
      try session.warn("\(FormatError(path: file.path, error))")
      return CardFile(file, provenance: FileProvenance())
    }
  }
}
