/// Which entity of the knowledge graph an item is.
///
/// Where an item is linked twice, the last link holds, as in RecBole, and a warning tells.
package struct Links: Sendable {
  /// The linked items in the order of their first appearance.
  package let items: Vocabulary
  /// The entities that the file names, in the order of their first appearance.
  package let entities: Vocabulary
  /// For each item of `items` its place in `entities`.
  package let entity: [Int32]
  /// Links that a later one of the same item replaced.
  package let duplicates: Int
  /// What was odd but could be read, a sentence each.
  package let warnings: [DataError]

  package func entity(ofItem token: String) -> String? {
    items.id(of: token).map { entities[Int(entity[$0])] }
  }

  /// Reads `item_id:token` and `entity_id:token` of NAME.link.
  package static func read(_ folder: AtomicFolder) throws(DataError) -> Links {
    let form = folder.form
    let table = try AtomicTable.read(
      folder.file("link"), form: form,
      columns: [.init(form.item, .tokens), .init(form.entity, .tokens)])
    let items = try table.tokens(form.item)
    let entities = try table.tokens(form.entity)
    let last = table.rows(of: items, form.item, keeping: .last)
    return Links(
      items: items.vocabulary, entities: entities.vocabulary,
      entity: last.rows.map { entities.ids[$0] }, duplicates: items.ids.count - last.rows.count,
      warnings: last.warnings)
  }
}
