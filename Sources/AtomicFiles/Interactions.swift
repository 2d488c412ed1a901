/// Who chose what and when, in the order of the file.
package struct Interactions: Sendable, Equatable {
  /// The users in the order of their first appearance.
  package var users: Vocabulary
  /// The items in the order of their first appearance.
  package var items: Vocabulary
  /// The user of each interaction.
  package var user: [Int32]
  /// The item of each interaction.
  package var item: [Int32]
  /// The time of each interaction; always finite.
  package var timestamp: [Double]

  package var count: Int { user.count }

  /// Interactions that are already in memory; all columns must be of one length.
  package init(
    users: Vocabulary, items: Vocabulary, user: [Int32], item: [Int32], timestamp: [Double]
  ) {
    self.users = users
    self.items = items
    self.user = user
    self.item = item
    self.timestamp = timestamp
  }

  /// Some rows of others, in the order given.
  package init(rows: some Sequence<Int>, of all: Interactions) {
    let rows = Array(rows)
    self.init(
      users: all.users, items: all.items, user: rows.map { all.user[$0] },
      item: rows.map { all.item[$0] }, timestamp: rows.map { all.timestamp[$0] })
  }

  /// The same with only the users and items that occur, numbered by their first appearance.
  package var renumbered: Interactions {
    var result = Interactions(
      users: Vocabulary(), items: Vocabulary(), user: [], item: [], timestamp: timestamp)
    result.user = user.map { Int32(result.users.intern(users[Int($0)])) }
    result.item = item.map { Int32(result.items.intern(items[Int($0)])) }
    return result
  }

  /// Reads `user_id:token`, `item_id:token` and `timestamp:float` of NAME.inter.
  package static func read(_ folder: AtomicFolder) throws(DataError) -> Interactions {
    try InteractionTable(folder.file("inter"), form: folder.form).interactions
  }
}

/// Interactions with further columns of their file.
package struct InteractionTable: Sendable {
  package let path: String
  package let interactions: Interactions
  /// All columns that the file has.
  package let header: [AtomicColumn]
  private let texts: [String: TextColumn]

  /// Reads a file like NAME.inter.
  ///
  /// - Parameter columns: the columns to read besides, where the file has them.
  package init(
    _ path: String, form: AtomicForm, columns: Set<String> = []
  ) throws(DataError) {
    let own = [form.user, form.item, form.time]
    // A column is read once; what is wanted of the three is told from them.
    let table = try AtomicTable.read(path, form: form) { header throws(DataError) in
      guard header.contains(where: { $0.name == form.time }) else {
        throw DataError(
          file: path, field: form.time, found: "no such column",
          expected: "\(form.time):float, since the order of a user's items is what is learnt")
      }
      return [
        .init(form.user, .tokens), .init(form.item, .tokens), .init(form.time, .numbers),
      ]
        + header.filter { columns.contains($0.name) && !own.contains($0.name) }
        .map { .init($0.name, .text) }
    }
    self.path = path
    header = table.header
    let users = try table.tokens(form.user)
    let items = try table.tokens(form.item)
    interactions = Interactions(
      users: users.vocabulary, items: items.vocabulary, user: users.ids, item: items.ids,
      timestamp: try table.numbers(form.time))
    var texts: [String: TextColumn] = [:]
    for column in table.header
    where columns.contains(column.name) && !own.contains(column.name) {
      texts[column.name] = try table.text(column.name)
    }
    self.texts = texts
    names = form
  }

  private let names: AtomicForm

  /// The type of a column; nil where the file has none of the name.
  package func type(of column: String) -> ColumnType? {
    header.first { $0.name == column }?.type
  }

  /// The text of a column that was read, in a row.
  package func text(_ column: String, row: Int) -> String {
    switch column {
    case names.user: interactions.users[Int(interactions.user[row])]
    case names.item: interactions.items[Int(interactions.item[row])]
    case names.time: "\(interactions.timestamp[row])"
    default: texts[column]?[row] ?? ""
    }
  }
}
