import Foundation
import GRDB
import Measurement
import Testing
import TestSupport

/// A cache is disposable: whatever has become of its file, the run goes on.
@Suite struct MeasurementCacheFaultTests {
  typealias Cache = MeasurementCacheTests

  let directory = TemporaryDirectory()
  var path: String { directory("measurements.sqlite") }

  /// A cache of ten measurements, in one file.
  func sound() throws -> [UInt8] {
    try Cache.fill(MeasurementCache(path: path), 0..<10)
    try edit("PRAGMA wal_checkpoint(TRUNCATE)")
    return try contents(of: path)
  }

  /// Does something to the file behind the cache's back.
  func edit(_ sql: String) throws {
    try DatabaseQueue(path: path).writeWithoutTransaction { try $0.execute(sql: sql) }
  }

  /// Opens the cache, which is to be empty, usable and set aside what was there.
  func expectSetAside(_ original: [UInt8]?) throws {
    let cache = try MeasurementCache(path: path)
    #expect(cache.warnings.count == 1)
    #expect(cache.warnings.first?.contains(path) == true)
    #expect(cache.warnings.first?.contains("\(path).unreadable") == true)
    if let original { #expect(try contents(of: "\(path).unreadable") == original) }
    #expect(try cache.distortions(of: (0..<10).map(Cache.key)).isEmpty)
    try Cache.fill(cache, 0..<3)
    let next = try MeasurementCache(path: path)
    #expect(next.warnings.isEmpty)
    try Cache.expectFilled(next, 0..<3)
  }

  @Test(arguments: [0.01, 0.1, 0.3, 0.5]) func aTruncatedFileIsSetAside(share: Double) throws {
    let bytes = try sound()
    let part = Array(bytes[..<Int(share * Double(bytes.count))])
    try directory.write(part, to: "measurements.sqlite")
    try expectSetAside(part)
  }

  @Test func anEmptyFileIsAsGoodAsNone() throws {
    try directory.write([], to: "measurements.sqlite")
    #expect(try MeasurementCache(path: path).warnings.isEmpty)
  }

  @Test func aDamagedPageIsSetAside() throws {
    var bytes = try sound()
    for index in 4096..<min(bytes.count, 3 * 4096) { bytes[index] = 0xA5 }
    try directory.write(bytes, to: "measurements.sqlite")
    try expectSetAside(bytes)
  }

  @Test func aSecondDamagedFileGetsANameOfItsOwn() throws {
    var bytes = try sound()
    for index in 4096..<bytes.count { bytes[index] = 0xA5 }
    let folder = directory("measurements.sqlite.unreadable")
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    try directory.write([1], to: "measurements.sqlite.unreadable/precious")
    for number in [2, 3] {
      try directory.write(bytes, to: "measurements.sqlite")
      let cache = try MeasurementCache(path: path)
      #expect(cache.warnings.first?.contains("\(path).unreadable-\(number)") == true)
      #expect(try contents(of: "\(path).unreadable-\(number)") == bytes)
    }
    #expect(try contents(of: "\(folder)/precious") == [1])
  }

  @Test func whereNoFileCanBeTheCacheLivesInMemory() throws {
    try directory.write([1], to: "file")
    for path in [directory("file/measurements.sqlite"), "/proc/ration.sqlite"] {
      let cache = try MeasurementCache(path: path)
      #expect(cache.warnings.count == 1)
      #expect(cache.warnings.first?.contains(path) == true)
      #expect(cache.warnings.first?.hasSuffix("measurements are not kept") == true)
      try Cache.fill(cache, 0..<3)
      try Cache.expectFilled(cache, 0..<3)
    }
    #expect(try directory.names() == ["file"])
  }

  @Test(
    arguments: [
      "loss = 9e999", "loss = -9e999", "lossVariance = 9e999", "weightedRelativeError = 9e999",
      "rootMeanSquareError = 9e999", "maximumError = 9e999", "percentile95 = 9e999",
      "loss = -1", "lossVariance = -1", "loss = 'none'", "percentile95 = x'00'",
      "rows = 'many'",
    ]) func aFigureThatIsNoNumberIsIgnored(_ assignment: String) throws
  {
    _ = try sound()
    let all = (0..<10).map(Cache.key)
    try edit("UPDATE measurement SET \(assignment) WHERE tensor = '4'")
    let cache = try MeasurementCache(path: path)
    #expect(!cache.hasDamagedRows)
    let found = try cache.distortions(of: all)
    #expect(found.count == 9 && found[Cache.key(4)] == nil)
    #expect(cache.hasDamagedRows)
  }

  @Test(
    arguments: [
      "loss = loss * 2", "lossVariance = 0", "tensor = 'x'", "type = 'x'", "rows = rows + 1",
      "checksum = x'0011223344556677'", "checksum = x''",
      "key = (SELECT key FROM measurement WHERE tensor = '5'), tensor = '4'",
    ]) func aRowThatIsNotAsItWasStoredIsIgnored(_ assignment: String) throws
  {
    _ = try sound()
    try edit("UPDATE OR REPLACE measurement SET \(assignment) WHERE tensor = '4'")
    let cache = try MeasurementCache(path: path)
    #expect(try cache.distortions(of: (0..<4).map(Cache.key)).count == 4)
    #expect(!cache.hasDamagedRows)
    let found = try cache.distortions(of: (0..<10).map(Cache.key))
    #expect(found.keys.allSatisfy { $0 != Cache.key(4) } && found.count >= 8)
    for (key, distortion) in found {
      let number = try #require((0..<10).first { Cache.key($0) == key })
      #expect(distortion == Cache.distortion(number))
    }
    // Measured anew, it is as good as new.
    try Cache.fill(cache, 0..<10)
    try Cache.expectFilled(MeasurementCache(path: path), 0..<10)
  }

  @Test func aDigestOfAnotherPlaceIsIgnored() throws {
    let places = [0, 64].map {
      MeasurementCache.Place(identity: "file", offset: $0, length: 1)
    }
    let cache = try MeasurementCache(path: path)
    for (number, place) in places.enumerated() { try cache.store(Cache.key(number), at: place) }
    try edit("UPDATE digest SET key = (SELECT key FROM digest WHERE start = 64) WHERE start = 0")
    let damaged = try MeasurementCache(path: path)
    #expect(try damaged.digest(at: places[1]) == Cache.key(1))
    #expect(!damaged.hasDamagedRows)
    #expect(try damaged.digest(at: places[0]) == nil)
    #expect(damaged.hasDamagedRows)
  }

  @Test func aDigestOfAnotherLengthIsIgnored() throws {
    let place = MeasurementCache.Place(identity: "file", offset: 0, length: 1)
    try MeasurementCache(path: path).store(Cache.key(1), at: place)
    try edit("UPDATE digest SET key = x'00ff'")
    #expect(try MeasurementCache(path: path).digest(at: place) == nil)
  }
}
