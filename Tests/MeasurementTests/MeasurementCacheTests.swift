import Codecs
import Foundation
import GGUF
import Measurement
import Testing
import TestSupport

@Suite struct MeasurementCacheTests {
  let directory = TemporaryDirectory()
  var path: String { directory("measurements.sqlite") }

  static let codec = Codec.all[5]

  static func key(_ number: Int) -> ContentDigest { ContentDigest(of: "key \(number)") }

  static func distortion(_ number: Int) -> Distortion {
    let value = Double(number) + 1 / 3
    var distortion = DistortionMeter(
      RowSample(energies: [], count: 0, seed: 0), rows: 1 << 40 + number, columns: 1
    ).result()
    distortion.loss = value
    distortion.lossVariance = value * 1e-300
    distortion.weightedRelativeError = value / 7
    distortion.rootMeanSquareError = value / 11
    distortion.maximumError = value * 1e30
    distortion.percentile95 = value / 13
    distortion.measuredRows = number
    return distortion
  }

  static func fill(_ cache: MeasurementCache, _ numbers: Range<Int>) throws {
    for number in numbers {
      try cache.store([(key(number), codec, distortion(number))], tensor: "\(number)")
    }
  }

  static func expectFilled(_ cache: MeasurementCache, _ numbers: Range<Int>) throws {
    let found = try cache.distortions(of: numbers.map(key))
    #expect(found.count == numbers.count)
    for number in numbers { #expect(found[key(number)] == distortion(number)) }
  }

  @Test func measurementsComeBackToTheLastBit() throws {
    for path in [nil, path] {
      let cache = try MeasurementCache(path: path)
      #expect(cache.warnings.isEmpty)
      #expect(try cache.distortions(of: [Self.key(0)]).isEmpty)
      try Self.fill(cache, 0..<20)
      try Self.expectFilled(cache, 0..<20)
      #expect(
        try cache.distortions(of: [Self.key(20), Self.key(3)]).keys.elementsEqual([Self.key(3)]))
    }
  }

  @Test func measurementsSurviveTheProcess() throws {
    try Self.fill(MeasurementCache(path: path), 0..<5)
    try Self.fill(MeasurementCache(path: path), 5..<9)
    let cache = try MeasurementCache(path: path)
    #expect(cache.warnings.isEmpty)
    try Self.expectFilled(cache, 0..<9)
  }

  @Test func theFolderIsCreated() throws {
    let path = directory("a/b/measurements.sqlite")
    try Self.fill(MeasurementCache(path: path), 0..<1)
    try Self.expectFilled(MeasurementCache(path: path), 0..<1)
  }

  @Test func measuringAgainReplaces() throws {
    let cache = try MeasurementCache(path: path)
    try Self.fill(cache, 0..<1)
    try cache.store([(Self.key(0), Self.codec, Self.distortion(7))], tensor: "b.weight")
    #expect(try cache.distortions(of: [Self.key(0)]) == [Self.key(0): Self.distortion(7)])
  }

  @Test func manyWritersShareAFileAndLoseNothing() async throws {
    let path = path
    // Two connections with four threads each, opened while others write.
    try await withThrowingTaskGroup { group in
      for connection in 0..<2 {
        group.addTask {
          let cache = try MeasurementCache(path: path)
          #expect(cache.warnings.isEmpty)
          try await withThrowingTaskGroup { group in
            for thread in 0..<4 {
              let start = 100 * (4 * connection + thread)
              group.addTask {
                for number in start..<start + 25 { try Self.fill(cache, number..<number + 1) }
              }
            }
            try await group.waitForAll()
          }
        }
      }
      try await group.waitForAll()
    }
    let cache = try MeasurementCache(path: path)
    for start in stride(from: 0, to: 800, by: 100) {
      try Self.expectFilled(cache, start..<start + 25)
    }
  }

  @Test func aDigestIsKnownWhereItWasTakenAndNowhereElse() throws {
    let place = { (identity: String, offset: Int, length: Int) in
      MeasurementCache.Place(identity: identity, offset: offset, length: length)
    }
    do {
      let cache = try MeasurementCache(path: path)
      #expect(try cache.digest(at: place("file", 32, 64)) == nil)
      try cache.store(Self.key(1), at: place("file", 32, 64))
      try cache.store(Self.key(2), at: place("file", 96, 64))
      try cache.store(Self.key(3), at: place("file", 96, 64))
    }
    let cache = try MeasurementCache(path: path)
    #expect(try cache.digest(at: place("file", 32, 64)) == Self.key(1))
    #expect(try cache.digest(at: place("file", 96, 64)) == Self.key(3))
    #expect(try cache.digest(at: place("other", 32, 64)) == nil)
    #expect(try cache.digest(at: place("file", 33, 64)) == nil)
    #expect(try cache.digest(at: place("file", 32, 65)) == nil)
  }
}
