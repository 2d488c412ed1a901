import AtomicFiles

extension DataSettings {
  /// The keys that stand for parts of others where the print of RecBole's page lost their heads:
  /// files under `load_col`, fields under `preload_weight`.
  public static let loose = Set(looseFiles + looseFields)
  private static let looseFiles = [
    "inter", "kg", "link", "user", "item", "ent_feature", "rel_feature",
  ]
  private static let looseFields = ["ent_id", "rel_id"]

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
  public init(_ settings: Settings, over base: DataSettings = DataSettings()) throws(DataError) {
    self.init()
    values = base.values
    for key in Self.keys {
      guard let value = settings[key] else { continue }
      let isDefault = (value == .null && key != "load_col") || value == Self.defaults[key]
      values[key] = isDefault ? nil : value
    }
    take(Self.looseFiles, of: settings, into: "load_col")
    take(Self.looseFields, of: settings, into: "preload_weight")
    let reading = Reading(values: values, settings: settings)
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

/// Values on their way to what they mean.
private struct Reading {
  let values: [String: SettingValue]
  let settings: Settings

  /// An error about a value, at the place where it was given.
  private func wrong(
    _ key: String, _ found: SettingValue? = nil, field: String? = nil, expected: String
  ) -> DataError {
    var error = settings.error(key, expected: expected)
    error.found = (found ?? values[key] ?? .null).description
    if let field { error.field = field }
    return error
  }

  private func name(_ key: String) throws(DataError) -> String? {
    guard let value = values[key] else { return nil }
    guard case .string(let name) = value, !name.isEmpty else {
      throw wrong(key, expected: "the name of a field")
    }
    return name
  }

  private func names(_ key: String) throws(DataError) -> [String]? {
    guard let value = values[key] else { return nil }
    guard let names = Self.words(value) else { throw wrong(key, expected: "a list of names") }
    return names
  }

  /// A list of words; a single one counts as a list.
  private static func words(_ value: SettingValue) -> [String]? {
    switch value {
    case .string(let word): return [word]
    case .list(let values):
      let words = values.map(\.word)
      let isFlat = values.allSatisfy {
        switch $0 {
        case .list, .map, .null: false
        default: true
        }
      }
      return isFlat ? words : nil
    default: return nil
    }
  }

  // MARK: The form of files

  func readForm(into data: inout DataSettings) throws(DataError) {
    let fields: [(String, WritableKeyPath<AtomicForm, String>)] = [
      ("USER_ID_FIELD", \.user), ("ITEM_ID_FIELD", \.item), ("TIME_FIELD", \.time),
      ("HEAD_ENTITY_ID_FIELD", \.head), ("RELATION_ID_FIELD", \.relation),
      ("TAIL_ENTITY_ID_FIELD", \.tail), ("ENTITY_ID_FIELD", \.entity),
    ]
    for (key, path) in fields {
      if let name = try name(key) { data.form[keyPath: path] = name }
    }
    for group in [[\AtomicForm.user, \.item, \.time], [\.head, \.relation, \.tail]] {
      let names = group.map { data.form[keyPath: $0] }
      guard Set(names).count == names.count else {
        let key = fields.first { names.contains(data.form[keyPath: $0.1]) && values[$0.0] != nil }
        throw wrong(
          key?.0 ?? "USER_ID_FIELD", expected: "a field that is not named by another setting too")
      }
    }
    if let separator = try separator("field_separator") { data.form.fieldSeparator = separator }
    if let separator = try separator("seq_separator") { data.form.sequenceSeparator = separator }
    guard data.form.fieldSeparator != data.form.sequenceSeparator else {
      let key = values["seq_separator"] == nil ? "field_separator" : "seq_separator"
      throw wrong(key, expected: "another character than the other separator")
    }
    guard let lengths = values["seq_len"] else { return }
    guard case .map(let lengths) = lengths else {
      throw wrong("seq_len", expected: "fields with a length each, such as {ent_vec: 64}")
    }
    for (field, length) in lengths.sorted(by: { $0.key < $1.key }) {
      guard case .int(let count) = length, count > 0 else {
        throw wrong("seq_len", length, field: "seq_len.\(field)", expected: "a whole number from 1")
      }
      data.form.sequenceLengths[field] = count
    }
  }

  private func separator(_ key: String) throws(DataError) -> UInt8? {
    guard let value = values[key] else { return nil }
    let expected = "one ASCII character, no digit, point, sign, colon or end of a line"
    guard case .string(let text) = value else { throw wrong(key, expected: expected) }
    // "\t" without quotation marks in YAML, as people write it.
    let byte = text == "\\t" ? tab : text.utf8.count == 1 ? text.utf8.first : nil
    guard let byte, byte < 0x80, !"0123456789.+-:\n\r".utf8.contains(byte),
      !("a"..."z").contains(Character(UnicodeScalar(byte))),
      !("A"..."Z").contains(Character(UnicodeScalar(byte)))
    else { throw wrong(key, expected: expected + "; RecBole's regular expressions are not read") }
    return byte
  }

  // MARK: Columns

  private func columns(_ key: String) throws(DataError) -> [String: [String]?] {
    guard let value = values[key] else { return [:] }
    guard case .map(let files) = value else {
      throw wrong(key, expected: "lists of columns by file, such as {inter: [user_id, item_id]}")
    }
    var result: [String: [String]?] = [:]
    for (suffix, value) in files.sorted(by: { $0.key < $1.key }) {
      if value == .string("*"), key == "load_col" {
        result[suffix] = .some(nil)
      } else if let names = Self.words(value) {
        result[suffix] = names
      } else {
        throw wrong(key, value, field: "\(key).\(suffix)", expected: "a list of columns")
      }
    }
    return result
  }

  func readColumns(into data: inout DataSettings) throws(DataError) {
    switch values["load_col"] {
    case nil: data.loading = .notGiven
    case .null: data.loading = .everything
    default: data.loading = .columns(try columns("load_col"))
    }
    data.unloaded = try columns("unload_col").compactMapValues { $0 }
    data.unused = try columns("unused_col").compactMapValues { $0 }
    if case .columns(let loaded) = data.loading {
      for suffix in data.unloaded.keys.sorted() where loaded[suffix].map({ $0 != nil }) ?? false {
        throw wrong(
          "unload_col", field: "unload_col.\(suffix)",
          expected: "nothing for a file whose columns load_col names")
      }
    }
    if let files = try names("benchmark_filename") {
      guard files.count == 3 else {
        throw wrong(
          "benchmark_filename", expected: "three names: of training, validation and test")
      }
      data.benchmark = files
    }
  }

  // MARK: Identifiers

  func readSpaces(into data: inout DataSettings) throws(DataError) {
    for kind in IdentifierKind.allCases {
      data.aliases[kind] = try names("alias_of_\(kind.rawValue)_id")
    }
    try readSameSpace(into: &data)
    var owner: [String: IdentifierKind] = [:]
    for kind in IdentifierKind.allCases {
      for field in data.aliases[kind] ?? [] {
        if let other = owner[field], other != kind {
          throw wrong(
            values["alias_of_\(kind.rawValue)_id"] == nil
              ? "fields_in_same_space" : "alias_of_\(kind.rawValue)_id",
            expected: "no field of two kinds of identifiers; \(quoted(field)) is one of "
              + "\(other.rawValue)s")
        }
        owner[field] = kind
      }
    }
  }

  /// RecBole's older setting: sets of fields, each with the field whose identifiers they share.
  private func readSameSpace(into data: inout DataSettings) throws(DataError) {
    guard let value = values["fields_in_same_space"] else { return }
    let expected = "lists of fields, such as [[ent_id, entity_id], [rel_id, relation_id]]"
    guard case .list(let sets) = value else {
      throw wrong("fields_in_same_space", expected: expected)
    }
    let form = data.form
    for set in sets {
      // `ent_id: ent_vec` inside of the brackets is what preload_weight should say.
      if case .map = set { continue }
      guard let fields = Self.words(set) else {
        throw wrong("fields_in_same_space", set, expected: expected)
      }
      let kinds: [(IdentifierKind, [String])] = [
        (.user, [form.user]), (.item, [form.item]), (.entity, [form.entity, form.head, form.tail]),
        (.relation, [form.relation]),
      ]
      let found = kinds.filter { !$0.1.allSatisfy { !fields.contains($0) } }
      guard found.count == 1, let (kind, own) = found.first else {
        throw wrong(
          "fields_in_same_space", set,
          expected: "one of \(form.user), \(form.item), \(form.entity) and \(form.relation) in each"
        )
      }
      data.aliases[kind, default: []] += fields.filter { !own.contains($0) }
    }
  }

  // MARK: Vectors

  func readVectors(into data: inout DataSettings) throws(DataError) {
    var weights: [String: SettingValue] = [:]
    if let value = values["preload_weight"] {
      guard case .map(let map) = value else {
        throw wrong("preload_weight", expected: "fields of vectors by their identifiers")
      }
      weights = map
    }
    if case .list(let sets) = values["fields_in_same_space"] {
      for case .map(let map) in sets { weights.merge(map) { own, _ in own } }
    }
    let suffixes = try names("additional_feat_suffix")
    for (kind, standard, path) in [
      (IdentifierKind.entity, "ent_id", \AtomicForm.entityVectors),
      (.relation, "rel_id", \.relationVectors),
    ] {
      let id = data.aliases[kind]?.first { weights[$0] != nil } ?? standard
      if let vector = weights[id] {
        guard case .string(let vector) = vector else {
          throw wrong(
            "preload_weight", vector, field: "preload_weight.\(id)", expected: "the name of a field"
          )
        }
        data.form[keyPath: path].id = id
        data.form[keyPath: path].vector = vector
      }
      guard let suffixes else { continue }
      let own = data.form[keyPath: path].suffix
      let loaded: String? =
        if case .columns(let columns) = data.loading {
          suffixes.first { columns[$0].flatMap { $0 }?.contains(id) ?? false }
        } else { nil }
      if let suffix = loaded ?? (suffixes.contains(own) ? own : nil)
        ?? suffixes.first(where: { $0.hasPrefix(standard.prefix(3)) })
      {
        data.form[keyPath: path].suffix = suffix
      }
    }
  }

  // MARK: Filters

  func readFilters(into data: inout DataSettings) throws(DataError) {
    data.interactionsOfUser = try interval("user_inter_num_interval")
    data.interactionsOfItem = try interval("item_inter_num_interval")
    data.triplesOfEntity = try interval("entity_kg_num_interval")
    data.triplesOfRelation = try interval("relation_kg_num_interval")
    data.reversesRelations = try flag("kg_reverse_r") ?? false
    data.dropsUndescribed = try flag("filter_inter_by_user_or_item") ?? true
    if let value = values["rm_dup_inter"] {
      guard case .string(let word) = value, let kept = DataSettings.KeptDuplicate(rawValue: word)
      else { throw wrong("rm_dup_inter", expected: "first or last") }
      data.keptDuplicate = kept
    }
    if let value = values["val_interval"] {
      guard case .map(let fields) = value else {
        throw wrong(
          "val_interval", expected: "fields with what they may be, as {rating: \"[3,inf)\"}")
      }
      for (field, value) in fields.sorted(by: { $0.key < $1.key }) {
        if case .list = value, let tokens = Self.words(value) {
          data.allowed[field] = .tokens(tokens)
        } else if case .string(let text) = value, let intervals = Intervals(text) {
          data.allowed[field] = .intervals(intervals)
        } else {
          throw wrong(
            "val_interval", value, field: "val_interval.\(field)",
            expected: Intervals.expected + ", or a list of tokens")
        }
      }
    }
    guard let value = values["threshold"] else { return }
    guard case .map(let fields) = value, let field = fields.first, fields.count == 1 else {
      throw wrong("threshold", expected: "one field with a number, such as {rating: 3}")
    }
    switch field.value {
    case .int(let number): data.threshold = (field.key, Double(number))
    case .float(let number) where number.isFinite: data.threshold = (field.key, number)
    default:
      throw wrong(
        "threshold", field.value, field: "threshold.\(field.key)", expected: "a finite number")
    }
  }

  private func interval(_ key: String) throws(DataError) -> Intervals? {
    guard let value = values[key] else { return nil }
    // [5,9] without quotation marks is a list in YAML; RecBole makes a text of it again.
    let text = if case .list = value { value.description } else { value.word }
    guard let intervals = Intervals(text) else {
      throw wrong(key, expected: Intervals.expected)
    }
    return intervals
  }

  private func flag(_ key: String) throws(DataError) -> Bool? {
    guard let value = values[key] else { return nil }
    guard case .bool(let flag) = value else { throw wrong(key, expected: "true or false") }
    return flag
  }
}
