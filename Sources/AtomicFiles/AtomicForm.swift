/// How the files of a data set are written: RecBole's names of fields, and what separates them.
public struct AtomicForm: Sendable, Equatable {
  /// The file and the columns of vectors made elsewhere (`additional_feat_suffix`,
  /// `preload_weight`).
  public struct Vectors: Sendable, Equatable {
    /// The file's suffix.
    public var suffix: String
    /// The column of the tokens; nil for the only one of its type.
    public var id: String?
    /// The column of the vectors; nil for the only one of its type.
    public var vector: String?

    /// Vectors in the file of a suffix.
    public init(suffix: String, id: String? = nil, vector: String? = nil) {
      self.suffix = suffix
      self.id = id
      self.vector = vector
    }
  }

  /// `USER_ID_FIELD`.
  public var user = "user_id"
  /// `ITEM_ID_FIELD`.
  public var item = "item_id"
  /// `TIME_FIELD`.
  public var time = "timestamp"
  /// `HEAD_ENTITY_ID_FIELD`.
  public var head = "head_id"
  /// `RELATION_ID_FIELD`.
  public var relation = "relation_id"
  /// `TAIL_ENTITY_ID_FIELD`.
  public var tail = "tail_id"
  /// `ENTITY_ID_FIELD`.
  public var entity = "entity_id"
  /// `field_separator`, an ASCII character.
  public var fieldSeparator = tab
  /// `seq_separator`, an ASCII character.
  public var sequenceSeparator = UInt8(ascii: " ")
  /// `seq_len`: how many pieces of a sequence count, by field; all where it is not named.
  public var sequenceLengths: [String: Int] = [:]
  /// Where the vectors of entities are.
  public var entityVectors = Vectors(suffix: "ent_feature")
  /// Where the vectors of relations are.
  public var relationVectors = Vectors(suffix: "rel_feature")

  /// RecBole's defaults.
  public init() {}
}
