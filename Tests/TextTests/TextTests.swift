import Testing
import Text

@Suite struct TextTests {
  @Test(
    "decimals are correctly rounded, ties to even",
    arguments: [
      (0, 0, "0"), (1.5, 0, "2"), (0.0404, 3, "0.040"), (-1.25, 1, "-1.2"), (1.35, 1, "1.4"),
      (-0.001, 2, "0.00"), (999.9999, 3, "1000.000"), (12, 1, "12.0"), (.infinity, 2, "inf"),
      (0.005, 2, "0.01"), (-0.004, 2, "0.00"), (12.345, 2, "12.35"), (-1.5, 2, "-1.50"),
      (1e300, 2, "1e+300"), (.nan, 2, "nan"), (0.03125, 4, "0.0312"), (0.09375, 4, "0.0938"),
      (1.005, 2, "1.00"), (8.345, 2, "8.35"), (0.15, 1, "0.1"), (0.25, 1, "0.2"),
      (0.35, 1, "0.3"), (2.675, 2, "2.67"),
    ] as [(Double, Int, String)])
  func decimals(value: Double, places: Int, text: String) {
    #expect(decimal(value, places: places) == text)
  }

  @Test("signs, magnitudes, thousands, shares and times")
  func numbers() {
    #expect(decimal(3.0, signed: true) == "+3.00" && decimal(Float(7.6), places: 0) == "8")
    #expect(decimal(-0.001, signed: true) == "+0.00" && decimal(0.0, signed: true) == "+0.00")
    #expect(magnitude(Float(-3.04e-7)) == "-3.0e-7" && magnitude(0.0) == "0")
    #expect(grouped(91_631) == "91,631" && grouped(-1_000_000) == "-1,000,000")
    #expect(grouped(999) == "999" && grouped(0) == "0")
    #expect(percent(0.024) == "2.4 %" && percent(0.0001) == "<0.1 %" && percent(1) == "100 %")
    #expect(percent(0.9999) == ">99.9 %" && percent(0.5) == "50 %" && percent(0.996) == "99.6 %")
    #expect(duration(2.5) == "2.5 s" && duration(59.6) == "1 min 0 s" && duration(42) == "42 s")
    #expect(duration(3725) == "1 h 2 min" && duration(.nan) == "?" && duration(1e300) == "?")
  }

  @Test("lines break between words, and long words in pieces")
  func wrapping() {
    #expect("one two  three".wrapped(to: 7) == ["one two", "three"])
    #expect("abcdefgh ij".wrapped(to: 3) == ["abc", "def", "gh", "ij"])
    #expect("one two".wrapped(to: 6, indent: 2) == ["  one", "  two"])
    #expect("abcdefgh ij".wrapped(to: 3, splitsWords: false) == ["abcdefgh", "ij"])
    #expect("".wrapped(to: 5).isEmpty && "a b".wrapped(to: 0) == ["a", "b"])
    // Two columns for each character.
    #expect("日本語".wrapped(to: 4) { $0.count * 2 } == ["日本", "語"])
    #expect("日本".wrapped(to: 1) { $0.count * 2 } == ["日", "本"])
  }

  @Test("columns are as wide as their widest cell")
  func tables() {
    var table = TextTable([.left("name"), .right("count", width: 6), .left()])
    table.add(["a long name", "7", "note"])
    table.add(["b", "12345678"])
    #expect(
      table.lines == [
        "name            count", "a long name         7  note", "b            12345678",
      ])
    #expect(TextTable([.left()]).lines.isEmpty)
    #expect("12".filled(to: 4, .right, with: "0") == "0012" && "abc".filled(to: 2) == "abc")
    #expect("abcdef".cut(to: 4) == "abc…" && "abc".cut(to: 3) == "abc")
  }

  @Test(
    "words reach a shell as they are",
    arguments: [
      ("a/b_c-1.x", "a/b_c-1.x"), ("", "''"), ("two words", "'two words'"), ("it's", "'it'\\''s'"),
      ("-3,+5:i1", "-3,+5:i1"), ("$HOME", "'$HOME'"), ("é", "'é'"), ("a*b", "'a*b'"),
    ])
  func shellWords(word: String, quoted: String) {
    #expect(shellWord(word) == quoted)
  }

  struct Row: Encodable {
    var name = "a/b"
    var values: [Double] = []
    var mean: Float?
  }

  @Test("JSON has sorted keys and plain slashes")
  func json() throws {
    let row = Row(values: [0.5], mean: 1)
    #expect(try JSON.line(row) == #"{"mean":1,"name":"a/b","values":[0.5]}"#)
    #expect(try JSON.text(row).hasPrefix("{\n  \"mean\" : 1,"))
  }

  @Test("what JSON cannot say is an error that names its place")
  func notFinite() {
    let rows = ["rows": [Row(), Row(values: [1, .nan])]]
    let error = #expect(throws: UserError.self) { try JSON.text(rows) }
    #expect(
      error?.description == "JSON has no number nan, which is the value of rows[1].values[1].")
    let infinite = #expect(throws: UserError.self) { try JSON.line(Row(mean: -.infinity)) }
    #expect(infinite?.description.contains("-inf, which is the value of mean.") == true)
  }
}
