import AtomicFiles

/// Reads the list at the end of a zip archive, and nothing but the form that `torch.save` gives it.
struct ZipDirectory {
  private enum Signature {
    static let entry: UInt32 = 0x0403_4B50
    static let listed: UInt32 = 0x0201_4B50
    static let end: UInt32 = 0x0605_4B50
    static let end64: UInt32 = 0x0606_4B50
    static let locator64: UInt32 = 0x0706_4B50
  }

  private let bytes: [UInt8]
  private let file: String
  private let list: Range<Int>
  private let count: Int

  init(bytes: [UInt8], file: String) throws(CheckpointError) {
    self.bytes = bytes
    self.file = file
    func fail(_ detail: String) -> CheckpointError { CheckpointError(.archive, file: file, detail) }
    let end = bytes.count - 22
    guard bytes.number(at: end) == Signature.end else {
      throw fail(Self.foreign(bytes))
    }
    let disks: UInt32? = bytes.number(at: end + 4)
    let short: (count: UInt16?, size: UInt32?, start: UInt32?) = (
      bytes.number(at: end + 10), bytes.number(at: end + 12), bytes.number(at: end + 16)
    )
    guard disks == 0, bytes.number(UInt16.self, at: end + 8) == short.count,
      bytes.number(UInt16.self, at: end + 20) == 0,
      let shortCount = short.count, let shortSize = short.size, let shortStart = short.start
    else { throw fail("its last record is not that of a single archive without a comment") }
    var (count, size, start) = (UInt64(shortCount), UInt64(shortSize), UInt64(shortStart))
    var listEnd = end
    if bytes.number(at: end - 20) == Signature.locator64 {
      let record = end - 20 - 56
      guard bytes.number(UInt64.self, at: end - 12).flatMap({ Int(exactly: $0) }) == record,
        bytes.number(at: record) == Signature.end64,
        bytes.number(UInt64.self, at: record + 4) == 44,
        bytes.number(UInt64.self, at: record + 16) == 0,
        let count64: UInt64 = bytes.number(at: record + 32),
        bytes.number(at: record + 24) == count64,
        let size64: UInt64 = bytes.number(at: record + 40),
        let start64: UInt64 = bytes.number(at: record + 48)
      else { throw fail("its record for large archives is not in its place before the last one") }
      guard count == count64 || count == UInt64(UInt16.max),
        size == size64 || size == UInt64(UInt32.max),
        start == start64 || start == UInt64(UInt32.max)
      else { throw fail("its two records at the end differ about the list of entries") }
      (count, size, start) = (count64, size64, start64)
      listEnd = record
    }
    guard let size = Int(exactly: size), let start = Int(exactly: start), size <= listEnd,
      start == listEnd - size
    else {
      throw fail(
        "its list of entries is said to have \(size) bytes from byte \(start) on, expected to end"
          + " at byte \(listEnd)")
    }
    guard let count = Int(exactly: count), count <= ZipArchive.mostEntries else {
      throw fail("it is said to have \(count) entries, expected at most \(ZipArchive.mostEntries)")
    }
    self.count = count
    list = start..<listEnd
  }

  /// What is wrong with a file that does not end as an archive.
  private static func foreign(_ bytes: [UInt8]) -> String {
    // The number that torch.save began its files with before it wrote archives.
    let old: [UInt8] = [0x8A, 0x0A, 0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20, 0x6A, 0xA8, 0x50, 0x19]
    if bytes.first == 0x80, bytes.dropFirst(2).starts(with: old) {
      return "it is in the form that torch.save wrote before version 1.6; load it there and save it"
        + " again with a newer one"
    }
    if bytes.number(at: 0) == Signature.entry {
      return "it begins as an archive of torch.save but does not end as one; it was cut off"
    }
    return "it is not an archive of torch.save"
  }

  /// The entries, each inside the part before the list and apart from all others.
  func entries() throws(CheckpointError) -> [ZipArchive.Entry] {
    var place = list.lowerBound
    var result: [ZipArchive.Entry] = []
    var spans: [(start: Int, end: Int, name: String)] = []
    for number in 0..<count {
      let listed = try listedEntry(number, at: &place)
      let range = try data(of: listed)
      spans.append((listed.start, range.upperBound, listed.name))
      result.append(
        ZipArchive.Entry(name: listed.name, range: range, checksum: listed.checksum))
    }
    guard place == list.upperBound else {
      throw fail("its list of entries goes on after the last of \(count)")
    }
    spans.sort { ($0.start, $0.end) < ($1.start, $1.end) }
    for (before, after) in zip(spans, spans.dropFirst()) where after.start < before.end {
      throw fail("\(quoted(before.name)) and \(quoted(after.name)) share bytes")
    }
    return result
  }

  private struct Listed {
    let name: String
    let flags: UInt16
    let checksum: UInt32
    let size: Int
    let start: Int
  }

  /// Bit 3 of the flags: the sizes follow the data, as torch.save writes them.
  private static let sizesFollow: UInt16 = 1 << 3
  /// Bit 11: the name is UTF-8.
  private static let nameIsUTF8: UInt16 = 1 << 11

  private func listedEntry(_ number: Int, at place: inout Int) throws(CheckpointError) -> Listed {
    guard place <= list.upperBound - 46, bytes.number(at: place) == Signature.listed,
      let flags: UInt16 = bytes.number(at: place + 8),
      let method: UInt16 = bytes.number(at: place + 10),
      let checksum: UInt32 = bytes.number(at: place + 16),
      let stored: UInt32 = bytes.number(at: place + 20),
      let full: UInt32 = bytes.number(at: place + 24),
      let nameLength: UInt16 = bytes.number(at: place + 28),
      let extraLength: UInt16 = bytes.number(at: place + 30),
      let commentLength: UInt16 = bytes.number(at: place + 32),
      let disk: UInt16 = bytes.number(at: place + 34),
      let offset: UInt32 = bytes.number(at: place + 42)
    else { throw fail("entry \(number + 1) of its list is not one or does not lie in the list") }
    let nameStart = place + 46
    let extraStart = nameStart + Int(nameLength)
    let end = extraStart + Int(extraLength) + Int(commentLength)
    guard end <= list.upperBound else {
      throw fail("entry \(number + 1) reaches beyond the list of entries")
    }
    guard nameLength > 0, nameLength <= ZipArchive.longestName,
      let name = String(validating: bytes[nameStart..<extraStart], as: UTF8.self)
    else {
      throw fail(
        "the name of entry \(number + 1) is not UTF-8 of 1 to \(ZipArchive.longestName) bytes")
    }
    guard flags & ~(Self.sizesFollow | Self.nameIsUTF8) == 0 else {
      throw fail("\(quoted(name)) is encrypted or patched (flags \(hexadecimal(flags)))")
    }
    guard method == 0 else {
      throw fail(
        "\(quoted(name)) is compressed (method \(method)), which torch.save does not do; pack the"
          + " archive again without compression (zip -0)")
    }
    // Numbers that do not fit stand in the extra field, in this order.
    var wide = try largeNumbers(in: extraStart..<extraStart + Int(extraLength), of: name)
    func value(_ short: UInt32) throws(CheckpointError) -> Int {
      guard short == .max else { return Int(short) }
      guard let long = wide.popFirst(), let number = Int(exactly: long) else {
        throw fail("the size or place of \(quoted(name)) is missing or too large")
      }
      return number
    }
    let size = try value(full)
    guard try value(stored) == size else {
      throw fail("\(quoted(name)) has two sizes but is not compressed")
    }
    let start = try value(offset)
    guard disk == 0 else { throw fail("\(quoted(name)) is said to lie on another disk") }
    place = end
    return Listed(name: name, flags: flags, checksum: checksum, size: size, start: start)
  }

  /// The 64-bit numbers of a zip64 field, if there is one.
  private func largeNumbers(
    in extra: Range<Int>, of name: String
  ) throws(CheckpointError) -> ArraySlice<UInt64> {
    var place = extra.lowerBound
    var numbers: ArraySlice<UInt64> = []
    while place < extra.upperBound {
      guard place <= extra.upperBound - 4, let kind: UInt16 = bytes.number(at: place),
        let length: UInt16 = bytes.number(at: place + 2),
        Int(length) <= extra.upperBound - place - 4
      else { throw fail("the extra field of \(quoted(name)) is not one") }
      if kind == 1 {
        for number in 0..<Int(length) / 8 {
          numbers += [bytes.number(at: place + 4 + 8 * number) ?? 0]
        }
      }
      place += 4 + Int(length)
    }
    return numbers
  }

  /// Where the bytes of an entry are, behind a header that agrees with the list.
  private func data(of listed: Listed) throws(CheckpointError) -> Range<Int> {
    guard listed.start <= list.lowerBound - 30, bytes.number(at: listed.start) == Signature.entry,
      let flags: UInt16 = bytes.number(at: listed.start + 6),
      let method: UInt16 = bytes.number(at: listed.start + 8),
      let size: UInt32 = bytes.number(at: listed.start + 22),
      let nameLength: UInt16 = bytes.number(at: listed.start + 26),
      let extraLength: UInt16 = bytes.number(at: listed.start + 28)
    else { throw fail("the place of \(quoted(listed.name)) holds no entry") }
    let nameStart = listed.start + 30
    let dataStart = nameStart + Int(nameLength) + Int(extraLength)
    guard dataStart <= list.lowerBound, listed.size <= list.lowerBound - dataStart else {
      throw fail(
        "\(quoted(listed.name)) is said to have \(listed.size) bytes, more than there are before"
          + " the list of entries")
    }
    let sizeAgrees =
      flags & Self.sizesFollow != 0 || size == .max || Int(size) == listed.size
    guard flags == listed.flags, method == 0, sizeAgrees,
      bytes[nameStart..<nameStart + Int(nameLength)].elementsEqual(listed.name.utf8)
    else { throw fail("\(quoted(listed.name)) has another header than the list of entries says") }
    return dataStart..<dataStart + listed.size
  }

  private func fail(_ detail: String) -> CheckpointError {
    CheckpointError(.archive, file: file, detail)
  }
}
