import Glibc
import Workspace

package struct UserList: Sendable {
  struct Request: Hashable, Sendable {
    let filter: String
    let order: UserOrder
    let own: [OwnUser]
  }

  package struct Row: Sendable, Equatable {
    /// The place among the users of the data, then those made here.
    package let place: Int
    package let user: String
    package let count: Int
    /// Whether all of them were left out of training.
    package let isHeldOut: Bool
    package let isOwn: Bool
    /// What to call the item watched that the search found, else the last one.
    package let title: String
    /// When the last interaction was, as the data gives it.
    package let last: Double
  }

  /// The users that are left, those made here first.
  package let rows: [Row]
  /// How well the model predicts each user of the data, as far as that is known.
  let predictions: [Prediction]

  /// The row that a menu selects.
  func selection(of menu: Menu) -> Int {
    menu.anchor.flatMap { user in rows.firstIndex { $0.place == user } }
      ?? min(menu.selection, max(0, rows.count - 1))
  }

  func selected(by menu: Menu) -> Row? {
    let place = selection(of: menu)
    return rows.indices.contains(place) ? rows[place] : nil
  }

  /// The same rows with what is known by now.
  func with(_ predictions: [Prediction]) -> UserList {
    UserList(rows: rows, predictions: predictions)
  }
}

package enum UserOrder: String, CaseIterable, Sendable {
  case data
  case length
  case latest
  /// The best predicted first, as far as that is known.
  case predicted

  var words: String {
    switch self {
    case .data: "in the order of the data"
    case .length: "by length"
    case .latest: "by last activity"
    case .predicted: "by how well the model predicts"
    }
  }

  var word: String {
    switch self {
    case .data: "unsorted"
    case .length: "longest"
    case .latest: "latest"
    case .predicted: "predicted"
    }
  }
}

/// The users and the titles that they have watched, ready to be searched at every key.
struct UserIndex {
  private let session: Session
  /// All titles as they are searched, each with a line break after it.
  private let titles: [UInt8]
  private let starts: [Int]
  /// All items but the padding, the most watched first.
  private let byPopularity: [Int32]

  init(_ session: Session) {
    self.session = session
    var titles: [UInt8] = []
    var starts: [Int] = []
    for name in session.model.itemNames {
      starts.append(titles.count)
      titles.append(contentsOf: name.searchable.utf8)
      titles.append(UInt8(ascii: "\n"))
    }
    self.titles = titles
    self.starts = starts
    let popularity = session.popularity
    byPopularity = (1..<Int32(max(1, session.model.items.count))).sorted {
      let (a, b) = (popularity[Int($0)], popularity[Int($1)])
      return a != b ? a > b : $0 < $1
    }
  }

  /// The users whose token begins with the words typed, those whose token has them elsewhere, then
  /// those who watched a matching title; those made here come first.
  func list(
    _ request: UserList.Request, own: [(name: String, items: [Int32])],
    _ predictions: [Prediction]
  ) -> UserList {
    let wanted = request.filter.searchable.split(separator: " ").joined(separator: " ")
    let found = wanted.isEmpty ? [] : items(matching: Array(wanted.utf8))
    var groups: [[UserList.Row]] = [[], [], []]
    func look(_ user: Int, _ name: String, _ items: [Int32], _ make: (Int32?) -> UserList.Row) {
      let isNamed = wanted.isEmpty ? 0 : Self.place(of: wanted, in: name)
      if let isNamed {
        groups[isNamed].append(make(items.last))
      } else if let item = items.last(where: { found[Int($0)] }) {
        groups[2].append(make(item))
      }
    }
    let count = session.users.count
    for (place, user) in own.enumerated() {
      look(count + place, user.name, user.items) { item in
        UserList.Row(
          place: count + place, user: user.name, count: user.items.count, isHeldOut: false,
          isOwn: true, title: item.map { session.model.itemNames[Int($0)] } ?? "", last: 0)
      }
    }
    let ownRows = groups.flatMap { $0 }
    groups = [[], [], []]
    for (user, history) in session.users.enumerated() {
      look(user, history.user, history.items) { item in
        UserList.Row(
          place: user, user: history.user, count: history.count, isHeldOut: history.isHeldOut,
          isOwn: false, title: item.map { session.model.itemNames[Int($0)] } ?? "",
          last: history.timestamps[history.count - 1])
      }
    }
    return UserList(
      rows: ownRows + groups.flatMap { sorted($0, request.order, predictions) },
      predictions: predictions)
  }

  /// 0 for a name that begins with a text, 1 for one that has it elsewhere, nil for another.
  private static func place(of wanted: String, in name: String) -> Int? {
    let name = name.searchable
    return name.hasPrefix(wanted) ? 0 : name.contains(wanted) ? 1 : nil
  }

  private func sorted(
    _ rows: [UserList.Row], _ order: UserOrder, _ predictions: [Prediction]
  ) -> [UserList.Row] {
    switch order {
    case .data: return rows
    case .length:
      return rows.sorted { $0.count != $1.count ? $0.count > $1.count : $0.place < $1.place }
    case .latest:
      return rows.sorted { $0.last != $1.last ? $0.last > $1.last : $0.place < $1.place }
    case .predicted:
      func key(_ row: UserList.Row) -> Float {
        switch predictions[row.place] {
        case .mean(let mean): mean
        case .unknown: -1
        case .nothing: -2
        }
      }
      return rows.sorted {
        let (a, b) = (key($0), key($1))
        return a != b ? a > b : $0.place < $1.place
      }
    }
  }

  /// The items to choose from: those whose title begins with the words typed, then those that have
  /// them, the most watched first.
  func items(matching text: String, limit: Int) -> [Int32] {
    let wanted = Array(text.searchable.split(separator: " ").joined(separator: " ").utf8)
    guard !wanted.isEmpty else { return Array(byPopularity.prefix(limit)) }
    let found = items(matching: wanted)
    var first: [Int32] = []
    var other: [Int32] = []
    for item in byPopularity where found[Int(item)] {
      let title = titles[starts[Int(item)]...].prefix(wanted.count)
      if title.elementsEqual(wanted) { first.append(item) } else { other.append(item) }
    }
    return Array((first + other).prefix(limit))
  }

  /// Which items have the bytes in their title.
  private func items(matching wanted: [UInt8]) -> [Bool] {
    var found = [Bool](repeating: false, count: starts.count)
    guard !wanted.contains(UInt8(ascii: "\n")) else { return found }
    titles.withUnsafeBytes { all in
      guard let base = all.baseAddress, let first = wanted.first else { return }
      let end = all.count - wanted.count
      var place = 0
      while place <= end, let hit = memchr(base + place, Int32(first), end - place + 1) {
        let offset = base.distance(to: UnsafeRawPointer(hit))
        place = offset + 1
        guard memcmp(hit, wanted, wanted.count) == 0 else { continue }
        let item = lastStart(notAfter: offset)
        // The padding item has a name, but nobody watched it.
        found[item] = item > 0
        place = item + 1 < starts.count ? starts[item + 1] : all.count
      }
    }
    return found
  }

  private func lastStart(notAfter offset: Int) -> Int {
    var (low, high) = (0, starts.count)
    while high - low > 1 {
      let middle = (low + high) / 2
      if starts[middle] <= offset { low = middle } else { high = middle }
    }
    return low
  }
}
