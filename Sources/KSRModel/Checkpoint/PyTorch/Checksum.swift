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
