import AtomicFiles

/// The entries of a zip archive in memory, checked before anything in them is used.
///
/// Read is what `torch.save` writes: entries that are stored and not compressed, the records for
/// large archives (zip64) included. Every offset and size must lie inside the file, no two entries
/// may have one name or share a byte, and what is read must have its checksum.
struct ZipArchive {
  struct Entry {
    /// Its name, folders included.
    let name: String
    let range: Range<Int>
    let checksum: UInt32
  }

  /// The most entries an archive may have; `torch.save` writes one for each tensor.
  static let mostEntries = 100_000
  /// The longest name of an entry, in bytes.
  static let longestName = 4096

  /// The name of the file, as errors give it.
  let file: String
  /// The entries in the order of the archive's list.
  let entries: [Entry]
  private let bytes: [UInt8]
  private let index: [String: Int]

  /// Checks the list of entries and where they lie.
  init(bytes: [UInt8], file: String) throws(CheckpointError) {
    let directory = try ZipDirectory(bytes: bytes, file: file)
    self.file = file
    self.bytes = bytes
    entries = try directory.entries()
    var index: [String: Int] = [:]
    for (place, entry) in entries.enumerated() {
      guard index.updateValue(place, forKey: entry.name) == nil else {
        throw CheckpointError(.archive, file: file, "\(quoted(entry.name)) is in the archive twice")
      }
    }
    self.index = index
  }

  func entry(_ name: String) -> Entry? { index[name].map { entries[$0] } }

  /// The bytes of an entry, compared with their checksum.
  func contents(_ entry: Entry) throws(CheckpointError) -> [UInt8] {
    let found = bytes.withUnsafeBytes {
      Checksum.crc32(UnsafeRawBufferPointer(rebasing: $0[entry.range]))
    }
    guard found == entry.checksum else {
      throw CheckpointError(
        .archive, file: file,
        "\(quoted(entry.name)) is damaged: its checksum is \(hexadecimal(found)), expected"
          + " \(hexadecimal(entry.checksum))")
    }
    return Array(bytes[entry.range])
  }
}

/// A number as checksums and opcodes are written.
func hexadecimal(_ value: some FixedWidthInteger & UnsignedInteger) -> String {
  "0x" + String(value, radix: 16, uppercase: true)
}

extension [UInt8] {
  /// A little-endian number at a place; nil where it does not lie in the bytes.
  func number<Number: FixedWidthInteger & UnsignedInteger>(
    _: Number.Type = Number.self, at place: Int
  ) -> Number? {
    let size = Number.bitWidth / 8
    guard place >= 0, place <= count - size else { return nil }
    return withUnsafeBytes {
      Number(littleEndian: $0.loadUnaligned(fromByteOffset: place, as: Number.self))
    }
  }
}

/// CRC-32 as zip archives carry it (ISO 3309, reflected polynomial EDB88320).
enum Checksum {
  /// Eight tables of 256: the effect of a byte that stands 0 to 7 places before the end.
  private static let tables: [UInt32] = {
    var tables = [UInt32](repeating: 0, count: 8 * 256)
    for byte in 0..<256 {
      var value = UInt32(byte)
      for _ in 0..<8 { value = value >> 1 ^ (value & 1 == 1 ? 0xEDB8_8320 : 0) }
      tables[byte] = value
    }
    for place in 256..<8 * 256 {
      let before = tables[place - 256]
      tables[place] = before >> 8 ^ tables[Int(before & 0xFF)]
    }
    return tables
  }()

  /// The checksum of bytes, eight at a time.
  static func crc32(_ bytes: UnsafeRawBufferPointer) -> UInt32 {
    tables.withUnsafeBufferPointer { tables in
      var value = ~UInt32(0)
      var place = 0
      while bytes.count - place >= 8 {
        let word = bytes.loadUnaligned(fromByteOffset: place, as: UInt64.self).littleEndian
        let mixed = word ^ UInt64(value)
        value = 0
        for k in 0..<8 {
          value ^= tables[(7 - k) << 8 | Int(truncatingIfNeeded: mixed >> (8 * UInt64(k)) & 0xFF)]
        }
        place += 8
      }
      while place < bytes.count {
        value = value >> 8 ^ tables[Int((value ^ UInt32(bytes[place])) & 0xFF)]
        place += 1
      }
      return ~value
    }
  }
}
