/// The columns read from one of RecBole's atomic files.
///
/// The first line names the columns as `name:type`, every other line is a row; tabs separate
/// fields, single spaces the pieces of a sequence, if ``AtomicForm`` does not say otherwise. Columns may stand in any order, and those not
/// asked for are skipped. Line ends may be LF or CRLF, the last may be missing, and a byte order
/// mark is ignored. Lines that are empty or hold only spaces do not count.
///
/// RecBole reads through pandas, whose habits are not followed where they lose data:
/// - quotation marks are ordinary characters, so that no field swallows the lines after it;
/// - `NA`, `None`, `null` and the like are tokens as any others: a user called NA is a user;
/// - an empty token, and a row with fewer or more fields than the header, are errors that name
///   the line;
/// - every number must be finite: a mean in the place of a missing time helps nobody.
package struct AtomicTable: Sendable {
  package enum Reading: Sendable {
    /// Tokens become identifiers and a vocabulary; for columns of type `token`.
    case tokens
    /// The text as it stands; for columns of any type.
    case text
    /// Double precision; for columns of type `float`.
    case numbers
    /// Vectors of one width; for columns of type `float_seq`.
    case vectors

    func accepts(_ type: ColumnType) -> Bool {
      switch self {
      case .tokens: type == .token
      case .text: true
      case .numbers: type == .float
      case .vectors: type == .floatSequence
      }
    }

    var expected: String {
      switch self {
      case .tokens: "type token"
      case .text: "any type"
      case .numbers: "type float"
      case .vectors: "type float_seq"
      }
    }
  }

  package struct Request: Sendable {
    package var name: String
    package var reading: Reading

    package init(_ name: String, _ reading: Reading) {
      self.name = name
      self.reading = reading
    }
  }

  package let path: String
  /// All columns that the file has, in its order.
  package let header: [AtomicColumn]
  package let rowCount: Int
  let headerLine: Int
  let columns: [String: ColumnReader]
  /// For each line skipped below the header: the number of rows above it.
  let skipped: [Int]

  /// Reads the columns of a file; an error if one of them is missing or has another type.
  package static func read(
    _ path: String, form: AtomicForm = AtomicForm(), columns: [Request]
  ) throws(DataError) -> AtomicTable {
    try read(path, form: form) { _ throws(DataError) in columns }
  }

  /// Reads the columns of a file that are chosen by a look at its header.
  package static func read(
    _ path: String, form: AtomicForm = AtomicForm(),
    choosing: ([AtomicColumn]) throws(DataError) -> [Request]
  ) throws(DataError) -> AtomicTable {
    let file = try MappedFile(path)
    var scanner = try RowScanner(file.bytes, path: path, separator: form.fieldSeparator)
    let header = try scanner.readHeader()
    let headerLine = scanner.line
    var readers = header.map { column in
      var reader = ColumnReader()
      reader.separator = form.sequenceSeparator
      reader.longest = form.sequenceLengths[column.name] ?? .max
      return reader
    }
    for request in try choosing(header) {
      guard let index = header.firstIndex(where: { $0.name == request.name }) else {
        throw missing(request.name, in: header, line: headerLine, path: path)
      }
      guard request.reading.accepts(header[index].type) else {
        throw DataError(
          file: path, line: headerLine, field: request.name,
          found: "type \(header[index].type.rawValue)", expected: request.reading.expected)
      }
      readers[index].reading = request.reading
    }
    let rowCount = try scanner.readRows(into: &readers, header: header)
    var columns: [String: ColumnReader] = [:]
    for (column, reader) in zip(header, readers) where reader.reading != nil {
      columns[column.name] = reader
    }
    return AtomicTable(
      path: path, header: header, rowCount: rowCount, headerLine: headerLine, columns: columns,
      skipped: scanner.skipped)
  }

  /// The columns that a file has.
  package static func header(
    _ path: String, form: AtomicForm = AtomicForm()
  ) throws(DataError) -> [AtomicColumn] {
    let file = try MappedFile(path)
    var scanner = try RowScanner(file.bytes, path: path, separator: form.fieldSeparator)
    return try scanner.readHeader()
  }

  /// A column read as tokens.
  package func tokens(_ name: String) throws(DataError) -> TokenColumn {
    try column(name, .tokens).tokens
  }

  /// A column read as text.
  package func text(_ name: String) throws(DataError) -> TextColumn {
    try column(name, .text).text
  }

  /// A column read as numbers.
  package func numbers(_ name: String) throws(DataError) -> [Double] {
    try column(name, .numbers).numbers
  }

  /// A column read as vectors.
  package func vectors(_ name: String) throws(DataError) -> VectorColumn {
    try column(name, .vectors).vectors
  }

  /// The line of the file on which a row stands, counted from 1.
  package func line(ofRow row: Int) -> Int {
    var low = 0
    var high = skipped.count
    while low < high {
      let middle = (low + high) / 2
      if skipped[middle] <= row { low = middle + 1 } else { high = middle }
    }
    return headerLine + row + low + 1
  }

  private func column(_ name: String, _ reading: Reading) throws(DataError) -> ColumnReader {
    guard let column = columns[name], column.reading == reading else {
      throw Self.missing(name, in: header, line: headerLine, path: path)
    }
    return column
  }

  static func missing(
    _ name: String, in header: [AtomicColumn], line: Int, path: String
  ) -> DataError {
    DataError(
      file: path, line: line,
      found: "the columns \(header.map(\.header).joined(separator: " "))",
      expected: "a column \(name)")
  }
}

/// Which of several rows with one identifier counts.
enum Kept: String {
  case first
  case last
}

extension AtomicTable {
  /// The row that counts for each identifier of a column, and a warning if any has more than one.
  func rows(
    of keys: TokenColumn, _ field: String, keeping kept: Kept
  ) -> (rows: [Int], warnings: [DataError]) {
    var rows: [Int] = []
    rows.reserveCapacity(keys.vocabulary.count)
    var repeated: Int?
    for (row, id) in keys.ids.enumerated() {
      // Identifiers are given in the order of appearance.
      if Int(id) == rows.count {
        rows.append(row)
      } else {
        if kept == .last { rows[Int(id)] = row }
        repeated = repeated ?? row
      }
    }
    guard let repeated else { return (rows, []) }
    let token = keys.vocabulary[Int(keys.ids[repeated])]
    let others = keys.ids.count - rows.count - 1
    let warning = DataError(
      file: path, line: line(ofRow: repeated), field: field,
      found: "\(quoted(token)) again" + (others > 0 ? " and \(others) more repetitions" : ""),
      expected: "each once; the \(kept.rawValue) row counts")
    return (rows, [warning])
  }
}
