import Codecs
package import GGUF
import Measurement
import Planning
package import Reports
import Statistics

/// Applies a recipe: writes the model with each tensor in the type that the recipe gives it.
///
/// A run that was ended leaves what it wrote, and the next run of the same recipe goes on from there, to the same
/// bytes.
package enum ApplyWorkflow: Workflow {
  package static func run(
    _ request: ApplyRequest, to outputs: [Reservation], _ session: Session
  ) throws -> ApplyReport {
    let job = try ApplyJob(request, session)
    try warn(of: job.output, request.division, session)
    let written: [WrittenFiles]
    switch request.part {
    case .whole:
      let reservation = try outputs.first ?? request.files(writing: job.paths).hold()[0]
      written = [
        try job.write(job.output, to: reservation, paths: job.paths) { writing, tensors in
          job.metadata(
            sources: writing.sources.digests, tensors: tensors, origins: writing.origins)
        }
      ]
    case .share(let share): written = try job.writeShare(share)
    case .finish: written = [try job.finish()]
    }
    return report(of: written, job, request)
  }

  private static func report(
    of written: [WrittenFiles], _ job: ApplyJob, _ request: ApplyRequest
  ) -> ApplyReport {
    let outputs = written.map(\.output)
    return ApplyReport(
      files: written.flatMap { files in
        zip(files.paths, files.output.layouts).map {
          ApplyReport.File(path: $0, bytes: $1.fileBytes)
        }
      },
      bitsPerWeight: job.output.bitsPerWeight,
      tensors: outputs.flatMap { output in
        zip(output.tensors, output.descriptors).compactMap { tensor, descriptor in
          tensor.source.map {
            ApplyReport.Tensor(
              name: $0.name, from: $0.type, type: descriptor.type, bytes: descriptor.byteCount)
          }
        }
      },
      resumed: written.reduce(0) { $0 + ($1.writing?.resumed ?? 0) },
      takenOver: job.old.map { old in
        (written.reduce(0) { $0 + ($1.writing?.takenOver ?? 0) }, old.file.path)
      },
      compensation: job.moments == nil
        ? nil : ApplyReport.Compensation(trials: written.flatMap { $0.writing?.trials ?? [] }),
      part: ApplyReport.Part(request.part, of: job.paths.count))
  }

  /// Warns of files that a single tensor makes larger than they should be.
  private static func warn(
    of output: OutputPlan, _ division: FileDivision, _ session: Session
  ) throws {
    guard case .limited(let bytes, _) = division else { return }
    for layout in output.layouts where layout.fileBytes > bytes {
      try session.warn(
        "a file of \(layout.fileBytes) bytes is larger than --split-max-size allows: "
          + (layout.tensors.last.map { "tensor \($0.name.escaped) cannot be divided" }
            ?? "the metadata cannot be divided"))
    }
  }
}

extension ApplyReport.Part {
  /// What a report calls a part; nil for the whole.
  fileprivate init?(_ part: WorkPart, of files: Int) {
    switch part {
    case .whole: return nil
    case .share(let share): self = .share("\(share)", files: files)
    case .finish: self = .finish(files: files)
    }
  }
}
