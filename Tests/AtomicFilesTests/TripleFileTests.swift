import Testing

@testable import AtomicFiles

@Suite struct TripleFileTests {
  @Test func readsTablesWithAndWithoutHeader() throws {
    let folder = try TemporaryFolder()
    let plain = try Triples.read(file: folder.file("a.txt", "a\tr\tb\r\n\nb\ts:x\té\na\tr\tb"))
    #expect(plain.entities.tokens == ["a", "b", "é"] && plain.relations.tokens == ["r", "s:x"])
    #expect(plain.head == [0, 1, 0] && plain.relation == [0, 1, 0] && plain.tail == [1, 2, 1])
    let atomic = try Triples.read(
      file: folder.file("a.kg", "head_id:token\trelation_id:token\ttail_id:token\na\tr\tb\n"))
    #expect(atomic.entities.tokens == ["a", "b"] && atomic.count == 1)
    #expect(try Triples.read(file: folder.file("none.txt", "")).count == 0)
  }

  /// A first line of names is no fact; where it only may be one, that is said.
  @Test func aHeaderIsNoFact() throws {
    let folder = try TemporaryFolder()
    let facts = "a\tr1\tb\nb\tr1\tc\n"
    for header in ["head\trelation\ttail", "Subject\tPredicate\tObject", "h\tr\tt", "s\tp\to"] {
      let triples = try Triples.read(file: folder.file("t.tsv", header + "\n" + facts))
      #expect(triples.count == 2 && triples.entities.tokens == ["a", "b", "c"])
      #expect(triples.relations.tokens == ["r1"] && triples.head == [0, 1])
      #expect(triples.warnings.count == 1)
      #expect(triples.warnings.first?.description.contains("line 1") == true)
    }
    // Words that come again, and facts that only look like a header.
    for text in [
      "head\trelation\ttail\nx\trelation\ty\nx\trelation\tz\n", facts + "c\tr2\ta\n",
      "a\tborn_in\tb\n" + facts, "h1\tq7\tt1\nx\tr1\ty\ny\tr1\tz\n",
    ] {
      let triples = try Triples.read(file: folder.file("t.tsv", text))
      #expect(triples.count == 3 && triples.warnings.isEmpty, "\(text)")
    }
    let maybe = try Triples.read(file: folder.file("t.tsv", "film\thas\tperson\n" + facts))
    #expect(maybe.count == 3 && maybe.relations.tokens.first == "has")
    #expect(
      maybe.warnings.first?.description.contains("\"film has person\", of which no word") == true)
  }

  @Test func tellsTheLine() throws {
    let folder = try TemporaryFolder()
    let two = try folder.file("two.txt", "a\tr\tb\na\tr\n")
    #expect(
      sentence { () throws(DataError) in try Triples.read(file: two) }
        == "\(two), line 2: found 2 fields, expected head, relation and tail, separated by tabs.")
    let empty = try folder.file("empty.txt", "\na\t\tb\n")
    #expect(
      sentence { () throws(DataError) in try Triples.read(file: empty) }
        == "\(empty), line 2, field relation: found nothing, expected a token.")
    let bytes = try folder.file("bytes.txt", [0x61, 9, 0x72, 9, 0xff, 10])
    #expect(
      sentence { () throws(DataError) in try Triples.read(file: bytes) }?
        .contains("line 1, field tail: found bytes that are not UTF-8") == true)
  }
}
