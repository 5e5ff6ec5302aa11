import GGUF
import Planning
import Testing

@Suite("A table of KLDs that the GGUF Tool Suite publishes")
struct KLDTableTests {
  @Test("has a row for each type and a KLD for each tensor")
  func reading() throws {
    let table = try KLDTable(
      parsing: """
        QTYPE,blk.0.attn_q.weight,blk.0.ffn_down.weight
        iq1_kt,0.001662,0.00297400
        q2_k_r4,0.001403,1.5e-03

        """)
    #expect(table.rows.map(\.typeName) == ["iq1_kt", "q2_k_r4"])
    #expect(
      table.rows.map(\.values) == [
        ["blk.0.attn_q.weight": 0.001662, "blk.0.ffn_down.weight": 0.002974],
        ["blk.0.attn_q.weight": 0.001403, "blk.0.ffn_down.weight": 0.0015],
      ])
  }

  @Test(
    "is the same however it was saved",
    arguments: [
      "QTYPE,a,b\r\niq1_kt,0.5,0.25\r\n", "QTYPE,a,b\niq1_kt,0.5,0.25",
      "\u{FEFF}QTYPE,a,b\niq1_kt,0.5,0.25\n", "\"QTYPE\",\"a\",\"b\"\n\"iq1_kt\",\"0.5\",0.25\n",
      "\n qtype, a, b\n\niq1_kt, 0.5 ,0.25 \n\n", "QTYPE,a,b\riq1_kt,0.5,0.25\r",
      "\u{FEFF}\"QTYPE\" , \"a\",b\r\n\r\n \"iq1_kt\" ,\"0.5\",\"0.25\"",
    ])
  func variants(text: String) throws {
    let rows = try KLDTable(parsing: text).rows
    #expect(rows.map(\.typeName) == ["iq1_kt"])
    #expect(rows.map(\.values) == [["a": 0.5, "b": 0.25]])
  }

  @Test("may hold commas, quotes and line breaks within quoted cells")
  func quotes() throws {
    let rows = try KLDTable(
      parsing:
        "QTYPE,\"a,b\",\"c \"\"d\"\"\",\"e\r\nf\",\" g \"\r\niq1_kt,1,\"2\",3,4\r\nq2_k,5,6,7,8"
    ).rows
    #expect(rows.map(\.typeName) == ["iq1_kt", "q2_k"])
    #expect(
      rows.map(\.values) == [
        ["a,b": 1, "c \"d\"": 2, "e\r\nf": 3, " g ": 4],
        ["a,b": 5, "c \"d\"": 6, "e\r\nf": 7, " g ": 8],
      ])
  }

  @Test("ends in an empty cell where a comma ends it, with or without a line break")
  func lastCell() throws {
    for text in ["QTYPE,a,b\niq1_kt,1,", "QTYPE,a,b\niq1_kt,1,\n", "QTYPE,a,b\niq1_kt,1,\"\""] {
      #expect(try KLDTable(parsing: text).rows.map(\.values) == [["a": 1]])
    }
  }

  @Test("has no KLD where the suite found none, nor for groups")
  func gaps() throws {
    let table = try KLDTable(parsing: "QTYPE,a,b,group0,c,group12\niq1_kt,404,,4.2,0.1,404\n")
    #expect(table.rows.map(\.values) == [["c": 0.1]])
  }

  @Test(
    "is refused where it is malformed, and the place is named",
    arguments: [
      ("", "line 1: the table is empty"),
      ("\n\n", "line 1: the table is empty"),
      ("tensor,a\nx,1", #"line 1, column 1: the header must begin with QTYPE, not with "tensor""#),
      ("QTYPE,group0\niq1_kt,0.5", "line 1: no column is a tensor's"),
      ("QTYPE", "line 1: no column is a tensor's"),
      ("QTYPE,a,b,a\niq1_kt,1,2,3", #"line 1, column 4: "a" occurs twice"#),
      ("QTYPE,a,b", "line 1: no row follows the header"),
      ("QTYPE,a,b\niq1_kt,1", "line 2: 2 cells instead of 3"),
      ("QTYPE,a,b\n\niq1_kt,1,2,3", "line 3: 4 cells instead of 3"),
      ("QTYPE,a\niq1_kt,1\niq1_kt,2", #"line 3, column 1: "iq1_kt" occurs twice"#),
      ("QTYPE,a,b\niq1_kt,1,x\u{1B}", #"line 2, column 3: "x\u{1b}" is not a KLD of b"#),
      ("QTYPE,a,b\niq1_kt,+1.2%,1", #"line 2, column 2: "+1.2%" is not a KLD of a"#),
      ("QTYPE,a\niq1_kt,-0.1", #"line 2, column 2: "-0.1" is not a KLD of a"#),
      ("QTYPE,a\niq1_kt,nan", #"line 2, column 2: "nan" is not a KLD of a"#),
      ("QTYPE,a\niq1_kt,\"1", "line 2, column 2: a quotation mark has no partner"),
      ("QTYPE,a\niq1_kt,\"1\n2\n\n", "line 2, column 2: a quotation mark has no partner"),
      ("QTYPE,a\niq1_kt,1\"2", "line 2, column 2: a quotation mark stands within a cell"),
      ("QTYPE,\"a\"b\niq1_kt,1", "line 1, column 2: a quotation mark stands within a cell"),
      ("QTYPE,\"a\nb\",c\niq1_kt,1,x", #"line 3, column 3: "x" is not a KLD of c"#),
      ("QTYPE,a\niq1_kt,1e999", #"line 2, column 2: "1e999" is not a KLD of a"#),
    ])
  func malformed(text: String, sentence: String) throws {
    let error = try #require(throws: KLDTableError.self) { try KLDTable(parsing: text) }
    #expect(error.description.hasPrefix(sentence))
  }
}
