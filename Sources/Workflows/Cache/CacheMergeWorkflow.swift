package import GGUF
import Measurement
package import Reports

/// What `ration cache merge` is asked for.
package struct CacheMergeRequest: CommandRequest {
  /// The files of measurements, at least one.
  package var shares: [String]
  /// The cache that takes them in.
  package var cache: String

  package init(shares: [String], cache: String) {
    self.shares = shares
    self.cache = cache
  }

  package var files: CommandFiles { CommandFiles(inputs: shares, kept: [.cache(cache)]) }
}

/// Takes what several processes have measured into a cache, for whoever plans.
package enum CacheMergeWorkflow: Workflow {
  package static func run(
    _ request: CacheMergeRequest, to _: [Reservation], _ session: Session
  ) throws -> CacheMergeReport {
    try request.files.check()
    let headers = try request.shares.map { try ShareFile.header(of: $0) }
    let first = headers[0]
    for (path, header) in zip(request.shares, headers) {
      guard header.encoders == .encoders else {
        throw ShareMismatch(path: path, problem: .otherEncoders(version: header.version))
      }
      guard header.work == first.work, header.count == first.count else {
        throw ShareMismatch(
          path: path,
          problem: .otherWork(than: request.shares[0], isModel: header.model != first.model))
      }
    }
    let cache = try session.openCache(request.cache)
    guard cache.isKept else { throw UnusableCache(path: request.cache) }
    var report = CacheMergeReport(
      cache: request.cache, model: first.model, shares: first.count,
      missing: Set(1...first.count).subtracting(headers.map(\.number)).sorted())
    let (count, new) = try cache.merge(request.shares)
    report.add(measurements: count, new: new)
    if let sentence = report.missingSentence { try session.warn(sentence) }
    return report
  }
}

/// A file of measurements that does not belong to the others, or to this program.
package struct ShareMismatch: ClassifiedError {
  package let path: String
  package let problem: Problem

  package enum Problem: Sendable {
    /// It was made by a version with other encoders.
    case otherEncoders(version: String)
    /// It is of another model, or was measured with other statistics, options or a different number of shares.
    case otherWork(than: String, isModel: Bool)
  }

  package var kind: ErrorKind { .badInput }

  package var description: String {
    let words =
      switch problem {
      case .otherEncoders(let version):
        "ration \(version.escaped) measured it with other encoders than this version has"
      case .otherWork(let other, let isModel):
        isModel
          ? "it is of another model than \(other.escaped)"
          : "it and \(other.escaped) are not shares of the same measurements: model, statistics, options or the "
            + "number of shares differ"
      }
    return "\(path.escaped): \(words)"
  }
}

/// A cache that cannot keep anything.
package struct UnusableCache: ClassifiedError {
  package let path: String
  package var kind: ErrorKind { .inputOutput }
  package var description: String { "\(path.escaped): no cache can be kept there" }
}
