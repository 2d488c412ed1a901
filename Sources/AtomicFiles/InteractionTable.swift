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
