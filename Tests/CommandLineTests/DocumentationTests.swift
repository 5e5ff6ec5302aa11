import Foundation
import Testing
import TestSupport

/// The pages that a reader of the repository sees, held against its files.
@Suite struct DocumentationTests {
  /// Paths of all pages, relative to the root. Folders that begin with a dot hold builds and copies.
  private static let pages: [String] = {
    let files = FileManager.default.enumerator(
      at: Repository.root, includingPropertiesForKeys: nil, options: .skipsHiddenFiles)
    return (files?.compactMap { $0 as? URL } ?? []).filter { $0.pathExtension == "md" }
      .map { String($0.standardized.path.dropFirst(Repository.root.path.count + 1)) }.sorted()
  }()

  @Test("Pages are found") func thePagesAreThere() {
    #expect(Set(Self.pages).isSuperset(of: ["README.md", "docs/README.md", "Sources/README.md"]))
  }

  @Test("Every link to a file of the repository leads there", arguments: pages)
  func linksLeadSomewhere(page: String) throws {
    let folder = Repository.file(page).deletingLastPathComponent()
    for link in try Self.text(page).matches(of: /\]\(([^()\s]+)\)/).map(\.1)
    where !link.contains("://") {
      let parts = link.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false)
      let target = parts[0].isEmpty ? page : Self.path(String(parts[0]), from: folder)
      #expect(
        FileManager.default.fileExists(atPath: Repository.file(target).path),
        "\(page) links to \(link)")
      guard parts.count == 2, target.hasSuffix(".md") else { continue }
      #expect(
        try Self.anchors(of: target).contains(String(parts[1])),
        "\(page) links to \(link), which has no such heading")
    }
  }

  @Test("Every path that a page or NOTICE names exists", arguments: pages + ["NOTICE"])
  func namedPathsExist(page: String) throws {
    let paths = try Self.text(page).matches(of: /(?:^|\s|`)((?:Sources|Tests)\/[^\s,`]+)/).map(\.1)
    #expect(page != "NOTICE" || paths.count > 10)
    for path in paths {
      #expect(
        FileManager.default.fileExists(atPath: Repository.file(String(path)).path),
        "\(page) names \(path)")
    }
  }

  private static func text(_ path: String) throws -> String {
    try String(contentsOf: Repository.file(path), encoding: .utf8)
  }

  /// The path of a link, relative to the root.
  private static func path(_ link: String, from folder: URL) -> String {
    String(folder.appending(path: link).standardized.path.dropFirst(Repository.root.path.count + 1))
  }

  /// The anchors that GitHub gives the headings of a page: lower case, without punctuation, a hyphen
  /// for each space.
  private static func anchors(of page: String) throws -> [String] {
    try text(page).split(separator: "\n").filter { $0.hasPrefix("#") }.map { heading in
      let title = heading.drop { $0 == "#" }.trimmingCharacters(in: .whitespaces).lowercased()
      return String(
        title.filter { $0.isLetter || $0.isNumber || " -_".contains($0) }
          .map { $0 == " " ? "-" : $0 })
    }
  }
}
