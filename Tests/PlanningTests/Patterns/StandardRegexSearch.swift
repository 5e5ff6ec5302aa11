import StandardRegex

/// C++'s `std::regex`, which the programs that read recipes search names with.
enum StandardRegexSearch {
  /// Whether each name has a part that the pattern matches; nil where the pattern is refused or the search
  /// given up.
  static func matches(_ pattern: String, in names: [String]) -> [Bool?] {
    var results = [StandardRegexResult](repeating: StandardRegexRefused, count: names.count)
    let texts = names.map { Array($0.utf8CString) }
    withPointers(to: texts[...], []) { pointers in
      standard_regex_search(pattern, pointers, pointers.count, &results)
    }
    return results.map { result in
      switch result {
      case StandardRegexFound: true
      case StandardRegexNotFound: false
      default: nil
      }
    }
  }

  /// Whether the pattern is well-formed.
  static func accepts(_ pattern: String) -> Bool { matches(pattern, in: [""]) != [nil] }

  private static func withPointers(
    to texts: ArraySlice<[CChar]>, _ pointers: [UnsafePointer<CChar>],
    _ body: ([UnsafePointer<CChar>]) -> Void
  ) {
    guard let first = texts.first else { return body(pointers) }
    first.withUnsafeBufferPointer {
      withPointers(to: texts.dropFirst(), pointers + [$0.baseAddress!], body)
    }
  }
}
