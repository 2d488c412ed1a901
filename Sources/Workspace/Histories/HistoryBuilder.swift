import AtomicFiles

/// Sorts interactions into histories.
enum HistoryBuilder {
  /// One history per user, in the order in which users first appear among the kept interactions.
  ///
  /// Within a user the order is by timestamp; ties keep the file's order, as RecBole's stable sort.
  ///
  /// - Parameter item: the identifier of an interaction's item in the caller's vocabulary; nil
  ///   leaves the interaction out.
  static func histories(
    _ interactions: Interactions, isHeldOut: (String) -> Bool, item: (Int) -> Int32?
  ) -> [History] {
    var rows = [[Int]](repeating: [], count: interactions.users.count)
    var order: [Int] = []
    var kept = [Int32](repeating: 0, count: interactions.count)
    for row in 0..<interactions.count {
      guard let id = item(Int(interactions.item[row])) else { continue }
      kept[row] = id
      let user = Int(interactions.user[row])
      if rows[user].isEmpty { order.append(user) }
      rows[user].append(row)
    }
    return order.map { user in
      let sorted = rows[user].sorted {
        let (a, b) = (interactions.timestamp[$0], interactions.timestamp[$1])
        return a != b ? a < b : $0 < $1
      }
      let token = interactions.users[user]
      return History(
        user: token, items: sorted.map { kept[$0] },
        timestamps: sorted.map { interactions.timestamp[$0] }, isHeldOut: isHeldOut(token))
    }
  }
}
