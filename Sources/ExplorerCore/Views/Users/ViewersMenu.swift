import KSRNumerics

/// The list of viewers on top of the panes.
struct ViewersMenu: ListOverlay {
  var menu = Menu()

  var context: Context { .viewers }
  var hasTitles: Bool { true }
  func hint(_ state: State, _ scene: Scene) -> String { "type an id, a name or a title" }

  func title(_ state: State, _ scene: Scene, width: Int, _ glyphs: Glyphs) -> String {
    let title = scene.model.isSimulated ? "Simulated {users}" : "{Users}"
    let titles = ["\(title) \(state.viewerOrder.words)", "\(title), \(state.viewerOrder.word)"]
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
  ) -> [ViewerList.Row] {
    scene.viewers?.rows ?? []
  }

  func table(
    _ rows: [ViewerList.Row], _ scene: Scene, width: Int, _ words: Terminology, _ glyphs: Glyphs
  ) -> Table {
    let longest = rows.prefix(1000).map(\.user.columns).max() ?? 6
    let predictions = scene.viewers?.predictions ?? []
    let isWide = width >= 48
    let user = Table.Column(.fixed(max(6, min(longest, width / 3))), title: "{user}") { row, _ in
      .text(rows[row].user)
    }
    let count = Table.Column(.fixed(6), .right, title: "items") { row, _ in
      .text(String(rows[row].count))
    }
    let prediction = Table.Column(
      .fixed(words.isPlain ? words.ndcg.columns : 5), .right,
      title: words.isPlain ? words.ndcg : "NDCG", drop: .init(below: 48)
    ) { row, _ in
      guard !rows[row].isOwn else { return .none }
      return switch predictions[rows[row].viewer] {
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

  func selection(_ scene: Scene) -> Int { scene.viewers?.selection(of: menu) ?? 0 }

  func anchor(ofRow row: Int, _ scene: Scene) -> Int? {
    scene.viewers.flatMap { $0.rows.indices.contains(row) ? $0.rows[row].viewer : nil }
  }

  func choose(_ row: ViewerList.Row, on next: inout Explorer.Transition, _ scene: Scene) {
    next.state.overlay = nil
    Explorer.take(row.viewer, in: &next.state, step: row.count - (row.isOwn ? 1 : 2))
  }
}

extension Context {
  static let viewers = Context("viewers", "list of {users}", unbound: .typed)
}

extension Command {
  static let viewers = Command("viewers")
  static let randomViewer = Command("random-viewer")
  /// Deletes the selected own viewer.
  static let deleteViewer = Command("delete-viewer")
}

/// The list of viewers.
enum UsersView: ExplorerView {
  static let bindings: [Binding] = [
    Binding(
      ["v"], .viewers, "{users}", "List the {users}; type an id, a name or a title to search.",
      when: { $1.model.viewerCount > 0 || !$0.own.isEmpty },
      does: { Explorer.openViewers(&$1.state, $2) }),
    Binding(
      ["r"], .randomViewer, "random", "Random {user}.", footer: false,
      when: Binding.hasViewers, does: { Explorer.takeRandomViewer(&$1.state, $2) }),
    Binding(
      [.control("d"), .delete], .deleteViewer, in: [.viewers], "delete",
      "Delete the selected {user}, if it is your own; asks first.",
      when: { state, scene in
        guard let list = state.overlay as? ViewersMenu else { return false }
        return scene.viewers?.selected(by: list.menu)?.isOwn == true
      }, does: { Explorer.deleteViewer(&$1, $2) }),
    Binding(
      [.control("s"), .function(6)], .sort, in: [.viewers], "sort",
      "Sort the {users} by data, length, last activity, prediction quality.",
      when: { ($1.viewers?.rows.count ?? 0) > 1 },
      does: { _, next, _ in
        next.state.viewerOrder = next.state.viewerOrder.next
        next.state.menu?.select(0)
      }),
  ]
}

// MARK: Content

extension Scene {
  /// The list of viewers, while it is open.
  package var viewers: ViewerList? { self[ViewerList.self] }
}

/// The viewers by their titles, and how well the model predicts each.
final class UsersCache: ViewCache {
  private unowned let cache: SceneCache
  private(set) lazy var index = ViewerIndex(cache.session)
  private lazy var predictions = PredictionSurvey(cache.session)
  private var lists = LRUCache<ViewerList.Request, (list: ViewerList, version: Int)>(limit: 40)

  init(_ cache: SceneCache) { self.cache = cache }

  func list(_ request: ViewerList.Request) -> ViewerList {
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
  func predict(_ list: ViewerList, in viewport: Viewport, order: ViewerOrder) -> Bool {
    guard !cache.session.viewers.isEmpty else { return false }
    return predictions.work(
      on: viewport.rows.map { list.rows[$0] }.filter { !$0.isOwn }.map(\.viewer),
      thenAll: order == .predicted)
  }
}

extension ViewersMenu {
  private func list(_ selection: Selection) -> ViewerList {
    let state = selection.state
    return selection.cache.kept(UsersCache.self).list(
      .init(filter: menu.filter.text, order: state.viewerOrder, own: state.own))
  }

  func compose(_ scene: inout Scene, _ selection: Selection) {
    scene[ViewerList.self] = list(selection)
  }

  func work(_ selection: Selection) -> Bool {
    let (list, state) = (list(selection), selection.state)
    let rows = ListWindow.rows(
      of: list.rows.count, height: height(on: state.layout), showing: list.selection(of: menu))
    return selection.cache.kept(UsersCache.self)
      .predict(list, in: Viewport(rows: Array(rows)), order: state.viewerOrder)
  }
}

extension UsersView {
  static func retrace(_ trail: inout Trail, to state: State, _ scene: Scene) {
    guard let viewer = scene.viewer, let step = scene.step else { return }
    let place = (state.viewer ?? 0) - scene.model.viewerCount
    if viewer.isOwn, state.own.indices.contains(place) {
      trail.options += ["--items", state.own[place].items.joined(separator: ",")]
    }
    trail.options += ["--viewer", viewer.user, "--step", String(step.step + 1)]
  }
}
