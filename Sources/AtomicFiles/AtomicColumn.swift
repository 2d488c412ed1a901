/// The types that RecBole knows for the columns of its atomic files.
public enum ColumnType: String, Sendable, CaseIterable {
  /// One name out of a set.
  case token
  /// Several tokens, separated by spaces.
  case tokenSequence = "token_seq"
  /// A number.
  case float
  /// Several numbers, separated by spaces.
  case floatSequence = "float_seq"
}

/// A column as the header of an atomic file announces it: `name:type`.
public struct AtomicColumn: Sendable, Equatable {
  /// The name before the colon.
  public var name: String
  /// The type after the colon.
  public var type: ColumnType

  /// A column of a name and a type.
  public init(_ name: String, _ type: ColumnType) {
    self.name = name
    self.type = type
  }

  /// The column as it stands in a header.
  public var header: String { "\(name):\(type.rawValue)" }
}

/// A column of tokens: each row holds the place of its token in the vocabulary.
public struct TokenColumn: Sendable {
  /// The tokens in the order of their first appearance.
  public var vocabulary = Vocabulary()
  /// The identifier of each row's token.
  public var ids: [Int32] = []
}

/// A column of texts as they stand in the file, held in one run of bytes.
public struct TextColumn: Sendable {
  private var bytes: [UInt8] = []
  private var ends: [Int] = []

  /// The number of rows.
  public var count: Int { ends.count }

  /// The text of a row; empty where the file has none.
  public subscript(row: Int) -> String {
    let start = row == 0 ? 0 : ends[row - 1]
    return String(decoding: bytes[start..<ends[row]], as: UTF8.self)
  }

  mutating func append(_ text: UnsafeBufferPointer<UInt8>) {
    bytes.append(contentsOf: text)
    ends.append(bytes.count)
  }
}

/// A column of number sequences, all of one width.
public struct VectorColumn: Sendable {
  /// How many numbers each row has; 0 if there are no rows.
  public var width = 0
  /// The numbers, row after row.
  public var values: [Float] = []
}
