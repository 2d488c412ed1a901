import Foundation
import Testing

@testable import AtomicFiles

@Suite struct TableTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func read(_ content: String, _ columns: AtomicTable.Request...) throws -> AtomicTable {
    try AtomicTable.read(folder.file("t.x", content), columns: columns)
  }

  @Test func readsColumnsOfAllTypesInAnyOrder() throws {
    let content = """
      v:float_seq\tskipped:token\tn:float\ta:token\ts:token_seq
      1 2\tx\t.5\tuno\tone  two
      -3 4e-1\t\t-7\tdue\t
      0.25 6.\ty\t1e3\tuno\tthree

      """
    let table = try read(
      content, .init("a", .tokens), .init("n", .numbers), .init("s", .text), .init("v", .vectors))
    #expect(table.rowCount == 3)
    #expect(
      table.header.map(\.header).joined(separator: " ")
        == "v:float_seq skipped:token n:float a:token s:token_seq")
    #expect(try table.tokens("a").vocabulary.tokens == ["uno", "due"])
    #expect(try table.tokens("a").ids == [0, 1, 0])
    #expect(try table.numbers("n") == [0.5, -7, 1000])
    let texts = try table.text("s")
    #expect((0..<texts.count).map { texts[$0] } == ["one  two", "", "three"])
    #expect(try table.vectors("v").values == [1, 2, -3, 0.4, 0.25, 6])
    #expect(try table.vectors("v").width == 2)
    #expect(sentence { () throws(DataError) in try table.tokens("skipped") } != nil)
  }

  /// The same three rows, however lines end and whatever stands around them.
  @Test(arguments: [
    "a:token\tn:float\nx\t1\ny\t2\nx\t3\n",
    "a:token\tn:float\nx\t1\ny\t2\nx\t3",
    "a:token\tn:float\r\nx\t1\r\ny\t2\r\nx\t3\r\n",
    "a:token\tn:float\r\nx\t1\r\ny\t2\r\nx\t3\r",
    "\u{FEFF}a:token\tn:float\nx\t1\ny\t2\nx\t3\n",
    "\n \r\na:token\tn:float\n\n\nx\t1\n   \ny\t2\r\n\r\nx\t3\n\n \n  ",
    "n:float\ta:token\n1\tx\n2\ty\n3\tx\n",
    "n:float\tb:token_seq\ta:token\n1\t\"\tx\n2\t\ty\n 3 \tq\"\tx\n",
  ])
  func toleratesFormsOfLines(content: String) throws {
    let table = try read(content, .init("a", .tokens), .init("n", .numbers))
    #expect(try table.tokens("a").vocabulary.tokens == ["x", "y"])
    #expect(try table.tokens("a").ids == [0, 1, 0])
    #expect(try table.numbers("n") == [1, 2, 3])
  }

  @Test func takesTokensLiterally() throws {
    let tokens = [
      "NA", "None", "null", "nan", "\"quoted", "a\"b", " spaced ", "é", "e\u{301}", "片", "a\rb",
      "\u{0}",
      "#N/A", "1", "1.0", "01",
    ]
    let table = try read(
      "a:token\tb:float\n" + tokens.map { "\($0)\t1\n" }.joined(), .init("a", .tokens))
    // Unlike strings, tokens are compared by their bytes: both forms of é remain.
    #expect(try table.tokens("a").ids == Array(0..<Int32(tokens.count)))
    #expect(
      try zip(table.tokens("a").vocabulary.tokens, tokens).allSatisfy {
        $0.utf8.elementsEqual($1.utf8)
      })
  }

  @Test func aCarriageReturnWithinALineIsPartOfAToken() throws {
    let table = try read("a:token\nx\ry\r\nz\r\r\n", .init("a", .tokens))
    #expect(
      try table.tokens("a").vocabulary.tokens.map { Array($0.utf8) } == [
        Array("x\ry".utf8), Array("z\r".utf8),
      ])
  }

  @Test func knowsTheLineOfEachRow() throws {
    let table = try read("\na:token\n\nx\n\n\ny\nz\n\n", .init("a", .tokens))
    #expect((0..<3).map(table.line(ofRow:)) == [4, 7, 8])
  }

  @Test func aHeaderAloneIsATableWithoutRows() throws {
    for content in ["a:token", "a:token\n", "a:token\r\n\r\n"] {
      let table = try read(content, .init("a", .tokens))
      #expect(table.rowCount == 0)
      #expect(try table.tokens("a").ids.isEmpty)
    }
  }

  @Test func readsVeryLongLines() throws {
    let long = String(repeating: "lang ", count: 2_000_000)
    let table = try read(
      "a:token\ts:token_seq\n\(long)\t\(long)\nx\t\(long)\n", .init("a", .tokens), .init("s", .text)
    )
    #expect(try table.tokens("a").vocabulary.tokens == [long, "x"])
    #expect(try table.text("s")[1] == long)
    let error = sentence { () throws(DataError) in
      try AtomicTable.read(
        folder.path + "/t.x", columns: [.init("a", .numbers)])
    }
    #expect(error?.contains("found type token, expected type float") == true)
  }

  @Test(arguments: [
    ("", ": found an empty file, expected a first line of columns name:type."),
    ("\u{FEFF}", ": found an empty file, expected a first line of columns name:type."),
    ("\n\n", ": found an empty file, expected a first line of columns name:type."),
    (
      "a\nx\n",
      ", line 1: found \"a\", which names no columns: this is a file without header, expected a first "
        + "line of columns name:type, such as user_id:token."
    ),
    (
      "a:b:token\nx\n",
      ", line 1: found the column \"a:b:token\", expected columns name:type, separated by tabs."
    ),
    (
      ":token\nx\n",
      ", line 1: found the column \":token\", expected columns name:type, separated by tabs."
    ),
    (
      "a:token\t\nx\t\n",
      ", line 1: found the column nothing, expected columns name:type, separated by tabs."
    ),
    (
      "a:tokens\nx\n",
      ", line 1, field a: found the type \"tokens\", expected one of token, token_seq, float, float_seq."
    ),
    (
      "a:token\tn:float\ta:float\n",
      ", line 1, field a: found the column a second time, expected each column once."
    ),
    ("b:token\tn:float\n", ", line 1: found the columns b:token n:float, expected a column a."),
    ("a:float\tn:float\n", ", line 1, field a: found type float, expected type token."),
    ("a:token\tn:token\n", ", line 1, field n: found type token, expected type float."),
    ("a:token\tn:float\nx\n", ", line 2: found 1 field, expected 2 fields, as the header has."),
    (
      "a:token\tn:float\nx\t1\n\ny\t2\t3\t4\n",
      ", line 4: found 4 fields, expected 2 fields, as the header has."
    ),
    ("a:token\tn:float\nx\t1\n\t2\n", ", line 3, field a: found nothing, expected a token."),
    ("a:token\tn:float\nx\t\n", ", line 2, field n: found nothing, expected a finite number."),
    ("a:token\tn:float\nx\tnan\n", ", line 2, field n: found \"nan\", expected a finite number."),
    ("a:token\tn:float\nx\t-inf\n", ", line 2, field n: found \"-inf\", expected a finite number."),
    (
      "a:token\tn:float\nx\t1e999\n",
      ", line 2, field n: found \"1e999\", expected a finite number."
    ),
    ("a:token\tn:float\nx\t0x10\n", ", line 2, field n: found \"0x10\", expected a finite number."),
    (
      "a:token\tn:float\nx\t1_000\n",
      ", line 2, field n: found \"1_000\", expected a finite number."
    ),
    ("a:token\tn:float\nx\t1,5\n", ", line 2, field n: found \"1,5\", expected a finite number."),
    (
      "a:token\tn:float\nx\t\u{1B}[2J\n",
      ", line 2, field n: found \"\\u{1B}[2J\", expected a finite number."
    ),
  ])
  func tellsWhatIsWrong(content: String, expected: String) throws {
    let path = try folder.file("t.x", content)
    let error = sentence { () throws(DataError) in
      try AtomicTable.read(path, columns: [.init("a", .tokens), .init("n", .numbers)])
    }
    #expect(error == path + expected)
  }

  @Test func wantsUTF8InWhatItReads() throws {
    let path = try folder.file("t.x", Array("a:token\ts:token_seq\nx\t".utf8) + [0xE9, 0x0A])
    #expect(try AtomicTable.read(path, columns: [.init("a", .tokens)]).rowCount == 1)
    let text = sentence { () throws(DataError) in
      try AtomicTable.read(path, columns: [.init("s", .text)])
    }
    #expect(
      text?.contains("line 2, field s: found bytes that are not UTF-8 in \"\u{FFFD}\"") == true)
    let token = try folder.file("u.x", Array("a:token\n".utf8) + [0xC3, 0x28])
    #expect(
      sentence { () throws(DataError) in
        try AtomicTable.read(token, columns: [.init("a", .tokens)])
      }?.contains("line 2, field a: found bytes that are not UTF-8") == true)
    let header = try folder.file("v.x", [0x61, 0xFF] + Array(":token\n".utf8))
    #expect(
      sentence { () throws(DataError) in try AtomicTable.read(header, columns: []) }?
        .contains("line 1: found bytes that are not UTF-8") == true)
    let wide = try folder.file("w.x", [0xFF, 0xFE, 0x61, 0x00])
    #expect(
      sentence { () throws(DataError) in try AtomicTable.read(wide, columns: []) }?
        .contains("found a text in UTF-16") == true)
  }

  @Test func shortensLongTexts() throws {
    let long = String(repeating: "x", count: 10_000_000)
    let path = try folder.file("t.x", "n:float\n\(long)\n")
    let error = try #require(
      sentence { () throws(DataError) in
        try AtomicTable.read(path, columns: [.init("n", .numbers)])
      })
    #expect(error.hasSuffix("xxx…\", expected a finite number."))
    #expect(error.count < path.count + 200)
  }

  @Test func tellsOfFilesThatCannotBeRead() throws {
    let missing = folder.path + "/none.x"
    #expect(
      sentence { () throws(DataError) in try AtomicTable.read(missing, columns: []) }
        == "\(missing): cannot be opened: No such file or directory.")
    #expect(
      sentence { () throws(DataError) in try AtomicTable.read(folder.path, columns: []) }
        == "\(folder.path): found a folder, expected a file.")
  }

  @Test func readsWhatIsNotARegularFile() throws {
    #expect(
      sentence { () throws(DataError) in try AtomicTable.read("/dev/null", columns: []) }?
        .contains("an empty file") == true)
  }
}
