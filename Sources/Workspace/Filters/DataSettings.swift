import AtomicFiles
import KSRModel

/// What the settings say about the data: how its files are written, and what of it is left out.
///
/// The keys are RecBole's (``keys``). Values are checked when they are read; those that were given
/// go into the model file as text (``given``), so that whoever opens it later sees the same
/// interactions.
public struct DataSettings: Sendable, Equatable {
  /// Which of two equal interactions stays.
  package enum KeptDuplicate: String, Sendable, CaseIterable {
    case first
    case last
  }

  /// Which values of a field stay.
  enum Allowed: Sendable, Equatable {
    /// Numbers, for fields of type `float`.
    case intervals(Intervals)
    /// Tokens, for fields of type `token`.
    case tokens([String])
  }

  /// Which columns of which files are loaded.
  enum Loading: Sendable, Equatable {
    case notGiven
    /// Everything, as `load_col: ~` asks for.
    case everything
    /// The columns of each file; nil for all of them.
    case columns([String: [String]?])
  }

  /// From which value of a field on an interaction counts as liked.
  package struct Threshold: Sendable, Equatable {
    package let field: String
    package let value: Double
  }

  /// Names of fields, and what separates them.
  package internal(set) var form = AtomicForm()
  var loading = Loading.notGiven
  /// `unload_col`, by file.
  var unloaded: [String: [String]] = [:]
  /// `unused_col`, by file.
  var unused: [String: [String]] = [:]
  /// `alias_of_…` and `fields_in_same_space`: further fields of the identifiers of users, items,
  /// entities and relations; nil where nothing is said.
  var aliases: [IdentifierKind: [String]] = [:]
  /// The files of training, validation and test.
  package internal(set) var benchmark: [String]?
  package internal(set) var keptDuplicate: KeptDuplicate?
  /// `val_interval`, by field.
  var allowed: [String: Allowed] = [:]
  /// Whether interactions go whose user or item is not in the files of users and items, if these are
  /// loaded.
  package internal(set) var dropsUndescribed = true
  package internal(set) var interactionsOfUser: Intervals?
  package internal(set) var interactionsOfItem: Intervals?
  package internal(set) var triplesOfEntity: Intervals?
  package internal(set) var triplesOfRelation: Intervals?
  /// Whether each relation x gets a reverse x_r.
  package internal(set) var reversesRelations = false
  package internal(set) var threshold: Threshold?
  /// What the screens call users and items.
  package internal(set) var nouns = Nouns()
  /// What was given and is not RecBole's default, by key.
  var values: [String: SettingValue] = [:]

  /// RecBole's defaults: everything as it stands in the folder.
  package init() {}

  /// Those that were given, as text.
  package var given: [String: String] { values.mapValues(\.yaml) }

  /// Reads what ``given`` has written; other keys are passed over.
  package init(given texts: [String: String], source: String) throws(DataError) {
    var settings = Settings()
    for key in Self.keys {
      if let text = texts[key.name], !text.isEmpty {
        try settings.merge(assignment: "\(key.name)=\(text)", source: source)
      }
    }
    try self.init(settings)
  }

  // MARK: What is loaded

  /// Columns that the settings name and the files do not have, a sentence for each file.
  package func missingColumns(in folder: AtomicFolder) throws(DataError) -> [String] {
    var loaded: [String: [String]] = [:]
    if case .columns(let columns) = loading { loaded = columns.mapValues { $0 ?? [] } }
    var notes: [String] = []
    for (key, files) in [("load_col", loaded), ("unload_col", unloaded), ("unused_col", unused)] {
      for (suffix, columns) in files.sorted(by: { $0.key < $1.key }) {
        guard folder.has(suffix) else {
          // With parts in files of their own there need be no NAME.inter.
          if benchmark == nil || suffix != "inter" {
            notes.append("\(key) names \(folder.name).\(suffix), and there is no such file.")
          }
          continue
        }
        let names = try AtomicTable.header(folder.file(suffix), form: folder.form).map(\.name)
        let missing = columns.filter { !names.contains($0) }
        guard !missing.isEmpty else { continue }
        let meant = missing.compactMap { nearest(to: $0, among: names) }
        notes.append(
          "\(key) names \(missing.map { quoted($0) }.joined(separator: ", ")), and"
            + " \(folder.name).\(suffix) has no such column; "
            + (meant.isEmpty
              ? "it has \(names.joined(separator: ", "))."
              : "is \(meant.joined(separator: ", ")) meant?"))
      }
    }
    return notes
  }

  /// Whether a file of users or items is loaded; false where nothing is said.
  func loads(_ suffix: String) -> Bool {
    switch loading {
    case .notGiven: false
    case .everything: true
    case .columns(let columns): columns[suffix].map { $0 != [] } ?? false
    }
  }

  /// Whether a column of a file may be used to filter by.
  func loads(_ field: String, of suffix: String) -> Bool {
    if unloaded[suffix]?.contains(field) == true { return false }
    guard case .columns(let columns) = loading else { return true }
    guard let own = columns[suffix] else { return false }
    return own?.contains(field) ?? true
  }
}

package enum IdentifierKind: String, Sendable, CaseIterable {
  case user
  case item
  case entity
  case relation
}

extension TrainedModel {
  /// How the data was read and filtered that the model was trained on.
  package func dataSettings() throws(DataError) -> DataSettings {
    try DataSettings(given: provenance.training, source: "the settings in the model file")
  }
}

// MARK: The keys

extension DataSettings: KeyedSettings {
  /// In the order in which they are applied and written down.
  package static let keys: [SettingKey<Self>] =
    [
      key("USER_ID_FIELD", \.form.user, .field, "user_id", "the field of users"),
      key("ITEM_ID_FIELD", \.form.item, .field, "item_id", "the field of items"),
      key("TIME_FIELD", \.form.time, .field, "timestamp", "the field of times"),
      key("HEAD_ENTITY_ID_FIELD", \.form.head, .field, "head_id", "the field of triples' heads"),
      key(
        "RELATION_ID_FIELD", \.form.relation, .field, "relation_id",
        "the field of triples' relations"),
      key("TAIL_ENTITY_ID_FIELD", \.form.tail, .field, "tail_id", "the field of triples' tails"),
      key("ENTITY_ID_FIELD", \.form.entity, .field, "entity_id", "the field of items' entities"),
      key(
        "item_name_field", \.form.itemName, SettingKind<String>.field.optional, nil,
        "the column of NAME.item with the items' names"),
      key(
        "field_separator", \.form.fieldSeparator, .separator, "\t", "what stands between fields"),
      key(
        "seq_separator", \.form.sequenceSeparator, .separator, " ",
        "what stands between the pieces of a sequence"),
      key(
        "seq_len", "fields with a length each, such as {ent_vec: 64}",
        "how many pieces of a sequence count"),
    ] + columns + identifiers + filters + [
      key(
        "user_noun", \.nouns.user, .noun, "user", "what the explorer calls a user, such as listener"
      ),
      key(
        "item_noun", \.nouns.item, .noun, "item",
        "what it calls an item, such as song; with a slash before another plural: person/people"),
    ]

  private static let columns: [SettingKey<Self>] = [
    key(
      "load_col", "lists of columns by file, such as {inter: [user_id, item_id]}",
      "the columns to load; '*' for all of a file"),
    key(
      "unload_col", "lists of columns by file, such as {inter: [rating]}", "the columns not to load"
    ),
    key(
      "unused_col", "lists of columns by file, such as {inter: [rating]}",
      "columns that filters may use and nothing else"),
    key("additional_feat_suffix", "a list of names", "the files of vectors"),
    key(
      "preload_weight", "fields of vectors by their identifiers, such as {ent_id: ent_vec}",
      "the fields in which vectors stand"),
  ]

  private static let identifiers: [SettingKey<Self>] =
    [
      key(
        "fields_in_same_space",
        "lists of fields, such as [[ent_id, entity_id], [rel_id, relation_id]]",
        "fields that share their identifiers")
    ]
    + IdentifierKind.allCases.map { kind in
      key(
        "alias_of_\(kind.rawValue)_id", "a list of names",
        "further fields that hold identifiers of this kind")
    }

  private static let filters: [SettingKey<Self>] = [
    key(
      "benchmark_filename", "three names: of training, validation and test",
      "the parts of NAME.inter as files of their own"),
    key(
      "rm_dup_inter", \.keptDuplicate, SettingKind<KeptDuplicate>.choice.optional, nil,
      "which of two interactions of the same user and item stays"),
    key(
      "val_interval", "fields with what they may be, as {rating: \"[3,inf)\"}",
      "interactions with other values go"),
    key(
      "filter_inter_by_user_or_item", \.dropsUndescribed, .flag, "true",
      "interactions go whose user or item is not in NAME.user or NAME.item, where these are loaded"
    ),
    key(
      "user_inter_num_interval", \.interactionsOfUser, .intervals, "[0,inf)",
      "users with other numbers of interactions go"),
    key(
      "item_inter_num_interval", \.interactionsOfItem, .intervals, "[0,inf)",
      "items with other numbers of interactions go"),
    key(
      "entity_kg_num_interval", \.triplesOfEntity, .intervals, "[0,inf)",
      "entities with other numbers of triples go"),
    key(
      "relation_kg_num_interval", \.triplesOfRelation, .intervals, "[0,inf)",
      "relations with other numbers of triples go"),
    key(
      "kg_reverse_r", \.reversesRelations, .flag, "false", "each relation x gets a reverse x_r"),
    key(
      "threshold", "one field with a number, such as {rating: 3}",
      "from this value on interactions are labelled positive; KSR learns from all of them"),
  ]

  /// A setting that is one property; RecBole's default asks for nothing and is not kept.
  private static func key<Value: Sendable>(
    _ name: String, _ path: WritableKeyPath<Self, Value> & Sendable, _ kind: SettingKind<Value>,
    _ recBole: String?, _ meaning: String
  ) -> SettingKey<Self> {
    let shown = recBole.map { $0.allSatisfy(\.isWhitespace) ? quoted($0) : $0 }
    return SettingKey(
      name, kind.expected, unset: shown ?? "none", meaning, text: { $0.values[name]?.yaml ?? "" }
    ) { value, data in
      let isDefault = value.word == recBole
      guard let result = isDefault ? Self()[keyPath: path] : kind.read(value) else { return false }
      data[keyPath: path] = result
      data.values[name] = isDefault ? nil : value
      return true
    }
  }

  /// A setting of several parts, which ``init(_:over:)`` reads.
  private static func key(
    _ name: String, _ expected: String, _ meaning: String
  ) -> SettingKey<Self> {
    SettingKey(name, expected, meaning, text: { $0.values[name]?.yaml ?? "" }) { value, data in
      data.values[name] = value
      return true
    }
  }
}

extension SettingKind where Value == String {
  fileprivate static var field: Self {
    Self("the name of a field", text: { $0 }) { value in
      if case .string(let name) = value, !name.isEmpty { name } else { nil }
    }
  }
}

extension SettingKind where Value == Noun {
  fileprivate static var noun: Self {
    Self("a noun of letters, with a slash before a plural without s: person/people", text: \.text) {
      value in
      if case .string(let text) = value { Noun(text) } else { nil }
    }
  }
}

extension SettingKind where Value == UInt8 {
  /// One character, since RecBole's regular expressions are not read.
  fileprivate static var separator: Self {
    Self(
      "one ASCII character, no letter, digit, point, sign, colon or end of a line",
      text: { String(UnicodeScalar($0)) }
    ) { value in
      guard case .string(let text) = value else { return nil }
      // "\t" without quotation marks in YAML, as people write it.
      let byte = text == "\\t" ? tab : text.utf8.count == 1 ? text.utf8.first : nil
      guard let byte, byte < 0x80, !"0123456789.+-:\n\r".utf8.contains(byte),
        !Character(UnicodeScalar(byte)).isLetter
      else { return nil }
      return byte
    }
  }
}

extension SettingKind where Value == Intervals? {
  fileprivate static var intervals: Self {
    Self(Intervals.expected, text: { $0?.text ?? "" }) { value in
      // [5,9] without quotation marks is a list in YAML; RecBole makes a text of it again.
      let text = if case .list = value { value.description } else { value.word }
      return Intervals(text).map(Optional.some)
    }
  }
}
