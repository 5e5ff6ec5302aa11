import ArgumentParser

/// Sizes in bytes with commas between them: `900GB,80GB`.
struct ByteCounts: ExpressibleByArgument {
  let counts: [ByteCount]

  init?(argument: String) {
    let parts = argument.split(separator: ",", omittingEmptySubsequences: false)
    let counts = parts.compactMap { ByteCount(argument: String($0)) }
    guard counts.count == parts.count else { return nil }
    self.counts = counts
  }
}
