import Codecs
import Foundation
import GGUF
import Planning
import Testing
import TestSupport

@Suite("The skeletons in recipes/")
struct SkeletonStockTests {
  static let folder = Repository.file("recipes")

  /// By name, without the ending.
  static let all: [String: Skeleton] = {
    let files = try! FileManager.default.contentsOfDirectory(atPath: folder.path)
    let names = files.filter { $0.hasSuffix(".recipe") }.map { $0.dropLast(".recipe".count) }
    return Dictionary(
      uniqueKeysWithValues: names.map { name in
        let file = folder.appending(path: "\(name).recipe")
        let text = try! String(contentsOf: file, encoding: .utf8)
        return (String(name), try! Skeleton(parsing: text))
      })
  }()

  @Test("are the folder's only files besides README and scripts, and bear the names of their mixes")
  func names() throws {
    let files = try FileManager.default.contentsOfDirectory(atPath: Self.folder.path)
    #expect(Set(files) == Set(Self.all.keys.map { "\($0).recipe" } + ["README.md", "cluster"]))
    for (name, skeleton) in Self.all {
      #expect(skeleton.provenance["ftype"]?.lowercased() == name)
      #expect(skeleton.provenance["source"] != nil)
    }
  }

  @Test("assign what llama-quantize assigns, tensor for tensor", arguments: SkeletonFixture.all)
  func matchQuantizer(fixture: SkeletonFixture) throws {
    for expected in fixture.assignments {
      let skeleton = try #require(Self.all[expected.ftype])
      for imatrix in expected.imatrix {
        let types = skeleton.types(for: fixture.outline, imatrix: imatrix)
        let differing = zip(fixture.outline.tensors, zip(types, expected.types))
          .filter { $0.1.0 != $0.1.1 }
        #expect(differing.isEmpty, "\(expected.ftype), imatrix \(imatrix)")
      }
    }
  }

  @Test("are those of llama-quantize but for two of Ration's own")
  func coverage() {
    let ours: Set = ["iq3_km", "iq3_kss"]
    for fixture in SkeletonFixture.all {
      let theirs = Set(fixture.assignments.map(\.ftype))
      #expect(theirs.union(ours) == Set(Self.all.keys), "\(fixture.name)")
    }
  }

  @Test("give types that Ration writes")
  func writable() {
    let named = Self.all.values.flatMap { $0.rules.map(\.typeRule.type) }
    let given = SkeletonFixture.all.flatMap {
      $0.assignments.flatMap { $0.types.compactMap(\.self) }
    }
    for type in Set(named + given) { #expect(Codec.of(type)?.canEncode == true, "\(type)") }
  }

  @Test("IQ3_KM takes 3.70 bits per weight, and IQ3_KSS 3.25", arguments: FamiliarModel.all)
  func sizes(model: FamiliarModel) throws {
    for (name, size) in [("iq3_km", 3.70), ("iq3_kss", 3.25)] {
      let types = try #require(Self.all[name]).types(for: model.outline, imatrix: true)
      #expect(abs(model.bitsPerWeight(of: types) - size) <= 0.05, "\(name)")
    }
  }
}
