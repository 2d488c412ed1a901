import AtomicFiles
import KSRModel

enum HistoryBuilder {
  /// One history per user, in the order in which users first appear among the kept interactions.
  ///
  /// Within a user the order is by timestamp; ties keep the file's order, as RecBole's stable sort.
  ///
  /// - Parameter item: the identifier of an interaction's item in the caller's vocabulary; nil
  ///   leaves the interaction out.
  static func histories(
    _ kept: KeptInteractions, split: DataSplit, item: (Int) -> Int32?
  ) -> [History] {
    histories(kept.interactions, marks: kept.marks, split: split, item: item)
  }

  /// The same for interactions that come with or without marks of their own.
  static func histories(
    _ interactions: Interactions, marks: [SplitMark]? = nil, split: DataSplit,
    item: (Int) -> Int32?
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
    let time = interactions.timestamp
    let sorted = order.map { user in
      rows[user].sorted { a, b in
        if let marks, marks[a] != marks[b] { return marks[a].place < marks[b].place }
        return time[a] != time[b] ? time[a] < time[b] : a < b
      }
    }
    let ends = ends(sorted, interactions, marks, split)
    return order.indices.map { place in
      let token = interactions.users[order[place]]
      return History(
        user: token, items: sorted[place].map { kept[$0] },
        timestamps: sorted[place].map { time[$0] }, isHeldOut: split.holdsOut(token),
        ends: ends?[place])
    }
  }

  /// Where training and validation end in each history; nil where their lengths tell.
  private static func ends(
    _ histories: [[Int]], _ interactions: Interactions, _ marks: [SplitMark]?, _ split: DataSplit
  ) -> [SplitEnds]? {
    if let marks {
      return histories.map { rows in
        SplitEnds(
          training: rows.count { marks[$0] == .train },
          validation: rows.count { marks[$0] != .test })
      }
    }
    guard let ratios = split.ratios, !ratios.isByUser else { return nil }
    // The cases of all users in the order of time; ties by user, then by the order in the history.
    var cases: [(user: Int, time: Double)] = []
    for (user, rows) in histories.enumerated()
    where !split.holdsOut(interactions.users[Int(interactions.user[rows[0]])]) {
      for row in rows.dropFirst() { cases.append((user, interactions.timestamp[row])) }
    }
    let order = cases.indices.sorted {
      cases[$0].time != cases[$1].time ? cases[$0].time < cases[$1].time : $0 < $1
    }
    let counts = ratios.counts(of: cases.count)
    var training = [Int](repeating: 0, count: histories.count)
    var validation = training
    for (place, index) in order.enumerated() where place < counts[0] + counts[1] {
      validation[cases[index].user] += 1
      if place < counts[0] { training[cases[index].user] += 1 }
    }
    // The first interaction of a history is read, never predicted.
    func end(_ cases: Int) -> Int { cases > 0 ? cases + 1 : 0 }
    return histories.indices.map {
      SplitEnds(training: end(training[$0]), validation: end(validation[$0]))
    }
  }
}

extension SplitMark {
  fileprivate var place: Int { Self.allCases.firstIndex(of: self) ?? 0 }
}

extension DataSplit {
  /// A digest of what training may see of the histories, to notice other data.
  ///
  /// It follows from the tokens of users and items and the order of each user's items. Identifiers,
  /// the order of the users and all that is left out of training do not change it.
  ///
  /// - Parameter items: the tokens of the histories' items.
  package func trainingDigest(of histories: [History], items: Vocabulary) -> String {
    let hashes = items.bytes.withUnsafeBufferPointer { bytes in
      (0..<items.count).map {
        Vocabulary.hash(
          UnsafeBufferPointer(rebasing: bytes[items.offsets[$0]..<items.offsets[$0 + 1]]))
      }
    }
    var sum: UInt64 = 0
    for history in histories {
      let count = trainingCount(of: history)
      guard count > 0 else { continue }
      var user = history.user
      var hash = user.withUTF8 { Vocabulary.hash($0) }
      for item in history.items.prefix(count) { hash = mixed(hash ^ hashes[Int(item)]) }
      sum &+= hash
    }
    let digits = String(sum, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }

  /// One to one, so that a single other item always gives another hash of its user.
  private func mixed(_ value: UInt64) -> UInt64 {
    var z = (value ^ (value >> 32)) &* 0xd6e8_feb8_6659_fd93
    z = (z ^ (z >> 32)) &* 0xd6e8_feb8_6659_fd93
    return z ^ (z >> 32)
  }
}
