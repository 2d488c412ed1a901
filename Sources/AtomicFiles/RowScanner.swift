/// What separates the fields of an atomic file, if nothing else is said.
package let tab = UInt8(ascii: "\t")
let newline = UInt8(ascii: "\n")
let carriageReturn = UInt8(ascii: "\r")

/// Goes once through the bytes of an atomic file and hands each field to its column.
struct RowScanner {
  let bytes: UnsafeBufferPointer<UInt8>
  let path: String
  /// What stands between fields.
  let separator: UInt8
  var position = 0
  /// The line that was read last, from 1.
  var line = 0
  /// For each line skipped below the header: the number of rows above it.
  var skipped: [Int] = []

  init(
    _ bytes: UnsafeBufferPointer<UInt8>, path: String, separator: UInt8 = tab
  ) throws(DataError) {
    self.bytes = bytes
    self.path = path
    self.separator = separator
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { position = 3 }
    if bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]) {
      throw DataError(file: path, line: 1, found: "a text in UTF-16", expected: "UTF-8")
    }
  }

  /// Whether the line was empty or held only spaces; it is passed over if so.
  mutating func skipBlankLine() -> Bool {
    var end = position
    while end < bytes.count, bytes[end] == UInt8(ascii: " ") || bytes[end] == carriageReturn {
      end += 1
    }
    if end < bytes.count {
      guard bytes[end] == newline else { return false }
    } else if end == position {
      return false
    }
    position = min(end + 1, bytes.count)
    line += 1
    return true
  }

  /// The columns that the first line names.
  mutating func readHeader() throws(DataError) -> [AtomicColumn] {
    while skipBlankLine() {}
    guard position < bytes.count else {
      throw DataError(
        file: path, found: "an empty file", expected: "a first line of columns name:type")
    }
    line += 1
    var end = position
    while end < bytes.count, bytes[end] != newline { end += 1 }
    let next = end + 1
    if end > position, bytes[end - 1] == carriageReturn { end -= 1 }
    guard let text = String(validating: bytes[position..<end], as: UTF8.self) else {
      throw DataError(file: path, line: line, found: "bytes that are not UTF-8", expected: "UTF-8")
    }
    position = min(next, bytes.count)
    guard text.utf8.contains(UInt8(ascii: ":")) else {
      throw DataError(
        file: path, line: line,
        found: "\(quoted(text)), which names no columns: this is a file without header",
        expected: "a first line of columns name:type, such as user_id:token")
    }
    var columns: [AtomicColumn] = []
    var names: Set<String> = []
    for field in text.utf8.split(separator: separator, omittingEmptySubsequences: false) {
      let column = try parseColumn(Substring(field))
      guard names.insert(column.name).inserted else {
        throw DataError(
          file: path, line: line, field: column.name, found: "the column a second time",
          expected: "each column once")
      }
      columns.append(column)
    }
    return columns
  }

  private func parseColumn(_ field: Substring) throws(DataError) -> AtomicColumn {
    let parts = field.utf8.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
      .map { String(Substring($0)) }
    guard parts.count == 2, !parts[0].isEmpty else {
      throw DataError(
        file: path, line: line, found: "the column \(quoted(field))",
        expected: "columns name:type, separated by "
          + (separator == tab ? "tabs" : "\"\(Character(UnicodeScalar(separator)))\""))
    }
    guard let type = ColumnType(rawValue: parts[1]) else {
      let types = ColumnType.allCases.map(\.rawValue).joined(separator: ", ")
      throw DataError(
        file: path, line: line, field: parts[0], found: "the type \(quoted(parts[1]))",
        expected: "one of \(types)")
    }
    return AtomicColumn(parts[0], type)
  }
}

extension RowScanner {
  /// Reads all rows and returns how many there are.
  mutating func readRows(
    into readers: inout [ColumnReader], header: [AtomicColumn]
  ) throws(DataError) -> Int {
    // An array of ours cannot be reached from elsewhere; the buffer spares the checks for that.
    let result: Result<Int, DataError> = readers.withUnsafeMutableBufferPointer { readers in
      do throws(DataError) {
        return .success(try readRows(into: readers, header))
      } catch {
        return .failure(error)
      }
    }
    return try result.get()
  }

  private mutating func readRows(
    into readers: UnsafeMutableBufferPointer<ColumnReader>, _ header: [AtomicColumn]
  ) throws(DataError) -> Int {
    let last = readers.count - 1
    var rows = 0
    while position < bytes.count {
      if bytes[position] <= UInt8(ascii: " "), skipBlankLine() {
        skipped.append(rows)
        continue
      }
      line += 1
      guard rows < Int(Int32.max) else {
        throw DataError(
          file: path, line: line, found: "one row more", expected: "at most \(Int32.max) rows")
      }
      let startOfRow = position
      for column in 0...last {
        let start = position
        do throws(ColumnReader.Complaint) {
          if readers[column].reading == .tokens {
            let (end, hash, ascii) = endAndHashOfField(at: start)
            position = end
            try readers[column].appendToken(slice(start, end), hash: hash, ascii: ascii)
          } else {
            position = endOfField(at: start)
            if readers[column].reading != nil { try readers[column].append(slice(start, position)) }
          }
        } catch {
          throw describe(error, in: slice(start, position), header[column], readers[column])
        }
        let separated = position < bytes.count && bytes[position] == separator
        guard separated == (column < last) else { throw wrongCount(startOfRow, header.count) }
        if separated { position += 1 }
      }
      if position < bytes.count, bytes[position] == carriageReturn { position += 1 }
      if position < bytes.count { position += 1 }
      rows += 1
    }
    return rows
  }

  @inline(__always)
  private func slice(_ start: Int, _ end: Int) -> UnsafeBufferPointer<UInt8> {
    UnsafeBufferPointer(rebasing: bytes[start..<end])
  }

  /// Where the field ends: at a separator, at a line end, or with the file.
  @inline(__always)
  private func endOfField(at start: Int) -> Int {
    var end = start
    while end < bytes.count {
      if bytes[end] <= carriageReturn || bytes[end] == separator, isEnd(end) { break }
      end += 1
    }
    return end
  }

  /// Where the field ends, the hash of its bytes, and whether all of them are ASCII.
  @inline(__always)
  private func endAndHashOfField(at start: Int) -> (end: Int, hash: UInt64, ascii: Bool) {
    var end = start
    var hash = Vocabulary.hashStart
    var union: UInt8 = 0
    while end < bytes.count {
      let byte = bytes[end]
      if byte <= carriageReturn || byte == separator, isEnd(end) { break }
      hash = Vocabulary.hashStep(hash, byte)
      union |= byte
      end += 1
    }
    return (end, Vocabulary.hashEnd(hash), union < 0x80)
  }

  /// Whether the byte ends a field; a carriage return does so only at the end of a line.
  @inline(__always)
  private func isEnd(_ index: Int) -> Bool {
    let byte = bytes[index]
    if byte == separator || byte == newline { return true }
    guard byte == carriageReturn else { return false }
    return index + 1 == bytes.count || bytes[index + 1] == newline
  }

  private func describe(
    _ complaint: ColumnReader.Complaint, in field: UnsafeBufferPointer<UInt8>,
    _ column: AtomicColumn, _ reader: ColumnReader
  ) -> DataError {
    let text = shown(field)
    let (found, expected) =
      switch complaint {
      case .empty: (text, column.type == .token ? "a token" : "numbers separated by spaces")
      case .notUTF8: ("bytes that are not UTF-8 in \(text)", "UTF-8")
      case .notANumber: (text, "a finite number")
      case .notAFloat(let piece): (quoted(piece), "finite numbers separated by spaces")
      case .width(let width):
        ("\(width) numbers", "\(reader.vectors.width) numbers, as in the rows before")
      }
    return DataError(file: path, line: line, field: column.name, found: found, expected: expected)
  }

  private func wrongCount(_ startOfRow: Int, _ columns: Int) -> DataError {
    var fields = 1
    for byte in bytes[startOfRow...] {
      if byte == newline { break }
      if byte == separator { fields += 1 }
    }
    return DataError(
      file: path, line: line, found: fields == 1 ? "1 field" : "\(fields) fields",
      expected: "\(columns) fields, as the header has")
  }

  private func shown(_ field: UnsafeBufferPointer<UInt8>) -> String {
    // The start of a long field is enough, and a field may be many megabytes long.
    quoted(String(decoding: field.prefix(400), as: UTF8.self))
  }
}
