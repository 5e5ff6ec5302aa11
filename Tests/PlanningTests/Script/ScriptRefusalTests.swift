import Planning
import Testing

@Suite("A script whose rules only a shell could tell")
struct ScriptRefusalTests {
  @Test(
    "is refused with the line, and never read in part",
    arguments: [
      ("r=$(python mix.py)\nllama-quantize --custom-q \"$r\" m o q4_0", 1),
      ("\nllama-quantize --custom-q \"$RULES\" m o q4_0", 2),
      (
        "if [ -n \"$X\" ]; then\nr='a=q8_0'; else r='a=q4_0'; fi\nllama-quantize --custom-q $r m o q4_0",
        2
      ),
      ("r=a=q8_0\n[ -n \"$X\" ] && r=a=q4_0\nllama-quantize --custom-q $r m o q4_0", 2),
      ("r=a=q8_0\ncase $X in\nx) r=a=q4_0;;\nesac\nllama-quantize --custom-q $r m o q4_0", 3),
      ("while read l; do r+=$l; done < f\nllama-quantize --custom-q $r m o q4_0", 1),
      ("for f in $FILES; do r+=$f; done\nllama-quantize --custom-q $r m o q4_0", 1),
      (
        "for ((i=0;i<3;i++)); do r+=\",blk.$i=q8_0\"; done\nllama-quantize --custom-q $r m o q4_0",
        1
      ),
      ("n=$((1+2))\nllama-quantize --custom-q blk.$n=q8_0 m o q4_0", 1),
      ("llama-quantize $EXTRA --custom-q a=q8_0 m o q4_0", 1),
      (
        "f() { if [ $1 ]; then r=a=q8_0; return; fi; r=a=q4_0; }\nf x\nllama-quantize --custom-q $r m o q4_0",
        1
      ),
      ("while :; do r=a=q8_0; break; done\nllama-quantize --custom-q $r m o q4_0", 1),
      ("r=a=q8_0\nr=${r:0:3}\nllama-quantize --custom-q $r m o q4_0", 2),
      ("f() { f; }\nf\nllama-quantize --custom-q a=q8_0 m o q4_0", 1),
      ("llama-quantize --tensor-type-file rules.txt m o q4_0", 1),
      ("x=1\nllama-quantize --custom-q a=q8_0 --tensor-type b=q8_0 m o q4_0", 2),
      ("llama-quantize --output-tensor-type q99 m o q4_0", 1),
      ("llama-quantize m o q4_0 --custom-q", 1),
      (
        "c=\"a=q8_0 # why\nb=q6_K\"\nc=$(echo \"$c\" | tr '\\n' ',')\nllama-quantize --custom-q \"$c\" m o q4_0",
        1
      ),
      ("llama-quantize --custom-q a=q8_0,#b=q6_K m o q4_0", 1),
      ("cat <<EOF\na=q8_0\nllama-quantize --custom-q x=q8_0 m o q4_0", 1),
      ("x=\"$(echo\nllama-quantize --custom-q x=q8_0 m o q4_0", 1),
    ])
  func refusals(script: String, line: Int) {
    let error = #expect(throws: RecipeError.self) { try RecipeSource(script) }
    #expect(error?.line == line, "\(String(describing: error))")
  }

  @Test("is read where what cannot be told has no part in the rules")
  func harmless() throws {
    let source = try RecipeSource(
      """
      #!/usr/bin/env bash
      set -euo pipefail
      model=$1
      out="${2:?usage}"
      date=$(date +%F)
      if [ ! -f "$model" ]; then echo "no $model"; exit 1; fi
      [[ -d out ]] || mkdir out
      echo "done if ok"
      nohup ./llama-quantize --imatrix "$IMATRIX" --custom-q 'a=q8_0' "$model" "$out" Q8_0 $(nproc) > "$date.log" 2>&1 &
      """)
    #expect(source.recipe.rules.map(\.description) == ["a=q8_0"])
    #expect(source.remarks.isEmpty && source.remainder?.mix == "Q8_0")
  }

  @Test("of hostile nesting or growth ends at once")
  func hostile() {
    let deep = String(repeating: "$(", count: 10_000)
    let doubling = (["a=aaaaaaaa"] + (0..<60).map { _ in "a=$a$a" }).joined(separator: "\n")
    let braces = "echo " + String(repeating: "{a,b}", count: 40)
    let loops =
      String(repeating: "for i in {1..1000}; do ", count: 4) + "x=1; "
      + String(repeating: "done; ", count: 4)
    for script in [deep, doubling, braces, loops, String(repeating: "${a[", count: 10_000)] {
      #expect(throws: RecipeError.self) {
        try RecipeSource(script + "\nllama-quantize --custom-q \"$a\" m o q4_0")
      }
    }
  }
}
