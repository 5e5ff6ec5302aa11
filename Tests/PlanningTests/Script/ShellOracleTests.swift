import Foundation
import Planning
import TestSupport
import Testing

/// What a script passes to `llama-quantize`, held against a real shell with a program of that name that only
/// notes its arguments.
@Suite("A script, held against bash")
struct ShellOracleTests {
  /// Scripts in the manner of those that people publish.
  static let scripts = [
    "rules='a=q8_0,.*=q4_0'\n# smaller\nrules=\"a=q4_K,.*=iq3_k\"\nllama-quantize --custom-q \"$rules\" m o q4_0",
    "r=a=q6_K\nr+=,b=q5_K\nr+=\",.*=iq4_k\"\nllama-quantize --custom-q $r m o q4_0",
    "for i in 0 1; do A+=\" --tensor-type blk.$i.down=q6_K\"; done\nllama-quantize $A --tensor-type v=q8_0 m o q4_0",
    "for i in {0..3} 7; do r+=\"blk\\.$i\\.a=q8_0,\"; done\nllama-quantize --custom-q \"${r%,}\" m o Q4_0",
    "for i in $(seq 2 4); do r=\"$r${r:+,}blk\\.$i=q8_0\"; done; llama-quantize --custom-q \"$r\" m o Q4_0",
    "args=(--pure)\nargs+=(--token-embedding-type q8_0 --tensor-type 'a=q6_K')\nllama-quantize \"${args[@]}\" m o q4_0 8",
    "a=x=q8_0 b=y=q6_K; llama-quantize --custom-q \"${a},${b}\" m o q5_K",
    "llama-quantize --custom-q \"${NOT_SET_ANYWHERE:-a=q8_0}\" m o q4_0",
    "r='a=q8_0,,b=q6_K,'; llama-quantize --custom-q \"${r//,,/,}\" m o q4_0",
    "r=$'a=q8_0\\nb=q6_K'; llama-quantize --custom-q \"${r//$'\\n'/,}\" m o q4_0",
    "r=pre-a=q8_0; llama-quantize --custom-q \"${r#*-}\" m o q4_0",
    "r=a=q8_0.x.y; llama-quantize --custom-q \"${r%%.*}\" m o q4_0",
    """
    custom="
    # Attention
    blk\\..*\\.attn_.*=iq5_ks

    ## Experts
    blk\\..*\\.ffn_(gate|up)=IQ4_KSS
    "
    custom=$(
      echo "$custom" | grep -v '^#' | \\
      sed -Ez 's:\\n+:,:g;s:,$::;s:^,::'
    )
    llama-quantize --custom-q "$custom" --imatrix i.dat m o IQ4_KSS 24
    """,
    "c=$(printf '%s\\n' 'a=q8_0' '# no' '' 'b=q6_K' | grep -v '^#' | grep -v '^$' | paste -sd, -)\nllama-quantize --custom-q \"$c\" m o q4_0",
    "c=$(cat <<'END' | sed '/^#/d;/^\\s*$/d' | tr '\\n' ','\n# why\na\\.b=q8_0\n\nc=q6_K\nEND\n)\nllama-quantize --custom-q \"${c%,}\" m o q4_0",
    "c=$(echo 'a=q8_0  # why' | sed -e 's/ *#.*//'); llama-quantize --custom-q \"$c\" m o q4_0",
    "c=$(echo -e 'a=q8_0\\nb=q6_K' | sed ':a;N;$!ba;s/\\n/,/g'); llama-quantize --custom-q \"$c\" m o q4_0",
    "c=`echo a=q8_0`; llama-quantize --custom-q \"$c\" m o q4_0",
    "read -r -d '' c <<EOF\na=q8_0\nb=q6_K\nEOF\nc=$(echo \"$c\" | tr '\\n' ',' | sed 's/,$//')\nllama-quantize --custom-q \"$c\" m o q4_0",
    "cat > rules.txt <<EOF\na=q8_0\nb=q6_K\nEOF\necho 'c=q4_K' >> ./rules.txt\nllama-quantize --custom-q \"$(tr '\\n' ' ' < rules.txt | sed -E 's/ +$//; s/ /,/g')\" m o q4_0",
    "q() { llama-quantize --custom-q \"$1\" m o \"$2\"; }\nq 'a=q8_0' Q5_K",
    "set_rules() { local x=a=q8_0; rules=$x,b=q6_K; }\nset_rules\nllama-quantize --custom-q \"$rules\" m o Q5_K",
    "export R='a=q8_0'; readonly S=b=q6_K; declare -r T=\"c=q5_K\"\nllama-quantize --custom-q \"$R,$S,$T\" m o q4_0",
    "llama-quantize \\\n  --custom-q 'a=q8_0,'\"b=q6_K\"',c=q5_K' \\\n  m o q4_0 # the end 'is near",
    "( r='a=q8_0'; llama-quantize --custom-q \"$r\" m o q4_0 )",
    "r='a=q8_0'; ( r='b=q8_0' ); llama-quantize --custom-q \"$r\" m o q4_0",
    "r='a=q8_0' && cd . && llama-quantize --custom-q \"$r\" m o q4_0 2>&1 | tee log",
    "if true; then r='a=q8_0'; else r='a=q8_0'; fi; llama-quantize --custom-q \"$r\" m o q4_0",
    "llama-quantize --custom-q a\\\\.b=q8_0 --attn-v-type q5_K --ffn-down-type=x m o q4_0 || true",
    "r='a=q8_0'; unset r; r+='b=q6_K'; llama-quantize --custom-q \"$r\" m o q4_0; exit 0\nllama-quantize --custom-q c=q4_0 m o q4_0",
    "set -- a=q8_0 b=q6_K; llama-quantize --custom-q \"$1,$2\" m o q4_0",
    "r=('a=q8_0' 'b=q6_K'); IFS=; c=${r[0]}; llama-quantize --custom-q a=q8_0 m o q4_0",
    "x=q8; llama-quantize --custom-q a=${x}_0 --leave-output-tensor m o q4_0",
    "eval \"llama-quantize --custom-q 'a=q8_0' m o q4_0\"",
    "{ echo a=q8_0; echo b=q6_K; } > f; llama-quantize --custom-q \"$(paste -sd, - < f)\" m o q4_0",
  ]

  @Test("passes the same rules", arguments: scripts)
  func sameRules(script: String) throws {
    let directory = TemporaryDirectory()
    let calls = try Self.calls(of: script, in: directory)
    try #require(!calls.isEmpty, "bash calls nothing")
    let ours = try RecipeSource(script)
    let theirs = try RecipeSource(calls)
    #expect(ours.recipe == theirs.recipe)
    #expect(ours.remainder?.mix == theirs.remainder?.mix)
    #expect(ours.remarks.map(\.matter) == theirs.remarks.map(\.matter))
  }

  /// The calls of `llama-quantize` that bash makes, as commands in which every word is quoted.
  private static func calls(of script: String, in directory: TemporaryDirectory) throws -> String {
    try directory.write(
      Array(
        "#!/bin/bash\n{ printf llama-quantize; for a; do printf \" '%s'\" \"${a//\\'/\\'\\\\\\'\\'}\"; done; echo; } >> calls\n"
          .utf8), to: "llama-quantize")
    try directory.write(Array(script.utf8), to: "script.sh")
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/bash")
    process.arguments = [
      "-c", "chmod +x llama-quantize; PATH=\"$PWD:$PATH\"; export PATH; bash script.sh",
    ]
    process.currentDirectoryURL = URL(fileURLWithPath: directory.path)
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    return String(decoding: (try? contents(of: directory("calls"))) ?? [], as: UTF8.self)
  }
}
