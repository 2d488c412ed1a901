/// Gathers rows and writes them as an atomic file that RecBole reads.
///
/// Texts are written as they stand. What would break the table (a tab or a line end in a text, an
/// empty token, a number that is not finite) is an error instead.
package struct AtomicFileWriter: Sendable {
  package enum Field: Sendable, Equatable {
    /// For a column of type `token`.
    case token(String)
    /// For a column of type `token_seq`: the pieces with spaces between them.
    case text(String)
    /// For a column of type `float`.
    case number(Double)
    /// For a column of type `float_seq`.
    case vector([Float])
  }

  /// The columns in the order of the file.
  package let columns: [AtomicColumn]
  /// The number of rows so far.
  package private(set) var rowCount = 0
  private var content: [UInt8] = []
  private let form: AtomicForm

  /// A table with columns and no rows yet; of its form the separators count.
  package init(_ columns: [AtomicColumn], form: AtomicForm = AtomicForm()) throws(DataError) {
    self.columns = columns
    self.form = form
    for column in columns {
      guard !column.name.isEmpty, !column.name.utf8.contains(UInt8(ascii: ":")) else {
        throw DataError(
          file: "table", found: "the column \(quoted(column.name))", expected: "a name without ':'")
      }
      try check(column.name, column.name, line: 1)
    }
    for (index, column) in columns.enumerated() {
      if index > 0 { content.append(form.fieldSeparator) }
      content.append(contentsOf: column.header.utf8)
    }
    content.append(newline)
  }

  /// Adds a row; an error if its fields do not fit the columns, and then no part of it is added.
  package mutating func append(_ fields: [Field]) throws(DataError) {
    let line = rowCount + 2
    guard fields.count == columns.count else {
      throw DataError(
        file: "table", line: line, found: "\(fields.count) fields",
        expected: "\(columns.count) fields")
    }
    let start = content.count
    do throws(DataError) {
      for (index, field) in fields.enumerated() {
        if index > 0 { content.append(form.fieldSeparator) }
        try append(field, columns[index], line)
      }
    } catch {
      content.removeLast(content.count - start)
      throw error
    }
    content.append(newline)
    rowCount += 1
  }

  /// Writes the table, as ``writeAtomically(_:to:)-([UInt8],_)`` does.
  package func write(to path: String) throws(DataError) {
    try writeAtomically(content, to: path)
  }

  private mutating func append(
    _ field: Field, _ column: AtomicColumn, _ line: Int
  ) throws(DataError) {
    switch (field, column.type) {
    case (.token(let text), .token) where !text.isEmpty, (.text(let text), .tokenSequence):
      try check(text, column.name, line: line)
      content.append(contentsOf: text.utf8)
    case (.number(let number), .float) where number.isFinite:
      content.append(contentsOf: Self.text(number).utf8)
    case (.vector(let numbers), .floatSequence) where numbers.allSatisfy(\.isFinite):
      for (index, number) in numbers.enumerated() {
        if index > 0 { content.append(form.sequenceSeparator) }
        content.append(contentsOf: number.description.utf8)
      }
    default:
      throw DataError(
        file: "table", line: line, field: column.name, found: "\(field)",
        expected: "a value of type \(column.type.rawValue)")
    }
  }

  private func check(_ text: String, _ field: String, line: Int) throws(DataError) {
    let separator = form.fieldSeparator
    for byte in text.utf8 where byte == separator || byte == newline || byte == carriageReturn {
      throw DataError(
        file: "table", line: line, field: field, found: quoted(text),
        expected: "a text without line ends and "
          + (separator == tab ? "tabs" : "\"\(Character(UnicodeScalar(separator)))\""))
    }
  }

  /// The shortest text of the number, without a fraction where it is whole.
  private static func text(_ number: Double) -> String {
    if let whole = Int(exactly: number), whole.magnitude < 1 << 53 { return "\(whole)" }
    return number.description
  }
}
