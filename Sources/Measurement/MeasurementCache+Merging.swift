import GGUF
import GRDB

extension MeasurementCache {
  /// Takes in what files of measurements have. Rows that are known already stay as they are, so that files can be taken
  /// in again; rows that are not as they were stored come in too, and are made anew when they are met.
  ///
  /// All rows go in at once and in the order of their keys: keys are as good as random, so file by file most pages of the
  /// cache would be written again and again.
  ///
  /// - Parameter paths: of files that `ShareFile.header(of:)` has accepted.
  /// - Returns: How many measurements the files have, and how many of them are new.
  package func merge(_ paths: [String]) throws -> (count: Int, new: Int) {
    let columns = MeasurementTables.measurementColumns
    let list = columns.joined(separator: ", ")
    let changes = columns.dropFirst().map { "\($0) = excluded.\($0)" }.joined(separator: ", ")
    return try database.writeWithoutTransaction { db in
      try db.execute(sql: "PRAGMA temp_store = MEMORY")
      try db.execute(
        sql: "CREATE TEMP TABLE incoming AS SELECT \(list) FROM main.measurement LIMIT 0")
      defer { try? db.execute(sql: "DROP TABLE temp.incoming") }
      for path in paths {
        try db.execute(sql: "ATTACH DATABASE ? AS shard", arguments: [path])
        defer { try? db.execute(sql: "DETACH DATABASE shard") }
        try db.execute(
          sql: "INSERT INTO temp.incoming SELECT \(list) FROM shard.measurement")
      }
      try db.inTransaction {
        try db.execute(
          sql: """
            INSERT INTO main.measurement (\(list)) SELECT \(list) FROM temp.incoming WHERE true ORDER BY key
            ON CONFLICT (key) DO UPDATE SET \(changes)
            WHERE measurement.checksum <> excluded.checksum
            """)
        return .commit
      }
      let new = db.changesCount
      return (try Int.fetchOne(db, sql: "SELECT count(*) FROM temp.incoming") ?? 0, new)
    }
  }
}
