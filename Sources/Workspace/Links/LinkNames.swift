import AtomicFiles

/// Which links look wrong: the item's title and the name of its entity have nothing in common.
package struct LinkNames: Sendable, Equatable {
  /// Items that have both a title and an entity with a name.
  package let compared: Int
  /// Those of them whose names do not resemble each other, in the order in which they were given.
  package let different: [Int]

  /// Compares the names of some items; nil stands for a name that is not known.
  package init(
    _ items: some Sequence<Int>, title: (Int) -> String?, entityName: (Int) -> String?
  ) {
    var compared = 0
    var different: [Int] = []
    for item in items {
      guard let title = title(item), let name = entityName(item) else { continue }
      let (a, b) = (ComparedText(title), ComparedText(name))
      guard !a.words.isEmpty, !b.words.isEmpty else { continue }
      compared += 1
      if !a.resembles(b) { different.append(item) }
    }
    self.compared = compared
    self.different = different
  }

  /// Compares the names of all items of a model with its data, those watched most first; nil where
  /// the folder has no links, no titles or no names of entities.
  package init?(_ session: Session) throws(DataError) {
    guard let folder = session.folder, folder.has("link"), folder.has("entity"),
      let attributes = session.attributes
    else { return nil }
    let links = try Links.read(folder)
    let names = try DisplayNames.entities(of: folder)
    let items = session.model.items
    let popularity = session.popularity
    let order = (1..<max(1, items.count)).sorted {
      popularity[$0] != popularity[$1] ? popularity[$0] > popularity[$1] : $0 < $1
    }
    self.init(
      order,
      title: { attributes.ids.id(of: items[$0]).flatMap { attributes.title(of: $0) } },
      entityName: { links.entity(ofItem: items[$0]).flatMap { names.name(of: $0) } })
  }
}
