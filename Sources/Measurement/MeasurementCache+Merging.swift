import GGUF
import GRDB

extension MeasurementCache {
  /// Takes in what a file of measurements has. Rows that are known already stay as they are, so that a file can be taken
  /// in again; rows that are not as they were stored come in too, and are made anew when they are met.
  ///
  /// - Parameter path: of a file that `ShareFile.header(of:)` has accepted.
  /// - Returns: How many measurements the file has, and how many of them are new.
  package func merge(_ path: String) throws -> (count: Int, new: Int) {
    try database.writeWithoutTransaction { db in
      try db.execute(sql: "ATTACH DATABASE ? AS shard", arguments: [path])
      defer { try? db.execute(sql: "DETACH DATABASE shard") }
      let columns = MeasurementTables.measurementColumns
      let list = columns.joined(separator: ", ")
      let changes = columns.dropFirst().map { "\($0) = excluded.\($0)" }
      try db.inTransaction {
        try db.execute(
          sql: """
            INSERT INTO main.measurement (\(list)) SELECT \(list) FROM shard.measurement WHERE true
            ON CONFLICT (key) DO UPDATE SET \(changes.joined(separator: ", "))
            WHERE measurement.checksum <> excluded.checksum
            """)
        return .commit
      }
      let new = db.changesCount
      return (try Int.fetchOne(db, sql: "SELECT count(*) FROM shard.measurement") ?? 0, new)
    }
  }
}
