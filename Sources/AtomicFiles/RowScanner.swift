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
