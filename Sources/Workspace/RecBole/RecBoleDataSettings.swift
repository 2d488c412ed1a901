import AtomicFiles

/// What RecBole's settings say about reading a data folder, as far as it decides identifiers.
struct RecBoleDataSettings {
  /// Whether NAME.item is read: its items get identifiers too.
  let readsItems: Bool
  /// Whether NAME.user is read.
  let readsUsers: Bool
  /// Whether what is in NAME.ent_feature counts as an entity.
  let mergesEntityVectors: Bool
  /// Whether what is in NAME.rel_feature counts as a relation.
  let mergesRelationVectors: Bool
  /// Whether interactions with items or users that are not in those files are dropped.
  let dropsUndescribed: Bool

  /// Settings that would change identifiers or vectors and are not applied here, each with the
  /// values at which they change nothing.
  private static let unsupported: [(key: String, neutral: [SettingValue])] =
    [
      "user_inter_num_interval", "item_inter_num_interval", "entity_kg_num_interval",
      "relation_kg_num_interval",
    ].map { ($0, [.string("[0,inf)")]) }
    + [
      "val_interval", "rm_dup_inter", "benchmark_filename", "alias_of_item_id", "seq_len",
      "normalize_field",
    ].map { ($0, []) }
    + [("kg_reverse_r", [.bool(false)]), ("normalize_all", [.bool(false)])]

  /// Names that RecBole lets one change and that are always the same here.
  private static let fixed = [
    "USER_ID_FIELD": "user_id", "ITEM_ID_FIELD": "item_id", "TIME_FIELD": "timestamp",
    "HEAD_ENTITY_ID_FIELD": "head_id", "TAIL_ENTITY_ID_FIELD": "tail_id",
    "RELATION_ID_FIELD": "relation_id", "ENTITY_ID_FIELD": "entity_id",
    "field_separator": "\t", "seq_separator": " ",
  ]

  /// Reads the settings; an error where one asks for data that is not what the folder holds.
  init(_ settings: Settings) throws(DataError) {
    for (key, neutral) in Self.unsupported {
      guard let value = settings[key], value != .null, !neutral.contains(value) else { continue }
      let values = neutral.isEmpty ? "none" : neutral.map(\.description).joined(separator: " or ")
      throw settings.error(
        key,
        expected: "\(values): import reads the folder as it is, so write the data that this setting"
          + " leaves to a folder of its own")
    }
    for (key, name) in Self.fixed.sorted(by: { $0.key < $1.key }) {
      if let value = settings[key], value != .null, value != .string(name) {
        throw settings.error(key, expected: quoted(name))
      }
    }
    func reads(_ suffix: String) throws(DataError) -> Bool {
      guard let columns = settings["load_col"] else { return false }
      // Without a list of columns RecBole reads all of every file.
      if columns == .null { return true }
      return try settings.map("load_col")?[suffix] != nil
    }
    readsItems = try reads("item")
    readsUsers = try reads("user")
    // Neither is needed where nothing is said: KSR cannot run otherwise.
    func merges(_ key: String, _ field: String) throws(DataError) -> Bool {
      try settings.strings(key)?.contains(field) ?? true
    }
    mergesEntityVectors = try merges("alias_of_entity_id", "ent_id")
    mergesRelationVectors = try merges("alias_of_relation_id", "rel_id")
    dropsUndescribed = try settings.bool("filter_inter_by_user_or_item") ?? true
  }
}
