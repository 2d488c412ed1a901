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

  /// The number of tokens in the file.
  package var count: Int { names.count }

  /// The name of a token, or nil if it has none.
  package func name(of token: String) -> String? {
    guard let id = tokens.id(of: token), !names[id].isEmpty else { return nil }
    return names[id]
  }
}
