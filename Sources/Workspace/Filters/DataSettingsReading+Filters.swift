import AtomicFiles

extension DataSettingsReading {
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
  func readSameSpace(into data: inout DataSettings) throws(DataError) {
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

  func interval(_ key: String) throws(DataError) -> Intervals? {
    guard let value = values[key] else { return nil }
    // [5,9] without quotation marks is a list in YAML; RecBole makes a text of it again.
    let text = if case .list = value { value.description } else { value.word }
    guard let intervals = Intervals(text) else {
      throw wrong(key, expected: Intervals.expected)
    }
    return intervals
  }

  func flag(_ key: String) throws(DataError) -> Bool? {
    guard let value = values[key] else { return nil }
    guard case .bool(let flag) = value else { throw wrong(key, expected: "true or false") }
    return flag
  }
}
