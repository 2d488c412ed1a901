import KSRNumerics
import Randomness

struct UsersMenu: ListOverlay {
  var menu = Menu()

  var context: Context { .users }
  var place: Legend.Place? { .users }
  var hasTitles: Bool { true }
  func hint(_ state: State, _ scene: Scene) -> String { "type an id, a name or a title" }

  func title(_ state: State, _ scene: Scene, width: Int, _ glyphs: Glyphs) -> String {
    let title = scene.model.isSimulated ? "Simulated {users}" : "{Users}"
    let titles = ["\(title) \(state.userOrder.words)", "\(title), \(state.userOrder.word)"]
    return titles.first { $0.columns + 6 <= width } ?? title
  }

  func empty(_ state: State, _ scene: Scene, width: Int) -> [(text: String, role: Role)] {
    [("No match.", .muted)]
  }

  func area(on layout: Layout) -> Rect {
    Layout.area(columns: 92, rows: max(6, layout.size.rows - 4), on: layout.size)
  }

  func rows(
    _ state: State, _ scene: Scene, _ words: Terminology, _ glyphs: Glyphs
  ) -> [UserList.Row] {
    scene.users?.rows ?? []
  }

  func table(
    _ rows: [UserList.Row], _ scene: Scene, width: Int, _ words: Terminology, _ glyphs: Glyphs
  ) -> Table {
    let longest = rows.prefix(1000).map(\.user.columns).max() ?? 6
    let predictions = scene.users?.predictions ?? []
    let isWide = width >= 48
    let user = Table.Column(.fixed(max(6, min(longest, width / 3))), title: "{user}") { row, _ in
      .text(rows[row].user)
    }
    let count = Table.Column(.fixed(6), .right, title: "{items}") { row, _ in
      .text(String(rows[row].count))
    }
    let prediction = Table.Column(
      .fixed(words.ndcg.columns), .right, title: words.ndcg, drop: .init(below: 48)
    ) { row, _ in
      guard !rows[row].isOwn else { return .none }
      return switch predictions[rows[row].place] {
      case .mean(let mean): .text(glyphs.probability(mean))
      case .unknown: .text(glyphs.ellipsis)
      case .nothing: .none
      }
    }
    let title = Table.Column(
      .flexible(), title: menu.filter.text.isEmpty ? "last {item}" : "{item}", gap: 2
    ) { row, _ in .text(rows[row].title) }
    let kind = Table.Column(.fixed(isWide ? 8 : 1), .right) { row, _ in
      if rows[row].isOwn { return .text(isWide ? "own" : "+", Style(.focus)) }
      let kind = isWide ? words.shortHeldOut : String(glyphs.marks.test)
      return .text(rows[row].isHeldOut ? kind : "", Style(.test))
    }
    return Table([.mark, user, count, prediction, title, kind], width: width, margin: 1)
  }

  func selection(_ scene: Scene) -> Int { scene.users?.selection(of: menu) ?? 0 }

  func anchor(ofRow row: Int, _ scene: Scene) -> Int? {
    scene.users.flatMap { $0.rows.indices.contains(row) ? $0.rows[row].place : nil }
  }

  func choose(_ row: UserList.Row, on next: inout Explorer.Transition, _ scene: Scene) {
    next.state.overlay = nil
    Explorer.take(row.place, in: &next.state, step: row.count - (row.isOwn ? 1 : 2))
  }
}

extension Context {
  static let users = Context("users", "list of {users}", unbound: .typed)
}

extension Command {
  static let users = Command("users")
  static let randomUser = Command("random-user")
  static let deleteUser = Command("delete-user")
}

enum UsersView: ExplorerView {
  static let bindings: [Binding] = [
    Binding(
      ["v"], .users, "{users}", "List the {users}; type an id, a name or a title to search.",
      when: { $1.model.userCount > 0 || !$0.own.isEmpty },
      does: { Explorer.openUsers(&$1.state, $2) }),
    Binding(
      ["r"], .randomUser, "random", "Random {user}.", footer: false,
      when: Binding.hasUsers, does: { Explorer.takeRandomUser(&$1.state, $2) }),
    Binding(
      [.control("d"), .delete], .deleteUser, in: [.users], "delete",
      "Delete the selected {user}, if it is your own; asks first.",
      when: { state, scene in
        guard let list = state.overlay as? UsersMenu else { return false }
        return scene.users?.selected(by: list.menu)?.isOwn == true
      }, does: { Explorer.deleteUser(&$1, $2) }),
    Binding(
      [.control("s"), .function(6)], .sort, in: [.users], "sort",
      "Sort the {users} by data, length, last activity, prediction quality.",
      when: { ($1.users?.rows.count ?? 0) > 1 },
      does: { _, next, _ in
        next.state.userOrder = next.state.userOrder.next
        next.state.menu?.select(0)
      }),
  ]
}

extension Explorer {
  static func openUsers(_ state: inout State, _ scene: Scene) {
    guard scene.model.userCount > 0 || !state.own.isEmpty else {
      state.toast = Toast("No {users} without data; n makes one", role: .warning)
      return
    }
    open(UsersMenu(menu: Menu(anchor: state.user)), in: &state)
  }

  static func take(_ user: Int?, in state: inout State, step: Int) {
    stop(&state)
    state.edits.leaveUser()
    state.editor = nil
    state.user = user
    state.step = max(0, step)
    state.recommendation = 0
    state.slot = nil
    state.why.startOver()
    state.why.item = nil
  }

  static func takeRandomUser(_ state: inout State, _ scene: Scene) {
    guard scene.model.userCount > 0 else { return openUsers(&state, scene) }
    var generator = SeededGenerator(seed: state.seed)
    state.seed = generator.next()
    let user = generator.integer(below: scene.model.userCount)
    take(user, in: &state, step: scene.model.historyLengths[user] - 2)
  }
}

// MARK: Content

extension Scene {
  /// The list of users, while it is open.
  package var users: UserList? { self[UserList.self] }
}

/// The users by their titles, and how well the model predicts each.
final class UsersCache: ViewCache {
  private unowned let cache: SceneCache
  private(set) lazy var index = UserIndex(cache.session)
  private lazy var predictions = PredictionSurvey(cache.session)
  private var lists = LRUCache<UserList.Request, (list: UserList, version: Int)>(limit: 40)

  init(_ cache: SceneCache) { self.cache = cache }

  func list(_ request: UserList.Request) -> UserList {
    // In the order of the predictions the list changes as they come in, but not with each of them.
    let version = request.order == .predicted ? predictions.version : 0
    if let known = lists[request], known.version == version {
      return known.list.with(predictions.known)
    }
    let own = request.own.map { (name: $0.name, items: cache.items(of: $0)) }
    let result = index.list(request, own: own, predictions.known)
    lists[request] = (result, version)
    return result
  }

  /// Goes on finding out how well the model predicts: what the list shows, then what it sorts by.
  func predict(_ list: UserList, in viewport: Viewport, order: UserOrder) -> Bool {
    guard !cache.session.users.isEmpty else { return false }
    return predictions.work(
      on: viewport.rows.map { list.rows[$0] }.filter { !$0.isOwn }.map(\.place),
      thenAll: order == .predicted)
  }
}

extension UsersMenu {
  private func list(_ selection: Selection) -> UserList {
    let state = selection.state
    return selection.cache.kept(UsersCache.self).list(
      .init(filter: menu.filter.text, order: state.userOrder, own: state.own))
  }

  func compose(_ scene: inout Scene, _ selection: Selection) {
    scene[UserList.self] = list(selection)
  }

  func work(_ selection: Selection) -> Bool {
    let (list, state) = (list(selection), selection.state)
    let rows = ListWindow.rows(
      of: list.rows.count, height: height(on: state.layout), showing: list.selection(of: menu))
    return selection.cache.kept(UsersCache.self)
      .predict(list, in: Viewport(rows: Array(rows)), order: state.userOrder)
  }
}

extension UsersView {
  static func legend(_ words: Terminology, _ glyphs: Glyphs) -> [Legend.Entry] {
    func entry(_ sign: String, _ names: String, _ text: String) -> Legend.Entry {
      Legend.Entry(sign, names, "List: " + text, in: [.users])
    }
    return [
      entry(
        words.ndcg, "NDCG metric {users} list split test valid full",
        "mean over the {user}'s steps left out of training (validation and test), each ranked among all"
          + " {items}: 1 always first, 0 never in the top 10."),
      entry(
        glyphs.ellipsis, "pending {users} list", "not computed yet; blank: nothing was left out."),
      entry(
        "{items}", "count length {users} list", "how many interactions the {user} has."),
      entry(
        "last {item}", "title {users} list",
        "the latest; once something is typed, the one whose title has it."),
      entry(
        "\(words.shortHeldOut) \(glyphs.marks.test)", "held out {users} list",
        "nothing of this {user} was used in training; the sign where there is little room."),
      entry("own +", "own {users} list", "made here; the sign where there is little room."),
    ]
  }

  static func retrace(_ trail: inout Trail, to state: State, _ scene: Scene) {
    guard let user = scene.user, let step = scene.step else { return }
    let place = (state.user ?? 0) - scene.model.userCount
    if user.isOwn, state.own.indices.contains(place) {
      trail.options += ["--items", state.own[place].items.joined(separator: ",")]
    }
    trail.options += ["--viewer", user.name, "--step", String(step.step + 1)]
  }
}
