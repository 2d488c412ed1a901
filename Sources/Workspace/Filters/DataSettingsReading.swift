import AtomicFiles

/// Values on their way to what they mean.
struct DataSettingsReading {
  let values: [String: SettingValue]
  let settings: Settings

  /// An error about a value, at the place where it was given.
  func wrong(
    _ key: String, _ found: SettingValue? = nil, field: String? = nil, expected: String
  ) -> DataError {
    // Where the key lost its head, one of what stood under it tells the place.
    let others =
      (key == "load_col" ? DataSettings.looseFiles : DataSettings.looseFields)
      + ["fields_in_same_space"]
    let given = ([key] + others).first { settings.entries[$0] != nil }
    var error = settings.error(given ?? key, expected: expected)
    error.field = key
    error.found = (found ?? values[key] ?? .null).description
    if let field { error.field = field }
    return error
  }

  func name(_ key: String) throws(DataError) -> String? {
    guard let value = values[key] else { return nil }
    guard case .string(let name) = value, !name.isEmpty else {
      throw wrong(key, expected: "the name of a field")
    }
    return name
  }

  func names(_ key: String) throws(DataError) -> [String]? {
    guard let value = values[key] else { return nil }
    guard let names = Self.words(value) else { throw wrong(key, expected: "a list of names") }
    return names
  }

  /// A list of words; a single one counts as a list.
  static func words(_ value: SettingValue) -> [String]? {
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

  func separator(_ key: String) throws(DataError) -> UInt8? {
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

  func columns(_ key: String) throws(DataError) -> [String: [String]?] {
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
}
