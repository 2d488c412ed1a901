import AtomicFiles
import KSRModel

/// The histories of many users in a few long arrays: a million users take no million allocations.
///
/// A ``History`` is made when it is asked for.
public struct Histories: Sendable, RandomAccessCollection {
  private let users: Vocabulary
  /// The token of each history, a place in `users`.
  private let token: [Int32]
  /// Where each history starts in `items` and `timestamps`; one more entry than histories.
  private let starts: [Int]
  private let items: [Int32]
  private let timestamps: [Double]
  /// By history; empty where nobody is held out.
  private let heldOut: [Bool]
  /// By history; empty where the lengths tell.
  private var ends: [SplitEnds?]

  /// 0.
  public var startIndex: Int { 0 }
  /// The number of histories.
  public var endIndex: Int { token.count }

  /// A history.
  public subscript(place: Int) -> History {
    let range = starts[place]..<starts[place + 1]
    return History(
      user: user(place), items: Array(items[range]), timestamps: Array(timestamps[range]),
      isHeldOut: isHeldOut(place), ends: ends.isEmpty ? nil : ends[place])
  }

  package func user(_ place: Int) -> String { users[Int(token[place])] }

  package func isHeldOut(_ place: Int) -> Bool { !heldOut.isEmpty && heldOut[place] }

  /// The tokens of the users.
  package var names: some RandomAccessCollection<String> & Sendable {
    indices.lazy.map { self.user($0) }
  }

  /// How many interactions each has.
  package var lengths: [Int] { indices.map { starts[$0 + 1] - starts[$0] } }

  /// How many interactions there are in all.
  package var interactionCount: Int { items.count }

  /// Where a user's history is; nil for a user who has none.
  package func place(of user: String) -> Int? {
    guard let wanted = users.id(of: user) else { return nil }
    return token.firstIndex(of: Int32(wanted))
  }

  /// Histories that are there one by one.
  package init(_ histories: some Sequence<History>) {
    var (users, token, starts) = (Vocabulary(), [Int32](), [0])
    var (items, timestamps, heldOut) = ([Int32](), [Double](), [Bool]())
    var ends: [SplitEnds?] = []
    for history in histories {
      token.append(Int32(users.intern(history.user)))
      items += history.items
      timestamps += history.timestamps
      starts.append(items.count)
      heldOut.append(history.isHeldOut)
      ends.append(history.ends)
    }
    (self.users, self.token, self.starts) = (users, token, starts)
    (self.items, self.timestamps, self.heldOut) = (items, timestamps, heldOut)
    self.ends = ends
  }

  /// In how many of the histories each item is.
  package func popularity(itemCount: Int) -> [Int32] {
    var popularity = [Int32](repeating: 0, count: itemCount)
    var last = [Int32](repeating: -1, count: itemCount)
    for place in indices {
      for item in items[starts[place]..<starts[place + 1]].lazy.map(Int.init)
      where last[item] != place {
        last[item] = Int32(place)
        popularity[item] += 1
      }
    }
    return popularity
  }
}

extension Histories: Equatable {
  /// Whether both have equal histories in one order.
  public static func == (a: Histories, b: Histories) -> Bool { a.elementsEqual(b) }
}

extension Histories {
  /// One history per user, in the order in which users first appear among the kept interactions.
  ///
  /// Within a user the order is by timestamp; ties keep the file's order, as RecBole's stable sort.
  ///
  /// - Parameter item: the identifier of an interaction's item in the caller's vocabulary; nil
  ///   leaves the interaction out.
  init(_ kept: KeptInteractions, split: DataSplit, item: (Int) -> Int32?) {
    self.init(kept.interactions, marks: kept.marks, split: split, item: item)
  }

  /// The same for interactions that come with or without marks of their own.
  init(
    _ interactions: Interactions, marks: [SplitMark]? = nil, split: DataSplit,
    item: (Int) -> Int32?
  ) {
    var ids = [Int32](repeating: -1, count: interactions.count)
    var placeOfUser = [Int32](repeating: -1, count: interactions.users.count)
    var token: [Int32] = []
    var starts = [0]
    for row in ids.indices {
      guard let id = item(Int(interactions.item[row])) else { continue }
      ids[row] = id
      let user = Int(interactions.user[row])
      if placeOfUser[user] < 0 {
        placeOfUser[user] = Int32(token.count)
        token.append(interactions.user[row])
        starts.append(0)
      }
      starts[Int(placeOfUser[user]) + 1] += 1
    }
    for place in token.indices { starts[place + 1] += starts[place] }
    var next = starts
    var rows = [Int32](repeating: 0, count: starts[token.count])
    for row in ids.indices where ids[row] >= 0 {
      let place = Int(placeOfUser[Int(interactions.user[row])])
      rows[next[place]] = Int32(row)
      next[place] += 1
    }
    Self.sort(&rows, starts, interactions.timestamp, marks)
    users = interactions.users
    (self.token, self.starts) = (token, starts)
    items = rows.map { ids[Int($0)] }
    timestamps = rows.map { interactions.timestamp[Int($0)] }
    heldOut =
      split.heldOutUsers.isEmpty
      ? [] : token.map { split.holdsOut(interactions.users[Int($0)]) }
    ends = []
    ends = ends(rows, marks, split)
  }

  /// Sorts the rows of each user, which come in the order of the file.
  private static func sort(
    _ rows: inout [Int32], _ starts: [Int], _ time: [Double], _ marks: [SplitMark]?
  ) {
    func isBefore(_ a: Int32, _ b: Int32) -> Bool {
      let (x, y) = (Int(a), Int(b))
      if let marks, marks[x] != marks[y] { return marks[x].place < marks[y].place }
      return time[x] != time[y] ? time[x] < time[y] : a < b
    }
    for (start, end) in zip(starts, starts.dropFirst()) where end - start > 1 {
      // Most files have them in order.
      guard (start + 1..<end).contains(where: { isBefore(rows[$0], rows[$0 - 1]) }) else {
        continue
      }
      rows[start..<end].sort(by: isBefore)
    }
  }

  /// Where training and validation end in each history; empty where their lengths tell.
  private func ends(_ rows: [Int32], _ marks: [SplitMark]?, _ split: DataSplit) -> [SplitEnds?] {
    if let marks {
      return indices.map { place in
        let own = rows[starts[place]..<starts[place + 1]]
        return SplitEnds(
          training: own.count { marks[Int($0)] == .train },
          validation: own.count { marks[Int($0)] != .test })
      }
    }
    guard let ratios = split.ratios, !ratios.isByUser else { return [] }
    // The cases of all users in the order of time; ties by user, then by the order in the history.
    var cases: [(user: Int, time: Double)] = []
    for user in indices where !isHeldOut(user) {
      for place in starts[user] + 1..<starts[user + 1] { cases.append((user, timestamps[place])) }
    }
    let order = cases.indices.sorted {
      cases[$0].time != cases[$1].time ? cases[$0].time < cases[$1].time : $0 < $1
    }
    let counts = ratios.counts(of: cases.count)
    var training = [Int](repeating: 0, count: count)
    var validation = training
    for (place, index) in order.enumerated() where place < counts[0] + counts[1] {
      validation[cases[index].user] += 1
      if place < counts[0] { training[cases[index].user] += 1 }
    }
    // The first interaction of a history is read, never predicted.
    func end(_ cases: Int) -> Int { cases > 0 ? cases + 1 : 0 }
    return indices.map { SplitEnds(training: end(training[$0]), validation: end(validation[$0])) }
  }
}

extension SplitMark {
  fileprivate var place: Int { Self.allCases.firstIndex(of: self) ?? 0 }
}

extension Histories {
  /// A digest of what training may see of the histories, to notice other data.
  ///
  /// It follows from the tokens of users and items and the order of each user's items. Identifiers,
  /// the order of the users and all that is left out of training do not change it.
  ///
  /// - Parameter vocabulary: the tokens of the histories' items.
  package func trainingDigest(_ split: DataSplit, items vocabulary: Vocabulary) -> String {
    let hashes = (0..<vocabulary.count).map { vocabulary.withToken($0, Vocabulary.hash) }
    var sum: UInt64 = 0
    for place in indices {
      let range = starts[place]..<starts[place + 1]
      let count =
        isHeldOut(place)
        ? 0
        : (ends.isEmpty ? nil : ends[place])?.training
          ?? split.trainingCount(of: range.count, isHeldOut: false)
      guard count > 0 else { continue }
      var hash = users.withToken(Int(token[place]), Vocabulary.hash)
      for item in items[range.prefix(count)] { hash = Self.mixed(hash ^ hashes[Int(item)]) }
      sum &+= hash
    }
    let digits = String(sum, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }

  /// One to one, so that a single other item always gives another hash of its user.
  private static func mixed(_ value: UInt64) -> UInt64 {
    var z = (value ^ (value >> 32)) &* 0xd6e8_feb8_6659_fd93
    z = (z ^ (z >> 32)) &* 0xd6e8_feb8_6659_fd93
    return z ^ (z >> 32)
  }
}
