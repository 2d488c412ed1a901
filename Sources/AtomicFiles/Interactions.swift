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
