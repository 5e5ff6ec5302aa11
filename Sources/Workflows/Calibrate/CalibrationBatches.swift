import Calibration
package import GGUF
import NeuralNetwork

/// The batches of a calibration that several processes run, each batch in a file beside the output. They are added in their
/// order, whoever has run them, so the sums are those of one process.
struct CalibrationBatches {
  private let job: CalibrationJob
  /// Where the statistics will be.
  private let output: String
  private let session: Session

  init(_ job: CalibrationJob, output: String, _ session: Session) {
    self.job = job
    self.output = output
    self.session = session
  }

  private var model: CalibratedModel { job.model }
  private var work: CalibrationWork { job.work }

  /// Runs a share of the batches; those that are there already stay.
  ///
  /// - Returns: how many batches the share has.
  func run(_ share: WorkShare) throws -> Int {
    let costs = (0..<work.batches).map { Double(work.sequences(ofBatch: $0).count) }
    let own = share.consecutive(costs)
    let missing = try own.filter { try state(ofBatch: $0) == nil }
    guard !missing.isEmpty else { return own.count }
    let network = try model.smoothedNetwork(
      over: sequences(0..<min(model.sequencesForSpreads, job.sequences)), session)
    let seeds = model.labelSeeds(job.sequences)
    for number in missing {
      let range = work.sequences(ofBatch: number)
      let batch = zip(try sequences(range), seeds[range]).map {
        CalibrationSequence(tokens: $0, seed: $1)
      }
      let progress = TokenProgress(
        "calibrating", tokens: range.count * model.sequence, session)
      defer { progress.end() }
      var state = CalibrationState()
      state.add(
        try network.calibrate(batch, progress: progress.part(range.count * model.sequence)))
      try job.checkUnchanged()
      try state.save(to: path(ofBatch: number), key: job.key)
    }
    return own.count
  }

  /// All batches together.
  ///
  /// - Throws: `MissingBatches`.
  func sum() throws -> CalibrationState {
    var sum = CalibrationState()
    var missing: [Int] = []
    for number in 0..<work.batches {
      if let state = try state(ofBatch: number) {
        sum.add(state)
      } else {
        missing.append(number + 1)
      }
    }
    guard missing.isEmpty else {
      throw MissingBatches(path: output, numbers: missing, count: work.batches)
    }
    return sum
  }

  /// Removes the files.
  func remove() { for number in 0..<work.batches { try? WholeFile.remove(path(ofBatch: number)) } }

  private func path(ofBatch number: Int) -> String {
    "\(output).batch-\(number + 1)-of-\(work.batches)"
  }

  /// What a batch has come to; nil where it is not there, or is damaged.
  private func state(ofBatch number: Int) throws -> CalibrationState? {
    let path = path(ofBatch: number)
    guard try FileStamp.ofExisting(path: path) != nil else { return nil }
    do {
      return try CalibrationState.saved(at: path, key: job.key, of: work, batch: number)
    } catch let error where error is UnusableCheckpoint || error is FormatError {
      session.note("\(error); the batch is run again")
      return nil
    }
  }

  /// Some sequences of the text; the model writes those that are its own.
  private func sequences(_ range: Range<Int>) throws -> [[Int32]] {
    let given = job.text.given.count
    var sequences = Array(job.text.given[range.clamped(to: 0..<given)])
    var next = max(range.lowerBound, given) - given
    let end = range.upperBound - given
    guard next < end else { return sequences }
    let progress = TokenProgress("writing", tokens: (end - next) * model.sequence, session)
    defer { progress.end() }
    while next < end {
      let size = model.network.textsAtATime(of: end - next, length: model.sequence)
      sequences += try model.network.write(
        size, length: model.sequence, model.tokenizer,
        // Each text has its own seed, whoever writes it.
        seed: model.request.seed &+ UInt64(next), progress: progress.part(size * model.sequence))
      next += size
    }
    return sequences
  }
}

/// Batches of a calibration that nobody has run yet.
package struct MissingBatches: ClassifiedError {
  package let path: String
  /// From 1 on.
  package let numbers: [Int]
  /// How many there are.
  package let count: Int

  package var kind: ErrorKind { .badInput }

  package var description: String {
    let (noun, verb) = numbers.count == 1 ? ("batch", "is") : ("batches", "are")
    return
      "\(path.escaped): of \(count) batches, \(noun) \(numbers.inWords) \(verb) not there yet; run the "
      + "shares again, with the same options"
  }
}
