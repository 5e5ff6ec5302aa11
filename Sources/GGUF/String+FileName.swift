extension String {
  /// What follows the last slash of a path.
  package var fileName: String { split(separator: "/").last.map(String.init) ?? self }
}
