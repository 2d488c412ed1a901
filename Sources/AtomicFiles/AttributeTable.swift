/// What is known about items (NAME.item) or users (NAME.user): one row each, columns of text.
///
/// Where an identifier comes twice, its first row is kept, as in RecBole, and a warning tells.
package struct AttributeTable: Sendable {
  /// The identifiers in the order of the file.
  package let ids: Vocabulary
  /// The names of the other columns, in the order of the file.
  package let columns: [String]
  /// The type of each column, the identifiers' included.
  package let types: [String: ColumnType]
  /// Rows left out because their identifier had one already.
  package let duplicates: Int
  /// What was odd but could be read, a sentence each.
  package let warnings: [DataError]
  /// The column of the rows' names, if there is one.
  private let titleColumn: String?
  private let texts: [String: TextColumn]
  /// The row of each identifier.
  private let rows: [Int]

  /// The columns that hold names of items, those that say most first: of RecBole's data sets, of its
  /// conversion tools (RUCAIBox/RecSysDatasets), and what else people call them.
  package static let titleColumns = [
    "movie_title", "title", "name", "item_name", "item_title", "movie_name", "book_title",
    "book_name", "app_name", "game_name", "product_name", "product_title", "track_name",
    "song_name", "song_title", "artist_name", "album_name", "business_name", "recipe_name",
  ]

  /// Reads NAME.item by its `item_id:token`.
  package static func items(of folder: AtomicFolder) throws(DataError) -> AttributeTable {
    try AttributeTable(
      folder.file("item"), id: folder.form.item, title: folder.form.itemName, form: folder.form)
  }

  /// Reads NAME.user by its `user_id:token`.
  package static func users(of folder: AtomicFolder) throws(DataError) -> AttributeTable {
    try AttributeTable(folder.file("user"), id: folder.form.user, form: folder.form)
  }

  /// Reads a file by the column that identifies its rows.
  ///
  /// - Parameter title: the column of the rows' names; where none is given, one of ``titleColumns``, or
  ///   as a last resort the first `token_seq` column that tells most rows apart.
  package init(
    _ path: String, id: String, title: String? = nil, form: AtomicForm = AtomicForm()
  ) throws(DataError) {
    let table = try AtomicTable.read(path, form: form) { header throws(DataError) in
      [.init(id, .tokens)] + header.filter { $0.name != id }.map { .init($0.name, .text) }
    }
    let keys = try table.tokens(id)
    let columns = table.header.map(\.name).filter { $0 != id }
    var texts: [String: TextColumn] = [:]
    for column in columns { texts[column] = try table.text(column) }
    let first = table.rows(of: keys, id, keeping: .first)
    if let title, !columns.contains(title) {
      throw DataError(
        file: path, line: table.headerLine, field: "item_name_field",
        found: "only the columns \(([id] + columns).joined(separator: " "))",
        expected: "a column \(title)")
    }
    titleColumn =
      title ?? Self.titleColumns.first(where: columns.contains)
      ?? table.header.first { column in
        guard column.type == .tokenSequence, column.name != id, let text = texts[column.name] else {
          return false
        }
        // Genres and other lists of words come again and again.
        return 2 * Set(first.rows.map { text[$0] }).count > first.rows.count
      }?.name
    ids = keys.vocabulary
    self.columns = columns
    self.texts = texts
    types = Dictionary(uniqueKeysWithValues: table.header.map { ($0.name, $0.type) })
    rows = first.rows
    duplicates = keys.ids.count - rows.count
    warnings = first.warnings
  }

  /// The text that a row has in a column; nil where the column is unknown or the field empty.
  package func value(_ column: String, of id: Int) -> String? {
    guard let text = texts[column]?[rows[id]], !text.isEmpty else { return nil }
    return text
  }

  /// The item's title.
  package func title(of id: Int) -> String? { titleColumn.flatMap { value($0, of: id) } }

  /// The title of a token, where it has a row.
  package func title(ofToken token: String) -> String? { ids.id(of: token).flatMap(title(of:)) }

  /// The item's year: `release_year`, `year`, or the "(1995)" at the end of its title.
  package func year(of id: Int) -> Int? {
    for column in ["release_year", "year"] {
      if let text = value(column, of: id), let year = Int(text) { return year }
    }
    guard let title = title(of: id), title.hasSuffix(")"),
      let open = title.lastIndex(of: "(")
    else { return nil }
    let year = title[title.index(after: open)...].dropLast()
    return year.count == 4 && year.allSatisfy(\.isNumber) ? Int(year) : nil
  }
}

/// Readable names of entities (NAME.entity) or relations (NAME.relation).
///
/// Both are companions of our own: RecBole has no place for names. Where a token is named twice,
/// its first name is kept, and a warning tells. A file that has other columns than `name` names
/// nothing, which a warning tells too.
package struct DisplayNames: Sendable {
  private let tokens: Vocabulary
  private let names: [String]
  /// What was odd but could be read, a sentence each.
  package let warnings: [DataError]

  /// No names at all, for a data set without such a file.
  package init() {
    tokens = Vocabulary()
    names = []
    warnings = []
  }

  /// Reads `entity_id:token` and `name:token_seq` of NAME.entity, if there is one.
  package static func entities(of folder: AtomicFolder) throws(DataError) -> DisplayNames {
    try folder.has("entity")
      ? DisplayNames(folder.file("entity"), id: folder.form.entity, form: folder.form)
      : DisplayNames()
  }

  /// Reads `relation_id:token` and `name:token_seq` of NAME.relation, if there is one.
  package static func relations(of folder: AtomicFolder) throws(DataError) -> DisplayNames {
    try folder.has("relation")
      ? DisplayNames(folder.file("relation"), id: folder.form.relation, form: folder.form)
      : DisplayNames()
  }

  /// Reads a file by the column of its tokens.
  package init(
    _ path: String, id: String, form: AtomicForm = AtomicForm()
  ) throws(DataError) {
    let table = try AttributeTable(path, id: id, form: form)
    guard table.columns.contains("name") else {
      tokens = Vocabulary()
      names = []
      warnings = [
        DataError(
          file: path, line: 1,
          found: "only the columns \(([id] + table.columns).joined(separator: " "))",
          expected: "a column name")
      ]
      return
    }
    tokens = table.ids
    names = (0..<table.ids.count).map { table.value("name", of: $0) ?? "" }
    warnings = table.warnings
  }

  package var count: Int { names.count }

  /// The name of a token, or nil if it has none.
  package func name(of token: String) -> String? {
    guard let id = tokens.id(of: token), !names[id].isEmpty else { return nil }
    return names[id]
  }
}
