import Foundation
import GGUF
import Reports
import Testing

@Suite("A heat map") struct HeatMapTests {
  private static let bits: [(name: String, bits: Double)] = [
    ("token_embd.weight", 8.5), ("blk.0.ffn_down.weight", 4.25), ("blk.0.attn_q.weight", 2.06),
    ("blk.1.attn_q.weight", 3.44), ("blk.2.ffn_down.weight", 16),
  ]

  /// The lines above the legend.
  private static func lines(
    _ map: HeatMap?, _ columns: Int?, _ colours: MapColours = .none
  ) throws -> [String] {
    let text = try #require(map).text(columns: columns, colours: colours)
    // The title may take several lines; it has no gaps.
    return text.split(separator: "\n").map(String.init).drop { !$0.contains("  ") }
      .prefix { !$0.contains("bits") }.map { $0 }
  }

  @Test("has kinds of tensors down, in the order of a model, and blocks across")
  func layout() throws {
    #expect(
      try Self.lines(.bits(Self.bits), nil) == [
        "token_embd  8", "block       0", "attn_q      2 3", "ffn_down    4   +",
      ])
  }

  @Test("has blocks in groups where they do not fit, and leaves the last column free")
  func groups() throws {
    #expect(
      try Self.lines(.bits(Self.bits), 17) == [
        "token_embd  8", "block       0", "attn_q      2 3", "ffn_down    4",
        "block       2", "ffn_down    +",
      ])
  }

  @Test("is never wider than a terminal has room for", arguments: [24, 40, 80, 200])
  func width(_ columns: Int) throws {
    let tensors = (0..<94).flatMap { block in
      ["attn_q", "attn_output", "ffn_gate_exps"].map {
        (name: "blk.\(block).\($0).weight", bits: 4.0)
      }
    }
    let text = try #require(HeatMap.bits(tensors)).text(columns: columns, colours: .none)
    for line in text.split(separator: "\n") {
      #expect(line.count < columns)
    }
    #expect(text.count { $0 == "4" } >= 3 * 94)
  }

  @Test("numbers every fifth block")
  func numbers() throws {
    let tensors = (0..<12).map { (name: "blk.\($0).ffn_up.weight", bits: 4.0) }
    #expect(try Self.lines(.bits(tensors), nil)[0] == "block   0         5         10")
  }

  @Test("has colours only where they are asked for, and ends each")
  func colours() throws {
    let plain = try #require(HeatMap.bits(Self.bits)).text(columns: nil, colours: .none)
    #expect(!plain.contains("\u{1B}"))
    let line = try Self.lines(.bits(Self.bits), nil, .palette)[0]
    #expect(line == "token_embd  \u{1B}[48;5;228;38;5;16m8 \u{1B}[0m")
  }

  @Test("escapes names from files")
  func hostile() throws {
    let map = HeatMap.bits([("blk.0.a\u{1B}[31m", 4)])
    let text = try #require(map).text(columns: nil, colours: .none)
    #expect(!text.contains("\u{1B}"))
  }

  @Test("takes names that are no blocks' for tensors outside")
  func outside() throws {
    let names = [
      "blk", "blk.0", "blk.x.attn_q.weight", "blk.99999999999999999999.a", "v.blk.1.a", "",
    ]
    let lines = try Self.lines(.bits(names.map { (name: $0, bits: 5) }), nil)
    #expect(lines.count == names.count + 1)
    #expect(lines.last == "v.a                         5")
  }

  @Test("of shares has a digit for each step of a loss, and is none where nothing is lost")
  func shares() throws {
    let map = HeatMap.shares(
      of: "loss", [("blk.0.a", 0.85), ("blk.1.a", 0.15), ("blk.2.a", 0.00005), ("blk.3.a", 0)])
    let text = try #require(map).text(columns: nil, colours: .none)
    #expect(text.contains("\na      8 7 0 0\n"))
    #expect(HeatMap.shares(of: "loss", [("blk.0.a", 0)]) == nil)
  }
}
