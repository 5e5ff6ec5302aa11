import GGUF

/// What a cache has taken in, to be shown.
package struct CacheMergeReport: TextReport {
  /// The cache's file.
  package let cache: String
  /// The name of the model's file.
  package let model: String
  /// How many shares the work has.
  package let shares: Int
  /// The numbers of the shares that were not given.
  package let missing: [Int]
  /// How many measurements the files have.
  package private(set) var measurements = 0
  /// How many of them the cache did not know.
  package private(set) var new = 0

  package init(cache: String, model: String, shares: Int, missing: [Int]) {
    self.cache = cache
    self.model = model
    self.shares = shares
    self.missing = missing
  }

  /// Counts what a file has.
  package mutating func add(measurements: Int, new: Int) {
    self.measurements += measurements
    self.new += new
  }

  /// Which shares were not given; nil where all were.
  package var missingSentence: String? {
    guard !missing.isEmpty else { return nil }
    let noun = missing.count == 1 ? "share" : "shares"
    return
      "of the \(shares) shares of \(model.escaped) no file of \(noun) "
      + "\(missing.inWords) was given; a plan measures what it lacks"
  }

  package func text(columns: Int?) -> String {
    let given = shares - missing.count
    return
      "\(cache.escaped): \(measurements) measurements of \(model.escaped), \(new) of them new, from "
      + "\(given) of \(shares) \(shares == 1 ? "share" : "shares")\n"
  }
}
