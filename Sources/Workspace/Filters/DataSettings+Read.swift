import AtomicFiles

extension DataSettings {
  /// The keys that stand for parts of others where the print of RecBole's page lost their heads:
  /// files under `load_col`, fields under `preload_weight`.
  package static let loose = Set(looseFiles + looseFields)
  static let looseFiles = [
    "inter", "kg", "link", "user", "item", "ent_feature", "rel_feature",
  ]
  static let looseFields = ["ent_id", "rel_id"]

  /// RecBole's defaults of what is not unset by default; they ask for nothing.
  private static let defaults: [String: SettingValue] = [
    "USER_ID_FIELD": .string("user_id"), "ITEM_ID_FIELD": .string("item_id"),
    "TIME_FIELD": .string("timestamp"), "HEAD_ENTITY_ID_FIELD": .string("head_id"),
    "RELATION_ID_FIELD": .string("relation_id"), "TAIL_ENTITY_ID_FIELD": .string("tail_id"),
    "ENTITY_ID_FIELD": .string("entity_id"), "field_separator": .string("\t"),
    "seq_separator": .string(" "), "user_inter_num_interval": .string("[0,inf)"),
    "item_inter_num_interval": .string("[0,inf)"), "entity_kg_num_interval": .string("[0,inf)"),
    "relation_kg_num_interval": .string("[0,inf)"), "kg_reverse_r": .bool(false),
    "filter_inter_by_user_or_item": .bool(true),
  ]

  /// Takes over what settings say; keys that are unset (`~`) go back to their defaults.
  ///
  /// - Throws: an error with the place of a value that its setting cannot have.
  package init(_ settings: Settings, over base: DataSettings = DataSettings()) throws(DataError) {
    self.init()
    values = base.values
    for key in Self.keys {
      guard let value = settings[key] else { continue }
      let isDefault = (value == .null && key != "load_col") || value == Self.defaults[key]
      values[key] = isDefault ? nil : value
    }
    take(Self.looseFiles, of: settings, into: "load_col")
    take(Self.looseFields, of: settings, into: "preload_weight")
    let reading = DataSettingsReading(values: values, settings: settings)
    try reading.readForm(into: &self)
    try reading.readColumns(into: &self)
    try reading.readSpaces(into: &self)
    try reading.readVectors(into: &self)
    try reading.readFilters(into: &self)
  }

  /// Puts keys that lost their head under it.
  private mutating func take(_ loose: [String], of settings: Settings, into key: String) {
    var parts: [String: SettingValue] = [:]
    if case .map(let known) = values[key] { parts = known }
    var found = false
    for name in loose {
      if let value = settings[name], value != .null, parts[name] == nil {
        parts[name] = value
        found = true
      }
    }
    if found { values[key] = .map(parts) }
  }
}
