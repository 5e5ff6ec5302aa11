import Foundation
import TestSupport
import Testing

/// `ration card`, as a user runs it.
@Suite("The card of a file") struct CardCommandTests {
  let bench: CommandLineBench

  init() throws { bench = try CommandLineBench() }

  @Test("has the figures of its evaluation, and commands that make the file's tensors again")
  func wholeWay() throws {
    let run = try bench.shell(
      """
      set -e
      ln -s '\(Folio.model)' folio.gguf; ln -s '\(Folio.statistics)' folio.statistics.gguf
      "$ration" plan folio.gguf --statistics folio.statistics.gguf --target-bpw 4 -o p.recipe --quiet
      "$ration" apply p.recipe folio.gguf out.gguf --statistics folio.statistics.gguf --quiet
      "$ration" evaluate folio.gguf out.gguf --chunks 2 --json >e.json
      "$ration" card folio.gguf out.gguf --evaluation e.json --plot types.svg -o README.md --quiet
      "$ration" card folio.gguf out.gguf --evaluation e.json --quiet >printed.md
      "$ration" recipe diff README.md p.recipe
      sed -n '/^```bash$/,/^```$/p' README.md | grep -v '^```' >make.sh
      mv out.gguf first.gguf
      ration() { "$ration" "$@"; }
      . ./make.sh >made.text
      cmp <(tail -c 2000000 first.gguf) <(tail -c 2000000 out.gguf) && echo "the same tensors"
      """)
    #expect(run.code == 0, "\(run.errors)")
    #expect(run.output.contains("the recipes have the same rules\n"))
    #expect(run.output.contains("the same tensors\n"))
    let card = String(decoding: try contents(of: bench.directory("README.md")), as: UTF8.self)
    let printed = String(decoding: try contents(of: bench.directory("printed.md")), as: UTF8.self)
    #expect(
      card.replacing("![Type of each tensor, by layer and kind](types.svg)\n\n", with: "")
        == printed)
    #expect(
      card.contains("\nMade by ration ")
        && card.contains(". Its plan predicted a KL divergence of 0.0"))
    let json = String(decoding: try contents(of: bench.directory("e.json")), as: UTF8.self)
    let figures = try #require(try object(json)["evaluation"] as? [String: Any])
    let perplexity = try #require((figures["perplexity"] as? [String: Double])?["value"])
    #expect(
      card.contains(
        "Final estimate: PPL over 2 chunks for n_ctx=256 = "
          + String(format: "%.4f +/- ", perplexity)))
  }
}
