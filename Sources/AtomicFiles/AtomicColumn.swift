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
