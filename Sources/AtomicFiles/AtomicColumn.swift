/// The types that RecBole knows for the columns of its atomic files.
package enum ColumnType: String, Sendable, CaseIterable {
  /// One name out of a set.
  case token
  /// Several tokens, separated by spaces.
  case tokenSequence = "token_seq"
  case float
  /// Several numbers, separated by spaces.
  case floatSequence = "float_seq"
}

/// A column as the header of an atomic file announces it: `name:type`.
package struct AtomicColumn: Sendable, Equatable {
  /// The name before the colon.
  package var name: String
  /// The type after the colon.
  package var type: ColumnType

  package init(_ name: String, _ type: ColumnType) {
    self.name = name
    self.type = type
  }

  /// The column as it stands in a header.
  package var header: String { "\(name):\(type.rawValue)" }
}

/// A column of tokens: each row holds the place of its token in the vocabulary.
package struct TokenColumn: Sendable {
  /// The tokens in the order of their first appearance.
  package var vocabulary = Vocabulary()
  /// The identifier of each row's token.
  package var ids: [Int32] = []
}

/// A column of texts as they stand in the file, held in one run of bytes.
package struct TextColumn: Sendable {
  private var bytes: [UInt8] = []
  private var ends: [Int] = []

  package var count: Int { ends.count }

  /// The text of a row; empty where the file has none.
  package subscript(row: Int) -> String {
    let start = row == 0 ? 0 : ends[row - 1]
    return String(decoding: bytes[start..<ends[row]], as: UTF8.self)
  }

  mutating func append(_ text: UnsafeBufferPointer<UInt8>) {
    bytes.append(contentsOf: text)
    ends.append(bytes.count)
  }
}

/// A column of number sequences, all of one width.
package struct VectorColumn: Sendable {
  /// How many numbers each row has; 0 if there are no rows.
  package var width = 0
  /// The numbers, row after row.
  package var values: [Float] = []
}

/// Gathers the fields of one column in the way that was asked for.
struct ColumnReader: Sendable {
  /// Nil for a column that is skipped.
  var reading: AtomicTable.Reading?
  var tokens = TokenColumn()
  var text = TextColumn()
  var numbers: [Double] = []
  var vectors = VectorColumn()
  /// What stands between the numbers of a vector.
  var separator = UInt8(ascii: " ")
  var longest = Int.max

  /// What a field may be found to be.
  enum Complaint: Error {
    case empty
    case notUTF8
    case notANumber
    case notAFloat(String)
    case width(Int)
  }

  mutating func appendToken(
    _ field: UnsafeBufferPointer<UInt8>, hash: UInt64, ascii: Bool
  ) throws(Complaint) {
    guard !field.isEmpty else { throw .empty }
    let known = tokens.vocabulary.count
    let id = tokens.vocabulary.intern(field, hash: hash)
    if id == known, !ascii, !isUTF8(field) { throw .notUTF8 }
    tokens.ids.append(Int32(truncatingIfNeeded: id))
  }

  mutating func append(_ field: UnsafeBufferPointer<UInt8>) throws(Complaint) {
    switch reading {
    case .numbers:
      guard let number = DecimalNumber.parse(field) else { throw .notANumber }
      numbers.append(number)
    case .text:
      guard isUTF8(field) else { throw .notUTF8 }
      text.append(field)
    case .vectors:
      try appendVector(field)
    case .tokens, nil:
      break
    }
  }

  private mutating func appendVector(
    _ field: UnsafeBufferPointer<UInt8>
  ) throws(Complaint) {
    let before = vectors.values.count
    var start = 0
    while start < field.count {
      var end = start
      while end < field.count, field[end] != separator { end += 1 }
      if end > start, vectors.values.count - before < longest {
        let piece = UnsafeBufferPointer(rebasing: field[start..<end])
        guard let number = DecimalNumber.parseFloat(piece) else {
          throw .notAFloat(String(decoding: piece.prefix(400), as: UTF8.self))
        }
        vectors.values.append(number)
      }
      start = end + 1
    }
    let width = vectors.values.count - before
    guard width > 0 else { throw .empty }
    if before == 0 { vectors.width = width }
    guard width == vectors.width else { throw .width(width) }
  }

  private func isUTF8(_ field: UnsafeBufferPointer<UInt8>) -> Bool {
    field.allSatisfy { $0 < 0x80 } || String(validating: field, as: UTF8.self) != nil
  }
}
