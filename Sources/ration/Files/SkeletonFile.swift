import Foundation
import GGUF
import Planning
import Workflows

/// Finds skeletons: the stock mixes that come with ration, by name, and others by file.
enum SkeletonFile {
  private static let suffix = ".recipe"

  /// The skeleton in a file, or of a name such as `IQ4_KSS`, in any capitalisation.
  static func read(_ nameOrPath: String) throws -> NamedSkeleton {
    let place = RecipePlace(nameOrPath)
    guard
      nameOrPath == RecipeInput.standardInput || FileManager.default.fileExists(atPath: place.path)
    else {
      throw UnknownSkeleton(name: nameOrPath, known: stockNames)
    }
    return try read(file: place.path, remarks: place.remarks)
  }

  /// The stock mixes; none where their folder is missing.
  static func stock() throws -> [NamedSkeleton] {
    try stockNames.compactMap { try stockFile(of: $0) }.map { try read(file: $0) }
  }

  /// The file of a stock mix, or nil.
  static func stockFile(of name: String) throws -> String? {
    guard stockNames.contains(name.uppercased()) else { return nil }
    return try SharedFolder.recipes.find().appending(path: name.lowercased() + suffix).path
  }

  /// The names of the stock mixes; none where their folder is missing.
  static var stockNames: [String] {
    let folder = try? SharedFolder.recipes.find().path
    let files = folder.flatMap { try? FileManager.default.contentsOfDirectory(atPath: $0) } ?? []
    return files.filter { $0.hasSuffix(suffix) }.map { $0.dropLast(suffix.count).uppercased() }
      .sorted()
  }

  private static func read(
    file path: String, remarks: [RecipeRemark] = []
  ) throws -> NamedSkeleton {
    let text = try RecipeInput.read(path)
    guard !Skeleton.hasConditions(text) else {
      return named(try skeleton(in: path, text), path, remarks: remarks)
    }
    let source = try RecipeFile.source(in: path, text)
    let (skeleton, more) = source.skeleton(mix: try mix(of: source))
    return named(skeleton, path, remarks: remarks + more)
  }

  private static func named(
    _ skeleton: Skeleton, _ path: String, remarks: [RecipeRemark]
  ) -> NamedSkeleton {
    let name = skeleton.provenance["ftype"] ?? URL(filePath: path).lastPathComponent
    return NamedSkeleton(name: name, skeleton: skeleton, path: path, remarks: remarks)
  }

  /// The mix that a command leaves other tensors to, if it is one of the stock mixes.
  static func mix(of source: RecipeSource) throws -> Skeleton? {
    guard let name = source.remainder?.mix, let file = try stockFile(of: name) else { return nil }
    return try read(file: file).skeleton
  }

  /// The skeleton that a file holds.
  static func skeleton(in path: String, _ text: String) throws -> Skeleton {
    do {
      return try Skeleton(parsing: text)
    } catch {
      throw RecipeFileError(path: path, problem: "\(error)")
    }
  }
}

/// A skeleton that is neither a stock mix nor a file.
struct UnknownSkeleton: ClassifiedError {
  let name: String
  let known: [String]

  var kind: ErrorKind { .usage }

  var description: String {
    "no skeleton ‘\(name.escaped)’: there is no such file, nor is it one of "
      + known.joined(separator: ", ")
  }
}
