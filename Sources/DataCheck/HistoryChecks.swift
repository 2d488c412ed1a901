import AtomicFiles
import Text

extension CheckedData {
  /// Users and times that make testing doubtful.
  func histories() -> [Finding] {
    let histories = KeptHistories(self)
    return [
      shortUsers(histories), tiedTimes(histories), duplicateInteractions(histories),
    ].compactMap { $0 }
  }

  private func shortUsers(_ histories: KeptHistories) -> Finding? {
    let short = histories.rows.indices.filter { histories.rows[$0].count < 3 }
    guard !short.isEmpty else { return nil }
    let users = interactions.users
    let finding = Finding(
      kind: .shortUsers, severity: .minor, title: "Users too short to be evaluated",
      count: short.count, total: users.count, unit: "users",
      meaning: "With fewer than three interactions with linked items, none can be held out for the "
        + "test: metrics do not cover these users. 'user_inter_num_interval' removes them.",
      examples: short.map { user in
        let count = histories.rows[user].count
        return "user \(printable(users[user])): \(count) interaction\(count == 1 ? "" : "s")"
      })
    return finding.graded(severe: 0.5, moderate: 0.2)
  }

  private func tiedTimes(_ histories: KeptHistories) -> Finding? {
    var tied = 0
    var (lastTied, evaluated) = (0, 0)
    var examples: [(count: Int, text: String)] = []
    for (user, rows) in histories.rows.enumerated() {
      var start = 0
      var ofUser = 0
      var isLastTied = false
      while start < rows.count {
        let time = interactions.timestamp[rows[start]]
        let end = rows[start...].firstIndex { interactions.timestamp[$0] != time } ?? rows.count
        // The same item again at the same time is a duplicate, which order does not touch.
        if Set(rows[start..<end].map { interactions.item[$0] }).count > 1 {
          ofUser += end - start
          isLastTied = end == rows.count
        }
        start = end
      }
      tied += ofUser
      if rows.count >= 3 {
        evaluated += 1
        if isLastTied { lastTied += 1 }
      }
      if ofUser > 0 {
        let name = printable(interactions.users[user])
        examples.append((ofUser, "user \(name): \(ofUser) of \(rows.count) interactions"))
      }
    }
    guard tied > 0 else { return nil }
    let share = Double(lastTied) / Double(max(1, evaluated))
    let finding = Finding(
      kind: .tiedTimes, severity: .minor,
      title: "Interactions with tied timestamps", count: tied,
      total: histories.count, unit: "interactions",
      meaning: "Their order is that of the file, not of the user. "
        + (lastTied > 0
          ? "For \(grouped(lastTied)) of \(grouped(evaluated)) users (\(percent(share))) it decides "
            + "which item is tested: compare only metrics made with the same file."
          : "No user's test item depends on it."),
      examples: examples.sorted { $0.count > $1.count }.map(\.text),
      measures: ["users whose last item is tied": Double(lastTied)])
    return finding.graded(severe: 2, moderate: 0.1)
  }

  private func duplicateInteractions(_ histories: KeptHistories) -> Finding? {
    var repeated: [(user: Int, item: Int)] = []
    for (user, rows) in histories.rows.enumerated() {
      var items: Set<Int32> = []
      for (place, row) in rows.enumerated() {
        let time = interactions.timestamp[row]
        if place > 0, interactions.timestamp[rows[place - 1]] != time { items.removeAll() }
        if !items.insert(interactions.item[row]).inserted {
          repeated.append((user, Int(interactions.item[row])))
        }
      }
    }
    guard !repeated.isEmpty else { return nil }
    let finding = Finding(
      kind: .duplicateInteractions, severity: .minor,
      title: "Interactions that repeat user, item and time of another", count: repeated.count,
      total: histories.count, unit: "interactions",
      meaning: "The model learns that an item is followed by itself, and tests count what was just "
        + "seen as a hit. Remove the duplicates, as RecBole's 'rm_dup_inter: first' does.",
      examples: repeated.map { user, item in
        "user \(printable(interactions.users[user])): \(name(ofItem: item)) again"
      })
    return finding.graded(severe: 0.3, moderate: 0.01)
  }
}

/// The interactions that KSR keeps, user by user in the order of time.
private struct KeptHistories {
  /// The rows of NAME.inter of each user; ties in the order of the file.
  let rows: [[Int]]
  let count: Int

  init(_ data: CheckedData) {
    let interactions = data.interactions
    var rows = [[Int]](repeating: [], count: interactions.users.count)
    for row in 0..<interactions.count where data.entityOfItem[Int(interactions.item[row])] != nil {
      rows[Int(interactions.user[row])].append(row)
    }
    count = rows.reduce(0) { $0 + $1.count }
    self.rows = rows.map { own in
      own.sorted {
        let (a, b) = (interactions.timestamp[$0], interactions.timestamp[$1])
        return a != b ? a < b : $0 < $1
      }
    }
  }
}
