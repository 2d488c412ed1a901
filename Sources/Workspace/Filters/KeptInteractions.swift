import AtomicFiles

/// The interactions of a data folder that the settings leave, by RecBole's rules and in its order:
/// repetitions (`rm_dup_inter`), values (`val_interval`), users and items without a row in their
/// files (`filter_inter_by_user_or_item`), then users and items with too few or too many
/// interactions, again and again until none is left.
///
/// With `benchmark_filename` nothing is left out.
package struct KeptInteractions: Sendable {
  /// The folder, read as the settings say.
  package let folder: AtomicFolder
  /// What is left, in the order of the file, or of time after `rm_dup_inter`.
  package let interactions: Interactions
  /// What the file that each interaction comes from is for; nil without `benchmark_filename`.
  package let marks: [SplitMark]?
  /// The users left of NAME.user, in its order; nil where it is not loaded.
  package let describedUsers: [String]?
  /// The items left of NAME.item, in its order; nil where it is not loaded.
  package let describedItems: [String]?
  /// What the filters took out, in their order; those that took out nothing are not in it.
  package let removals: [Removal]
  /// What else a person should know, a sentence each.
  package let notes: [String]
  /// Where further columns of the interactions are, and the rows kept; nil with `benchmark_filename`.
  private let source: (table: InteractionTable, rows: [Int])?
  private let users: AttributeTable?
  private let items: AttributeTable?

  /// Reads NAME.inter, and NAME.user and NAME.item where the settings load them, and filters.
  package init(
    _ folder: AtomicFolder, _ settings: DataSettings = DataSettings()
  ) throws(DataError) {
    var folder = folder
    folder.form = settings.form
    self.folder = folder
    if let files = settings.benchmark {
      var all: [(Interactions, SplitMark)] = []
      for (file, mark) in zip(files, [SplitMark.train, .validation, .test]) {
        all.append((try Self.benchmark(folder, file), mark))
      }
      (interactions, marks) = Self.joined(all)
      users = try Self.described(folder, settings, .user)
      items = try Self.described(folder, settings, .item)
      describedUsers = users?.ids.tokens
      describedItems = items?.ids.tokens
      removals = []
      notes = []
      source = nil
      return
    }
    var filter = try InteractionFilter(folder, settings)
    try filter.apply()
    let all = filter.table.interactions
    interactions =
      filter.rows.elementsEqual(0..<all.count) ? all : Interactions(rows: filter.rows, of: all)
    marks = nil
    describedUsers = filter.users?.remaining
    describedItems = filter.items?.remaining
    removals = filter.removals
    notes = try filter.notes()
    source = (filter.table, filter.rows)
    users = filter.users?.table
    items = filter.items?.table
    guard filter.rows.count > 0 || filter.removals.isEmpty else {
      throw DataError(
        file: folder.file("inter"),
        found: "no interactions left by the filters ("
          + filter.removals.map(\.description).joined(separator: "; ") + ")",
        expected: "at least one interaction")
    }
  }

  /// The tokens of a further field of users or items (`alias_of_user_id`, `alias_of_item_id`), in the
  /// order of its file.
  ///
  /// - Parameter isKept: whether the interaction at a place is one that counts.
  func tokens(
    of kind: IdentifierKind, alias field: String, isKept: (Int) -> Bool
  ) throws(DataError) -> [String] {
    func pieces(_ text: String, _ type: ColumnType) -> [String] {
      type == .token
        ? [text]
        : text.utf8.split(separator: folder.form.sequenceSeparator).map { String(Substring($0)) }
    }
    if let (table, rows) = source, let type = table.type(of: field), type.holdsTokens {
      return rows.indices.filter(isKept).flatMap { pieces(table.text(field, row: rows[$0]), type) }
        .filter { !$0.isEmpty }
    }
    for (table, tokens) in [(items, describedItems), (users, describedUsers)] {
      guard let table, let tokens, let type = table.types[field], type.holdsTokens else { continue }
      return tokens.flatMap { token in
        table.ids.id(of: token).flatMap { table.value(field, of: $0) }.map { pieces($0, type) }
          ?? []
      }
    }
    throw DataError(
      file: folder.file("inter"), field: "alias_of_\(kind.rawValue)_id",
      found: "no loaded column \(quoted(field)) of tokens",
      expected: "a field of NAME.inter, or of NAME.item or NAME.user where load_col loads them")
  }

  /// The file of users or items, where it is loaded.
  static func described(
    _ folder: AtomicFolder, _ settings: DataSettings, _ kind: IdentifierKind
  ) throws(DataError) -> AttributeTable? {
    guard folder.has(kind.rawValue) else { return nil }
    if settings.loads(kind.rawValue) { return try table(folder, kind) }
    guard settings.loading == .notGiven, !settings.allowed.isEmpty else { return nil }
    // Where nothing is said about columns, a file is loaded if a filter asks for one of its own.
    let table = try table(folder, kind)
    return table.columns.contains { settings.allowed[$0] != nil } ? table : nil
  }

  private static func table(
    _ folder: AtomicFolder, _ kind: IdentifierKind
  ) throws(DataError) -> AttributeTable {
    try kind == .user ? AttributeTable.users(of: folder) : AttributeTable.items(of: folder)
  }

  private static func benchmark(
    _ folder: AtomicFolder, _ file: String
  ) throws(DataError) -> Interactions {
    let path = folder.file("\(file).inter")
    guard folder.has("\(file).inter") else {
      throw DataError(
        file: path, field: "benchmark_filename", found: "no such file",
        expected: "the interactions that benchmark_filename names \(quoted(file))")
    }
    let table = try InteractionTable(path, form: folder.form)
    if let list = table.header.first(where: { $0.name == folder.form.item + "_list" }) {
      throw DataError(
        file: path, line: 1, field: list.name, found: "sequences that were cut already",
        expected: "an interaction a line, which are put together here")
    }
    return table.interactions
  }

  /// Several files as one, with a mark for each interaction.
  private static func joined(
    _ files: [(Interactions, SplitMark)]
  ) -> (Interactions, [SplitMark]) {
    var users = Vocabulary()
    var items = Vocabulary()
    var user: [Int32] = []
    var item: [Int32] = []
    var time: [Double] = []
    var marks: [SplitMark] = []
    for (file, mark) in files {
      let userPlaces = file.users.tokens.map { Int32(users.intern($0)) }
      let itemPlaces = file.items.tokens.map { Int32(items.intern($0)) }
      user += file.user.map { userPlaces[Int($0)] }
      item += file.item.map { itemPlaces[Int($0)] }
      time += file.timestamp
      marks += Array(repeating: mark, count: file.count)
    }
    let all = Interactions(users: users, items: items, user: user, item: item, timestamp: time)
    return (all, marks)
  }
}

extension ColumnType {
  fileprivate var holdsTokens: Bool { self == .token || self == .tokenSequence }
}

/// What one of the settings took out of the data.
package struct Removal: Sendable, Equatable, CustomStringConvertible {
  /// The setting and its value, or what else was the reason.
  package let reason: String
  /// How many rows went.
  package let count: Int
  /// What they were, such as `interactions`.
  package let unit: String

  init(_ reason: String, _ count: Int, _ unit: String) {
    self.reason = reason
    self.count = count
    self.unit = unit
  }

  /// The removal as a line of text.
  package var description: String { "\(reason): \(count) \(unit) left out" }
}
