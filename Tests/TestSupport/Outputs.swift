package import GGUF

extension ModelFileWriter {
  /// A writer of a single file.
  package convenience init(
    path: String, layout: FileLayout, overwrite: Bool = false, resumes: Bool = false,
    pause: @escaping @Sendable () throws -> Void = {}
  ) throws {
    try self.init(
      [layout], to: Reservation([path], overwrite: overwrite, resumes: resumes), pause: pause)
  }
}

extension WholeFile {
  /// Writes a file that nothing else is known of.
  package static func write(_ bytes: [UInt8], to path: String, overwrite: Bool = false) throws {
    try write(bytes, to: Reservation([path], overwrite: overwrite))
  }
}
