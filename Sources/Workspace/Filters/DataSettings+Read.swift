import AtomicFiles

extension DataSettings {
  /// The keys that stand for parts of others where the print of RecBole's page lost their heads:
  /// files under `load_col`, fields under `preload_weight`.
  package static let loose = Set(looseFiles + looseFields)
  private static let looseFiles = [
    "inter", "kg", "link", "user", "item", "ent_feature", "rel_feature",
  ]
  private static let looseFields = ["ent_id", "rel_id"]

  /// Takes over what settings say; keys that are unset (`~`) go back to their defaults.
  ///
  /// - Throws: an error with the place of a value that its setting cannot have.
  package init(_ settings: Settings, over base: DataSettings = DataSettings()) throws(DataError) {
    self.init()
    var given = base.values
    for key in Self.keys {
      guard let value = settings[key.name] else { continue }
      given[key.name] = value == .null && key.name != "load_col" ? nil : value
    }
    Self.take(Self.looseFiles, of: settings, into: &given["load_col"])
    Self.take(Self.looseFields, of: settings, into: &given["preload_weight"])
    for key in Self.keys {
      guard let value = given[key.name], !key.read(value, &self) else { continue }
      throw wrong(key.name, value, in: settings)
    }
    try readForm(settings)
    try readColumns(settings)
    try readSameSpace(settings)
    try readVectors(settings)
    try readFilters(settings)
  }

  /// Puts keys that lost their head under it.
  private static func take(
    _ loose: [String], of settings: Settings, into value: inout SettingValue?
  ) {
    var parts: [String: SettingValue] = [:]
    if case .map(let known) = value { parts = known }
    var found = false
    for name in loose {
      if let part = settings[name], part != .null, parts[name] == nil {
        parts[name] = part
        found = true
      }
    }
    if found { value = .map(parts) }
  }

  /// An error about a key's value or a part of it, at the place where it was given.
  private func wrong(
    _ key: String, _ found: SettingValue? = nil, part: String? = nil, in settings: Settings,
    expected: String? = nil
  ) -> DataError {
    // Where the key lost its head, one of what stood under it tells the place.
    let others =
      (key == "load_col" ? Self.looseFiles : Self.looseFields) + ["fields_in_same_space"]
    let given = ([key] + others).first { settings.entries[$0] != nil }
    var error = settings.error(
      given ?? key, expected: expected ?? Self.key(key)?.expected ?? "another value")
    error.field = part.map { "\(key).\($0)" } ?? key
    error.found = (found ?? values[key] ?? .null).description
    return error
  }

  /// The parts of a key's value in alphabetical order; none where it is not given.
  private func parts(
    _ key: String, _ settings: Settings
  ) throws(DataError) -> [(key: String, value: SettingValue)] {
    guard let value = values[key] else { return [] }
    guard case .map(let parts) = value else { throw wrong(key, in: settings) }
    return parts.sorted { $0.key < $1.key }
  }

  /// A list of names, of which a single one counts as a list.
  private func names(_ key: String, _ settings: Settings) throws(DataError) -> [String]? {
    guard let value = values[key] else { return nil }
    guard let names = value.names else { throw wrong(key, in: settings) }
    return names
  }

  // MARK: The form of files

  private mutating func readForm(_ settings: Settings) throws(DataError) {
    let names = [
      ("USER_ID_FIELD", form.user), ("ITEM_ID_FIELD", form.item), ("TIME_FIELD", form.time),
      ("HEAD_ENTITY_ID_FIELD", form.head), ("RELATION_ID_FIELD", form.relation),
      ("TAIL_ENTITY_ID_FIELD", form.tail),
    ]
    for group in [names[..<3], names[3...]] where Set(group.map { $0.1 }).count < group.count {
      let key = names.first { name in group.contains { $0.1 == name.1 } && values[name.0] != nil }
      throw wrong(
        key?.0 ?? "USER_ID_FIELD", in: settings,
        expected: "a field that is not named by another setting too")
    }
    guard form.fieldSeparator != form.sequenceSeparator else {
      throw wrong(
        values["seq_separator"] == nil ? "field_separator" : "seq_separator", in: settings,
        expected: "another character than the other separator")
    }
    for (field, length) in try parts("seq_len", settings) {
      guard case .int(let count) = length, count > 0 else {
        throw wrong("seq_len", length, part: field, in: settings, expected: "a whole number from 1")
      }
      form.sequenceLengths[field] = count
    }
  }

  // MARK: Columns

  private mutating func readColumns(_ settings: Settings) throws(DataError) {
    switch values["load_col"] {
    case nil: loading = .notGiven
    case .null: loading = .everything
    default: loading = .columns(try columns("load_col", settings))
    }
    unloaded = try columns("unload_col", settings).compactMapValues { $0 }
    unused = try columns("unused_col", settings).compactMapValues { $0 }
    if case .columns(let loaded) = loading {
      for suffix in unloaded.keys.sorted() where loaded[suffix].map({ $0 != nil }) ?? false {
        throw wrong(
          "unload_col", part: suffix, in: settings,
          expected: "nothing for a file whose columns load_col names")
      }
    }
    benchmark = try names("benchmark_filename", settings)
    guard benchmark?.count ?? 3 == 3 else { throw wrong("benchmark_filename", in: settings) }
  }

  private func columns(
    _ key: String, _ settings: Settings
  ) throws(DataError) -> [String: [String]?] {
    var result: [String: [String]?] = [:]
    for (suffix, value) in try parts(key, settings) {
      if value == .string("*"), key == "load_col" {
        result[suffix] = .some(nil)
      } else if let names = value.names {
        result[suffix] = names
      } else {
        throw wrong(key, value, part: suffix, in: settings, expected: "a list of columns")
      }
    }
    return result
  }

  // MARK: Identifiers

  private mutating func readSameSpace(_ settings: Settings) throws(DataError) {
    for kind in IdentifierKind.allCases {
      aliases[kind] = try names("alias_of_\(kind.rawValue)_id", settings)
    }
    let key = "fields_in_same_space"
    if let value = values[key] {
      guard case .list(let sets) = value else { throw wrong(key, in: settings) }
      for set in sets { try readSet(set, settings) }
    }
    var owner: [String: IdentifierKind] = [:]
    for kind in IdentifierKind.allCases {
      for field in aliases[kind] ?? [] {
        if let other = owner[field], other != kind {
          let alias = "alias_of_\(kind.rawValue)_id"
          throw wrong(
            values[alias] == nil ? key : alias, in: settings,
            expected: "no field of two kinds of identifiers; \(quoted(field)) is one of "
              + "\(other.rawValue)s")
        }
        owner[field] = kind
      }
    }
  }

  /// RecBole's older setting: a set of fields with the field whose identifiers they share.
  private mutating func readSet(_ set: SettingValue, _ settings: Settings) throws(DataError) {
    // `ent_id: ent_vec` inside of the brackets is what preload_weight should say.
    if case .map = set { return }
    guard let fields = set.names else { throw wrong("fields_in_same_space", set, in: settings) }
    let kinds: [(IdentifierKind, [String])] = [
      (.user, [form.user]), (.item, [form.item]), (.entity, [form.entity, form.head, form.tail]),
      (.relation, [form.relation]),
    ]
    let found = kinds.filter { !$0.1.allSatisfy { !fields.contains($0) } }
    guard found.count == 1, let (kind, own) = found.first else {
      throw wrong(
        "fields_in_same_space", set, in: settings,
        expected: "one of \(form.user), \(form.item), \(form.entity) and \(form.relation) in each")
    }
    aliases[kind, default: []] += fields.filter { !own.contains($0) }
  }

  // MARK: Vectors

  private mutating func readVectors(_ settings: Settings) throws(DataError) {
    var weights = Dictionary(
      uniqueKeysWithValues: try parts("preload_weight", settings).map { ($0.key, $0.value) })
    if case .list(let sets) = values["fields_in_same_space"] {
      for case .map(let map) in sets { weights.merge(map) { own, _ in own } }
    }
    let suffixes = try names("additional_feat_suffix", settings)
    for (kind, standard, path) in [
      (IdentifierKind.entity, "ent_id", \AtomicForm.entityVectors),
      (.relation, "rel_id", \.relationVectors),
    ] {
      let id = aliases[kind]?.first { weights[$0] != nil } ?? standard
      if let vector = weights[id] {
        guard case .string(let vector) = vector else {
          throw wrong(
            "preload_weight", vector, part: id, in: settings, expected: "the name of a field")
        }
        form[keyPath: path].id = id
        form[keyPath: path].vector = vector
      }
      guard let suffixes else { continue }
      let own = form[keyPath: path].suffix
      let loaded: String? =
        if case .columns(let columns) = loading {
          suffixes.first { columns[$0].flatMap { $0 }?.contains(id) ?? false }
        } else { nil }
      if let suffix = loaded ?? (suffixes.contains(own) ? own : nil)
        ?? suffixes.first(where: { $0.hasPrefix(standard.prefix(3)) })
      {
        form[keyPath: path].suffix = suffix
      }
    }
  }

  // MARK: Filters

  private mutating func readFilters(_ settings: Settings) throws(DataError) {
    for (field, value) in try parts("val_interval", settings) {
      if case .list = value, let tokens = value.names {
        allowed[field] = .tokens(tokens)
      } else if case .string(let text) = value, let intervals = Intervals(text) {
        allowed[field] = .intervals(intervals)
      } else {
        throw wrong(
          "val_interval", value, part: field, in: settings,
          expected: Intervals.expected + ", or a list of tokens")
      }
    }
    guard values["threshold"] != nil else { return }
    let fields = try parts("threshold", settings)
    guard let (field, value) = fields.first, fields.count == 1 else {
      throw wrong("threshold", in: settings)
    }
    let kind = SettingKind<Double>.number
    guard let number = kind.read(value) else {
      throw wrong("threshold", value, part: field, in: settings, expected: kind.expected)
    }
    threshold = Threshold(field: field, value: number)
  }
}

extension SettingValue {
  /// The words of a flat list; a single text counts as one.
  fileprivate var names: [String]? {
    switch self {
    case .string(let word): [word]
    case .list: words
    default: nil
    }
  }
}
