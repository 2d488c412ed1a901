import KSRModel
import Testing

/// Check 5: the header is JSON of the format's form and of no other.
@Suite("Safetensors: the header's JSON")
struct SafetensorsHeaderTests {
  @Test(
    "White space is allowed wherever JSON allows it",
    arguments: ["{}\r \t\n", "\t\n{}\r ", " { } ", "{\"__metadata__\" : { } }"])
  func whiteSpace(header: String) throws {
    #expect(try SafetensorsFile(bytes: safetensors(header), file: "").names == [])
  }

  @Test("White space inside a tensor's description")
  func whiteSpaceInside() throws {
    let header =
      "{ \"a\" :\n{ \"shape\" : [ 2 , 1 ] ,\t\"data_offsets\": [ 0, 8 ], \"dtype\":\"F32\" } }"
    let file = try SafetensorsFile(bytes: safetensors(header, buffer: 8), file: "")
    #expect(try file.shape("a") == [2, 1])
  }

  @Test(
    "What is not such JSON is refused where it starts",
    arguments: [
      // Not an object, or not all of one.
      ("", "expected '{' to begin the header, found its end"),
      ("{", "expected a name in the header between quotes, found its end"),
      ("[]", "expected '{' to begin the header, found '['"),
      ("null", "found 'n'"),
      ("\u{feff}{}", "expected '{'"),
      ("{}{}", "expected nothing after the header's last brace, found '{'"),
      ("{}\0", "expected nothing after"),
      ("{\(entry("a")),}", "expected a name in the header between quotes, found '}'"),
      ("{\(entry("a"))", "expected '}' to end the header, found its end"),
      ("{\(entry("a"));}", "expected '}' to end the header, found ';'"),
      ("{a:1}", "expected a name"),
      ("{'a':1}", "expected a name"),
      ("{\"a\" 1}", "expected ':' after \"a\", found '1'"),
      ("{\"a\":1}", "expected '{' to begin its description, found '1'"),
      ("{\"a\":null}", "found 'n'"),
      ("{\"a\":{}}", "dtype is missing"),
      ("{/**/}", "found '/'"),
      // Exactly dtype, shape and data_offsets.
      ("{\"a\":{\"shape\":[1],\"data_offsets\":[0,4]}}", "dtype is missing"),
      ("{\"a\":{\"dtype\":\"F32\",\"data_offsets\":[0,4]}}", "shape is missing"),
      ("{\"a\":{\"dtype\":\"F32\",\"shape\":[1]}}", "data_offsets is missing"),
      ("{\"a\":{\"dtype\":\"F32\",\"extra\":1}}", "found \"extra\", expected dtype, shape"),
      ("{\"a\":{\"dtype\":\"F32\",\"dtype\":\"F32\"}}", "dtype comes twice"),
      ("{\"a\":{\"shape\":[],\"shape\":[]}}", "shape comes twice"),
      ("{\"a\":{\"data_offsets\":[0,0],\"data_offsets\":[0,0]}}", "data_offsets comes twice"),
      ("{\(entry("a", "f32"))}", "found dtype \"f32\", expected one of BOOL, F4"),
      ("{\(entry("a", "F128"))}", "found dtype \"F128\""),
      ("{\"a\":{\"dtype\":32}}", "expected a dtype between quotes, found '3'"),
      ("{\(entry("a", "F32", "1"))}", "expected '[' to begin shape, found '1'"),
      ("{\(entry("a", "F32", "[1", "[0,4]"))}", "expected a whole number from 0 in shape"),
      ("{\(entry("a", "F32", "[[1]]"))}", "expected a whole number from 0 in shape, found '['"),
      ("{\(entry("a", "F32", "[\"1\"]"))}", "expected a whole number"),
      ("{\(entry("a", "F32", "[1,]"))}", "expected a whole number"),
      ("{\(entry("a", "F32", "[1 1]"))}", "expected ']' to end shape, found '1'"),
      ("{\(entry("a", "F32", "[1]", "[0]"))}", "data_offsets has 1 numbers, expected 2"),
      ("{\(entry("a", "F32", "[1]", "[]"))}", "data_offsets has 0 numbers, expected 2"),
      ("{\(entry("a", "F32", "[1]", "[0,4,4]"))}", "data_offsets has more than 2 numbers"),
      ("{\(entry("a", "F32", "[1]", "{}"))}", "expected '[' to begin data_offsets"),
      ("{\(entry("a", "F32", "[1,1,1,1,1,1,1,1,1]"))}", "shape has more than 8 numbers"),
      // Whole numbers only.
      ("{\(entry("a", "F32", "[-1]"))}", "found '-'"),
      ("{\(entry("a", "F32", "[1]", "[-4,0]"))}", "found '-'"),
      ("{\(entry("a", "F32", "[1]", "[0,-4]"))}", "found '-'"),
      ("{\(entry("a", "F32", "[+1]"))}", "found '+'"),
      ("{\(entry("a", "F32", "[1.0]"))}", "found '.'"),
      ("{\(entry("a", "F32", "[1e0]"))}", "found 'e'"),
      ("{\(entry("a", "F32", "[1]", "[0,4E0]"))}", "found 'E'"),
      ("{\(entry("a", "F32", "[01]"))}", "starts with a zero too many"),
      ("{\(entry("a", "F32", "[00]"))}", "starts with a zero too many"),
      ("{\(entry("a", "F32", "[0x1]"))}", "expected ']' to end shape, found 'x'"),
      ("{\(entry("a", "F32", "[true]"))}", "found 't'"),
      ("{\(entry("a", "F32", "[NaN]"))}", "found 'N'"),
      ("{\(entry("a", "F32", "[281474976710657]"))}", "larger than 281474976710656"),
      ("{\(entry("a", "F32", "[18446744073709551617]"))}", "larger than 281474976710656"),
      ("{\(entry("a", "F32", "[1]", "[0,99999999999999999999999]"))}", "larger than"),
      // Metadata: text only.
      ("{\"__metadata__\":1}", "expected '{' to begin __metadata__, found '1'"),
      ("{\"__metadata__\":{\"a\":1}}", "expected the text of \"a\" in __metadata__ between quotes"),
      ("{\"__metadata__\":{\"a\":null}}", "found 'n'"),
      ("{\"__metadata__\":{\"a\":{\"b\":\"c\"}}}", "found '{'"),
      ("{\"__metadata__\":{\"a\":[\"b\"]}}", "found '['"),
      // Strings.
      ("{\"a", "the header ends inside a name in the header"),
      ("{\"a\\", "the header ends inside an escape"),
      ("{\"a\nb\":1}", "found '\\n' inside a name"),
      ("{\"a\0b\":1}", "found '\\u{0}' inside a name"),
      ("{\"\\x41\":1}", "found 'x' after a backslash"),
      ("{\"\\u12\":1}", "expected four hexadecimal digits after \\u, found '\"'"),
      ("{\"\\u12g4\":1}", "found 'g'"),
      ("{\"\\u", "found its end"),
      ("{\"\\ud800\":1}", "half of a surrogate pair"),
      ("{\"\\udc00\":1}", "half of a surrogate pair"),
      ("{\"\\ud800\\u0041\":1}", "half of a surrogate pair"),
      ("{\"\\ud800\\ud800\":1}", "half of a surrogate pair"),
      ("{\"\\ud800x\":1}", "half of a surrogate pair"),
      ("{\"\\ud83d\\", "half of a surrogate pair"),
    ])
  func malformed(header: String, expected: String) throws {
    let error = try refusal(safetensors(header, buffer: 4))
    #expect(error.reason == .headerMalformed)
    #expect(error.detail.contains(expected), "\(error)")
    #expect(isPrintable(error))
  }

  @Test(
    "Names that come twice are refused",
    arguments: [
      "{\(entry("a")),\(entry("a", "F32", "[1]", "[4,8]"))}",
      "{\(entry("a")),\(entry("\\u0061", "F32", "[1]", "[4,8]"))}",
      "{\(entry("\u{e9}")),\(entry("e\u{301}", "F32", "[1]", "[4,8]"))}",
      "{\"__metadata__\":{},\(entry("a", "F32", "[2]", "[0,8]")),\"__metadata__\":{}}",
      "{\"__metadata__\":{\"k\":\"1\",\"k\":\"1\"},\(entry("a", "F32", "[2]", "[0,8]"))}",
    ])
  func duplicates(header: String) throws {
    let error = try refusal(safetensors(header, buffer: 8))
    #expect(error.reason == .headerMalformed)
    #expect(error.detail.contains("comes twice"), "\(error)")
  }

  @Test("Escapes of every kind are resolved")
  func escapes() throws {
    let header = #"{"__metadata__":{"\"\\\/\b\f\n\r\t":"\u0041\u00e9\u20AC\ud83d\uDE00é€😀"}}"#
    let file = try SafetensorsFile(bytes: safetensors(header), file: "")
    #expect(file.metadata == ["\"\\/\u{8}\u{c}\n\r\t": "Aé€😀é€😀"])
  }

  @Test("The first and the last character of each plane are read from surrogates")
  func surrogates() throws {
    for plane: UInt32 in 1...16 {
      for place: UInt32 in [plane << 16, plane << 16 | 0xffff] {
        let scalar = try #require(Unicode.Scalar(place))
        let escape = String(scalar).utf16
          .map { "\\u" + String($0, radix: 16) }.joined()
        let header = "{\"__metadata__\":{\"k\":\"\(escape)\"}}"
        let file = try SafetensorsFile(bytes: safetensors(header), file: "")
        #expect(file.metadata["k"] == String(scalar))
      }
    }
  }

  @Test("JSON nested a million deep is refused without following it")
  func depth() throws {
    let nested = String(repeating: "[", count: 1_000_000)
    #expect(try refusal(safetensors(nested)).reason == .headerMalformed)
    let inside = "{\"a\":{\"dtype\":\"F32\",\"shape\":\(nested)"
    #expect(try refusal(safetensors(inside)).reason == .headerMalformed)
  }

  @Test("A name of 4096 bytes is the longest, and errors show its start")
  func nameLength() throws {
    let longest = String(repeating: "x", count: 4096)
    let file = try SafetensorsFile(
      bytes: safetensors("{\(entry(longest))}", buffer: 4), file: "")
    #expect(file.names == [longest])
    let error = try refusal(safetensors("{\(entry(longest + "x"))}", buffer: 4))
    #expect(error.detail.contains("longer than 4096 bytes"))
    let short = try refusal(safetensors("{\(entry(longest, "U8"))}", buffer: 4))
    #expect(short.tensor == longest && short.description.count < 300)
  }

  @Test("Metadata may be longer than names")
  func metadataLength() throws {
    let value = String(repeating: "v", count: 100_000)
    let file = try SafetensorsFile(
      bytes: safetensors("{\"__metadata__\":{\"k\":\"\(value)\"}}"), file: "")
    #expect(file.metadata["k"] == value)
  }

  @Test("More than 100000 tensors are refused before they are kept")
  func tensorCount() throws {
    var header = "{"
    for i in 0...100_000 {
      header += "\"\(i)\":{\"dtype\":\"U8\",\"shape\":[0],\"data_offsets\":[0,0]},"
    }
    header.removeLast()
    let error = try refusal(safetensors(header + "}"))
    #expect(error.detail.contains("more than 100000 tensors"))
  }

  @Test("Control characters in names are shown as escapes")
  func controlCharacters() throws {
    let error = try refusal(safetensors("{\(entry("\\u001b[2J\\u202e", "U8"))}", buffer: 4))
    #expect(error.tensor == "\u{1b}[2J\u{202e}")
    #expect(error.description.contains("tensor \"\\u{1B}[2J\\u{202E}\""))
    #expect(isPrintable(error))
  }
}
