/// Who chose what and when, in the order of the file.
public struct Interactions: Sendable, Equatable {
  /// The users in the order of their first appearance.
  public var users: Vocabulary
  /// The items in the order of their first appearance.
  public var items: Vocabulary
  /// The user of each interaction.
  public var user: [Int32]
  /// The item of each interaction.
  public var item: [Int32]
  /// The time of each interaction; always finite.
  public var timestamp: [Double]

  /// The number of interactions.
  public var count: Int { user.count }

  /// Interactions that are already in memory; all columns must be of one length.
  public init(
    users: Vocabulary, items: Vocabulary, user: [Int32], item: [Int32], timestamp: [Double]
  ) {
    self.users = users
    self.items = items
    self.user = user
    self.item = item
    self.timestamp = timestamp
  }

  /// Reads `user_id:token`, `item_id:token` and `timestamp:float` of NAME.inter.
  public static func read(_ folder: AtomicFolder) throws(DataError) -> Interactions {
    let path = folder.file("inter")
    let table = try AtomicTable.read(path) { header throws(DataError) in
      guard header.contains(where: { $0.name == "timestamp" }) else {
        throw DataError(
          file: path, field: "timestamp", found: "no such column",
          expected: "timestamp:float, since the order of a user's items is what is learnt")
      }
      return [
        .init("user_id", .tokens), .init("item_id", .tokens), .init("timestamp", .numbers),
      ]
    }
    let users = try table.tokens("user_id")
    let items = try table.tokens("item_id")
    return Interactions(
      users: users.vocabulary, items: items.vocabulary, user: users.ids, item: items.ids,
      timestamp: try table.numbers("timestamp"))
  }
}
