/// How the files of a data set are written: RecBole's names of fields, and what separates them.
public struct AtomicForm: Sendable, Equatable {
  /// The file and the columns of vectors made elsewhere (`additional_feat_suffix`,
  /// `preload_weight`).
  package struct Vectors: Sendable, Equatable {
    package var suffix: String
    /// The column of the tokens; nil for the only one of its type.
    package var id: String?
    /// The column of the vectors; nil for the only one of its type.
    package var vector: String?

    /// Vectors in the file of a suffix.
    package init(suffix: String, id: String? = nil, vector: String? = nil) {
      self.suffix = suffix
      self.id = id
      self.vector = vector
    }
  }

  /// `USER_ID_FIELD`.
  package var user = "user_id"
  /// `ITEM_ID_FIELD`.
  package var item = "item_id"
  /// `TIME_FIELD`.
  package var time = "timestamp"
  /// `HEAD_ENTITY_ID_FIELD`.
  package var head = "head_id"
  /// `RELATION_ID_FIELD`.
  package var relation = "relation_id"
  /// `TAIL_ENTITY_ID_FIELD`.
  package var tail = "tail_id"
  /// `ENTITY_ID_FIELD`.
  package var entity = "entity_id"
  /// `field_separator`, an ASCII character.
  package var fieldSeparator = tab
  /// `seq_separator`, an ASCII character.
  package var sequenceSeparator = UInt8(ascii: " ")
  /// `seq_len`: how many pieces of a sequence count, by field; all where it is not named.
  package var sequenceLengths: [String: Int] = [:]
  package var entityVectors = Vectors(suffix: "ent_feature")
  package var relationVectors = Vectors(suffix: "rel_feature")

  /// RecBole's defaults.
  public init() {}
}
