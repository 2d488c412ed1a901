import Glibc
import Workspace

/// The viewers that a search leaves, in an order.
public struct ViewerList: Sendable {
  /// What a list is made for.
  struct Request: Hashable, Sendable {
    /// What has been typed.
    let filter: String
    /// The order.
    let order: ViewerOrder
  }

  /// One viewer.
  public struct Row: Sendable, Equatable {
    /// The place among the viewers of the data.
    public let viewer: Int
    /// The viewer's token.
    public let user: String
    /// The number of interactions.
    public let count: Int
    /// Whether all of them were left out of training.
    public let isHeldOut: Bool
    /// The item watched that the search found, else the last one.
    public let item: Int32
    /// What to call that item.
    public let title: String
    /// When the last interaction was, as the data gives it.
    public let last: Double
  }

  /// The viewers that are left.
  public let rows: [Row]
}

/// The order of the viewers in their list.
public enum ViewerOrder: String, CaseIterable, Sendable {
  /// As in the data.
  case data
  /// The longest history first.
  case length
  /// The latest interaction first.
  case latest

  /// The order in words.
  var words: String {
    switch self {
    case .data: "in the order of the data"
    case .length: "by length"
    case .latest: "by last activity"
    }
  }
}

/// The viewers and the titles that they have watched, ready to be searched at every key.
struct ViewerIndex {
  private let session: Session
  /// All titles in lower case, each with a line break after it.
  private let titles: [UInt8]
  /// Where the title of each item starts.
  private let starts: [Int]

  init(_ session: Session) {
    self.session = session
    var titles: [UInt8] = []
    var starts: [Int] = []
    for name in session.model.itemNames {
      starts.append(titles.count)
      titles.append(contentsOf: name.lowercased().utf8)
      titles.append(UInt8(ascii: "\n"))
    }
    self.titles = titles
    self.starts = starts
  }

  /// The viewers whose token begins with the words typed, then those who watched a matching title.
  func list(_ request: ViewerList.Request) -> ViewerList {
    let wanted = request.filter.lowercased().split(separator: " ").joined(separator: " ")
    var rows: [ViewerList.Row] = []
    if wanted.isEmpty {
      rows = session.viewers.indices.map { row($0, item: nil) }
    } else {
      let found = items(matching: Array(wanted.utf8))
      var byTitle: [ViewerList.Row] = []
      for (viewer, history) in session.viewers.enumerated() {
        if history.user.lowercased().hasPrefix(wanted) {
          rows.append(row(viewer, item: nil))
        } else if let item = history.items.last(where: { found[Int($0)] }) {
          byTitle.append(row(viewer, item: item))
        }
      }
      rows = sorted(rows, request.order) + sorted(byTitle, request.order)
      return ViewerList(rows: rows)
    }
    return ViewerList(rows: sorted(rows, request.order))
  }

  private func row(_ viewer: Int, item: Int32?) -> ViewerList.Row {
    let history = session.viewers[viewer]
    let item = item ?? history.items[history.count - 1]
    return ViewerList.Row(
      viewer: viewer, user: history.user, count: history.count, isHeldOut: history.isHeldOut,
      item: item, title: session.model.itemNames[Int(item)],
      last: history.timestamps[history.count - 1])
  }

  private func sorted(_ rows: [ViewerList.Row], _ order: ViewerOrder) -> [ViewerList.Row] {
    switch order {
    case .data: rows
    case .length:
      rows.sorted { $0.count != $1.count ? $0.count > $1.count : $0.viewer < $1.viewer }
    case .latest:
      rows.sorted { $0.last != $1.last ? $0.last > $1.last : $0.viewer < $1.viewer }
    }
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
