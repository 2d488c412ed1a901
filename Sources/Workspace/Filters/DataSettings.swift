import AtomicFiles

/// What the settings say about the data: how its files are written, and what of it is left out.
///
/// The keys are RecBole's (``keys``). Values are checked when they are read; those that were given
/// go into the model file as text (``keyValues``), so that whoever opens it later sees the same
/// interactions.
public struct DataSettings: Sendable, Equatable {
  /// The keys, in the order in which they are applied and written down.
  package static let keys = [
    "USER_ID_FIELD", "ITEM_ID_FIELD", "TIME_FIELD", "HEAD_ENTITY_ID_FIELD", "RELATION_ID_FIELD",
    "TAIL_ENTITY_ID_FIELD", "ENTITY_ID_FIELD", "field_separator", "seq_separator", "seq_len",
    "load_col", "unload_col", "unused_col", "additional_feat_suffix", "preload_weight",
    "fields_in_same_space", "alias_of_user_id", "alias_of_item_id", "alias_of_entity_id",
    "alias_of_relation_id", "benchmark_filename", "rm_dup_inter", "val_interval",
    "filter_inter_by_user_or_item", "user_inter_num_interval", "item_inter_num_interval",
    "entity_kg_num_interval", "relation_kg_num_interval", "kg_reverse_r", "threshold",
  ]

  /// Which of two equal interactions stays (`rm_dup_inter`).
  package enum KeptDuplicate: String, Sendable, CaseIterable {
    case first
    case last
  }

  /// Which values of a field stay (`val_interval`).
  enum Allowed: Sendable, Equatable {
    /// Numbers, for fields of type `float`.
    case intervals(Intervals)
    /// Tokens, for fields of type `token`.
    case tokens([String])
  }

  /// Which columns of which files are loaded (`load_col`).
  enum Loading: Sendable, Equatable {
    /// Nothing is said: what is needed.
    case notGiven
    /// Everything, as `load_col: ~` asks for.
    case everything
    /// The columns of each file; nil for all of them.
    case columns([String: [String]?])
  }

  /// Names of fields, and what separates them.
  package internal(set) var form = AtomicForm()
  /// `load_col`.
  var loading = Loading.notGiven
  /// `unload_col`, by file.
  var unloaded: [String: [String]] = [:]
  /// `unused_col`, by file.
  var unused: [String: [String]] = [:]
  /// `alias_of_…` and `fields_in_same_space`: further fields of the identifiers of users, items,
  /// entities and relations; nil where nothing is said.
  var aliases: [IdentifierKind: [String]] = [:]
  /// `benchmark_filename`: the files of training, validation and test.
  package internal(set) var benchmark: [String]?
  /// `rm_dup_inter`.
  package internal(set) var keptDuplicate: KeptDuplicate?
  /// `val_interval`, by field.
  var allowed: [String: Allowed] = [:]
  /// `filter_inter_by_user_or_item`: whether interactions go whose user or item is not in the files
  /// of users and items, if these are loaded.
  package internal(set) var dropsUndescribed = true
  /// `user_inter_num_interval`.
  package internal(set) var interactionsOfUser: Intervals?
  /// `item_inter_num_interval`.
  package internal(set) var interactionsOfItem: Intervals?
  /// `entity_kg_num_interval`.
  package internal(set) var triplesOfEntity: Intervals?
  /// `relation_kg_num_interval`.
  package internal(set) var triplesOfRelation: Intervals?
  /// `kg_reverse_r`: whether each relation x gets a reverse x_r.
  package internal(set) var reversesRelations = false
  /// `threshold`: the field and the value from which on an interaction counts as liked.
  package internal(set) var threshold: (field: String, value: Double)? {
    get { likedFrom.map { ($0.field, $0.value) } }
    set { likedFrom = newValue.map { Threshold(field: $0.field, value: $0.value) } }
  }

  private struct Threshold: Sendable, Equatable {
    let field: String
    let value: Double
  }

  private var likedFrom: Threshold?
  var values: [String: SettingValue] = [:]

  /// RecBole's defaults: everything as it stands in the folder.
  package init() {}

  /// The settings as text, in a fixed order; empty where nothing is said.
  package var keyValues: [(key: String, value: String)] {
    Self.keys.map { ($0, values[$0]?.yaml ?? "") }
  }

  /// Those that were given, as text.
  package var given: [String: String] { values.mapValues(\.yaml) }

  /// Reads what ``given`` has written; other keys are passed over.
  package init(given texts: [String: String], source: String) throws(DataError) {
    var settings = Settings()
    for key in Self.keys {
      if let text = texts[key], !text.isEmpty {
        try settings.merge(assignment: "\(key)=\(text)", source: source)
      }
    }
    try self.init(settings)
  }

  // MARK: What is loaded

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
  /// Items.
  case item
  case entity
  case relation
}
