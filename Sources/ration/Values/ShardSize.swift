import ArgumentParser

/// The most that a file of several may take: as `ByteCount`, but for a bare `M` or `G`, which are a million and a
/// billion bytes, as llama.cpp's `gguf-split` takes them. A limit that a host sets is met in either reading.
struct ShardSize: ExpressibleByArgument {
  let bytes: Int

  init?(argument: String) {
    let isDecimal = argument.last.map { "MmGg".contains($0) } == true
    guard let count = ByteCount(argument: isDecimal ? argument + "B" : argument) else { return nil }
    bytes = count.bytes
  }
}
