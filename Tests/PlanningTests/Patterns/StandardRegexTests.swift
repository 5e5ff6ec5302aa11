import Foundation
import GGUF
import Planning
import Testing
import TestSupport

// Other standard libraries than GNU's differ from it in corners of the grammar.
#if os(Linux)
  /// `TensorPattern` claims to read patterns as the programs do that a recipe is for: here both read the
  /// same ones.
  @Suite("A tensor pattern, held against std::regex")
  struct StandardRegexTests {
    /// What our engine makes of the names; nil for all where it refuses the pattern.
    private static func matches(_ pattern: String, in names: [String]) -> [Bool?] {
      guard let pattern = try? TensorPattern(pattern) else { return names.map { _ in nil } }
      return names.map { pattern.matches($0) }
    }

    @Test("matches the same names, for patterns of any kind", arguments: 0..<20)
    func randomPatterns(seed: UInt64) {
      var random = RandomPattern(seed: seed)
      var accepted = 0
      for _ in 0..<500 {
        let pattern = random.next()
        guard !pattern.isEmpty, !Self.isRefusedOnPurpose(pattern) else { continue }
        let names = (0..<8).map { _ in random.name() }
        let ours = Self.matches(pattern, in: names)
        let theirs = StandardRegexSearch.matches(pattern, in: names)
        #expect(ours == theirs, "\(pattern.debugDescription) in \(names)")
        if theirs[0] != nil { accepted += 1 }
      }
      #expect(accepted > 300)
    }

    @Test("matches the same tensors, for every pattern in recipes/ and those of published recipes")
    func publishedPatterns() throws {
      let names = Array(Set(SkeletonFixture.all.flatMap { $0.outline.tensors.map(\.name) }))
        .sorted()
      let shipped = SkeletonStockTests.all.values.flatMap { $0.rules.map(\.typeRule.pattern.text) }
      for pattern in Set(shipped + Self.published) {
        #expect(
          Self.matches(pattern, in: names) == StandardRegexSearch.matches(pattern, in: names),
          "\(pattern)")
      }
      #expect(names.count > 1_000 && shipped.count > 100)
    }

    /// Patterns as recipes on the Hub and in ik_llama.cpp's discussions have them.
    private static let published = [
      #"blk\.[0-9]\.attn_k.*"#, #"blk\.(3[0-9]|4[0-6])\.ffn_down_exps\.weight"#,
      #"blk\.[0-2]\..*"#, #"blk\..*\.attn_.*"#, #"token_embd\.weight"#, "token_embd", "output",
      #"^output\.weight$"#, #"blk\.([0-9]|[1-5][0-9]|60)\.ffn_(gate|up)_exps\.weight"#,
      "ffn_(?:gate|up|down)_shexp", "attn_(?!output)", #"blk\.(?:[3-9]|[1-5]\d|60)\.ffn_down"#,
      #"^blk\.\d+\.(attn_(q|k|v)|ffn_down)\.weight$"#, ".*", "exps", "(ffn_up|ffn_gate)_exps",
      #"blk\.[1-9][0-9]?\.ffn_.*_exps\.weight"#, #"\.attn_kv_b\.weight"#, "attn_[qk]_b",
    ]

    /// Forms that `std::regex` reads and Ration refuses, each for a reason.
    @Test(
      "is refused where nobody should depend on what it means",
      arguments: [
        // Cost without bound: no matcher of bounded time follows back references, look-aheads in
        // look-aheads multiply.
        #"(a)\1"#, "(?=a(?=b))", "(?!a(?!b))",
        // More states than any pattern of a recipe needs.
        "a{1001}",
        // Every name would match.
        "",
        // Names of characters and classes of equals depend on the locale.
        "[[.a.]]", "[[=a=]]",
        // Codes beyond ASCII become one byte, of which a name's UTF-8 has several. Outside brackets, `\xe9` says so.
        #"\u00e9"#, #"[\xe9]"#,
      ])
    func refusals(pattern: String) {
      #expect(StandardRegexSearch.accepts(pattern))
      #expect(throws: TensorPatternError.self) { try TensorPattern(pattern) }
    }

    /// Whether a random pattern has one of the forms above.
    private static func isRefusedOnPurpose(_ pattern: String) -> Bool {
      let fault = fault(of: pattern)
      return fault == .backReference || fault == .tooComplex || pattern.contains("[[=")
        || pattern.contains("[[.")
    }

    private static func fault(of pattern: String) -> TensorPatternError.Fault? {
      do throws(TensorPatternError) {
        _ = try TensorPattern(pattern)
        return nil
      } catch {
        return error.fault
      }
    }
  }
#endif
