import AtomicFiles

/// Steps through JSON text, asking at each place for what the caller expects there.
struct JSONScanner {
  /// The text, valid UTF-8.
  let bytes: [UInt8]
  /// The file's name, for errors.
  let file: String
  /// The tensor being read, for errors.
  var tensor: String?
  private var position = 0

  init(bytes: [UInt8], file: String) {
    self.bytes = bytes
    self.file = file
  }

  /// An object, whose members' values `member` reads.
  mutating func object(
    _ what: String,
    member: (inout JSONScanner, _ key: String) throws(CheckpointError) -> Void
  ) throws(CheckpointError) {
    try expect("{", "to begin \(what)")
    if skip("}") { return }
    repeat {
      let key = try string("a name in \(what)", longest: SafetensorsHeaderParser.longestName)
      try expect(":", "after \(quoted(key))")
      try member(&self, key)
    } while skip(",")
    try expect("}", "to end \(what)")
  }

  /// An array of whole numbers from 0.
  mutating func integers(
    _ what: String, most: Int, upTo limit: Int
  ) throws(CheckpointError) -> [Int] {
    try expect("[", "to begin \(what)")
    var result: [Int] = []
    if skip("]") { return result }
    repeat {
      guard result.count < most else {
        throw failure("\(what) has more than \(most) numbers, the most allowed")
      }
      result.append(try integer(in: what, upTo: limit))
    } while skip(",")
    try expect("]", "to end \(what)")
    return result
  }

  private mutating func integer(in what: String, upTo limit: Int) throws(CheckpointError) -> Int {
    skipSpace()
    let start = position
    var value = 0
    while position < bytes.count, (0x30...0x39).contains(bytes[position]) {
      value = value * 10 + Int(bytes[position] - 0x30)
      guard value <= limit else {
        throw failure("a number in \(what) is larger than \(limit), the most allowed")
      }
      position += 1
    }
    let isFraction = position < bytes.count && ".eE".utf8.contains(bytes[position])
    guard position > start, !isFraction else {
      throw failure("expected a whole number from 0 in \(what), found \(found)")
    }
    guard bytes[start] != 0x30 || position == start + 1 else {
      throw failure("a number in \(what) starts with a zero too many")
    }
    return value
  }

  /// A string of at most `longest` bytes, its escapes resolved.
  mutating func string(_ what: String, longest: Int?) throws(CheckpointError) -> String {
    skipSpace()
    guard position < bytes.count, bytes[position] == UInt8(ascii: "\"") else {
      throw failure("expected \(what) between quotes, found \(found)")
    }
    position += 1
    var text: [UInt8] = []
    while true {
      let start = position
      while position < bytes.count, isPlain(bytes[position]) { position += 1 }
      text += bytes[start..<position]
      if let longest, text.count > longest {
        throw failure("\(what) is longer than \(longest) bytes, the most allowed")
      }
      guard position < bytes.count else { throw failure("the header ends inside \(what)") }
      switch bytes[position] {
      case UInt8(ascii: "\""):
        position += 1
        return String(decoding: text, as: UTF8.self)
      case UInt8(ascii: "\\"):
        text += UTF8.encode(try escape()) ?? UTF8.encodedReplacementCharacter
      default: throw failure("found \(found) inside \(what)")
      }
    }
  }

  /// Whether a byte of a string stands for itself.
  private func isPlain(_ byte: UInt8) -> Bool {
    byte >= 0x20 && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\")
  }

  /// What an escape from its backslash on stands for.
  private mutating func escape() throws(CheckpointError) -> Unicode.Scalar {
    position += 1
    guard position < bytes.count else { throw failure("the header ends inside an escape") }
    let kind = bytes[position]
    if kind == UInt8(ascii: "u") { return try unicodeEscape() }
    let plain: Unicode.Scalar
    switch kind {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): plain = Unicode.Scalar(kind)
    case UInt8(ascii: "b"): plain = "\u{8}"
    case UInt8(ascii: "f"): plain = "\u{c}"
    case UInt8(ascii: "n"): plain = "\n"
    case UInt8(ascii: "r"): plain = "\r"
    case UInt8(ascii: "t"): plain = "\t"
    default: throw failure("found \(found) after a backslash, which is no escape of JSON")
    }
    position += 1
    return plain
  }

  private mutating func unicodeEscape() throws(CheckpointError) -> Unicode.Scalar {
    let first = try codeUnit()
    if let scalar = Unicode.Scalar(first) { return scalar }
    let lone = failure("found half of a surrogate pair, which stands for no character")
    guard (0xD800...0xDBFF).contains(first), position + 1 < bytes.count,
      bytes[position] == UInt8(ascii: "\\"), bytes[position + 1] == UInt8(ascii: "u")
    else { throw lone }
    position += 1
    let second = try codeUnit()
    guard (0xDC00...0xDFFF).contains(second),
      let scalar = Unicode.Scalar(
        0x10000 + (UInt32(first) - 0xD800) << 10 + (UInt32(second) - 0xDC00))
    else { throw lone }
    return scalar
  }

  /// Four hexadecimal digits, from the `u` before them on.
  private mutating func codeUnit() throws(CheckpointError) -> UInt16 {
    position += 1
    var value: UInt16 = 0
    for _ in 0..<4 {
      guard position < bytes.count,
        let digit = Character(Unicode.Scalar(bytes[position])).hexDigitValue
      else { throw failure("expected four hexadecimal digits after \\u, found \(found)") }
      value = value << 4 | UInt16(digit)
      position += 1
    }
    return value
  }

  /// The end of the text, with nothing but white space before it.
  mutating func end() throws(CheckpointError) {
    skipSpace()
    guard position == bytes.count else {
      throw failure("expected nothing after the header's last brace, found \(found)")
    }
  }

  /// Steps over `character`, if it comes next.
  private mutating func skip(_ character: Unicode.Scalar) -> Bool {
    skipSpace()
    guard position < bytes.count, bytes[position] == UInt8(ascii: character) else { return false }
    position += 1
    return true
  }

  private mutating func expect(
    _ character: Unicode.Scalar, _ purpose: String
  ) throws(CheckpointError) {
    guard skip(character) else {
      throw failure("expected '\(character)' \(purpose), found \(found)")
    }
  }

  private mutating func skipSpace() {
    while position < bytes.count {
      switch bytes[position] {
      case 0x20, 0x0A, 0x0D, 0x09: position += 1
      default: return
      }
    }
  }

  /// The character at the place reached, in words.
  private var found: String {
    guard position < bytes.count else { return "its end" }
    // At most four bytes make a character; the rest of the header need not be decoded.
    let rest = String(decoding: bytes[position..<min(position + 4, bytes.count)], as: UTF8.self)
    return rest.unicodeScalars.first.map { "'" + printable(String($0)) + "'" } ?? "its end"
  }

  /// An error at the place reached.
  func failure(_ detail: String) -> CheckpointError {
    CheckpointError(
      .headerMalformed, file: file, tensor: tensor, "byte \(position) of the header: \(detail)")
  }
}
