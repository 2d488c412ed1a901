import Explanation

struct CatalogueItem: Sendable, Equatable {
  /// Its number in the model; nil for a token that the model does not know.
  let item: Int32?
  let token: String
  let title: String
  let year: Int?

  var text: String { year.map { "\(title) (\($0))" } ?? title }
}

struct CatalogueSearch: ListOverlay {
  enum Purpose: Equatable, Sendable {
    case explain
    /// Another item's score is compared with its own.
    case compare
    case insert(at: Int)
    case replace(step: Int)
    /// It goes to the end of the history of an own user.
    case add(OwnHistory)
  }

  /// The own user whose items are being typed.
  struct OwnHistory: Equatable, Sendable {
    let name: String
    /// Whether the user has not been given a name yet.
    let isNew: Bool
    /// Who was looked at before, and where, in case no item is chosen.
    let userBefore: Int?
    let stepBefore: Int
  }

  var menu = Menu()
  let purpose: Purpose

  /// The edit that takes an item; nil for a search that edits nothing.
  func edit(_ token: String) -> Edit? {
    switch purpose {
    case .insert(let place): .insert(at: place, item: token)
    case .replace(let step): .replace(step: step, item: token)
    case .explain, .compare, .add: nil
    }
  }

  /// The own user whose items are typed; nil for another purpose.
  var own: OwnHistory? { if case .add(let own) = purpose { own } else { nil } }

  /// Whether an item is found by its token, too, which is worth more than a title that has it
  /// somewhere in it.
  fileprivate var readsTokens: Bool { purpose == .explain || purpose == .compare }

  // MARK: What is said

  var context: Context { own == nil ? .menu : .ownItems }
  var countsRows: Bool { false }

  var enterTitle: String? {
    switch purpose {
    case .explain: "explain"
    case .compare: "compare"
    case .insert, .replace: "put in"
    case .add: nil
    }
  }

  func hint(_ state: State, _ scene: Scene) -> String {
    readsTokens ? "type a part of a title, or a token" : "type a part of a title"
  }

  func title(_ state: State, _ scene: Scene, width: Int, _ glyphs: Glyphs) -> String {
    switch purpose {
    case .explain: "Why any item of the catalogue"
    case .compare:
      scene.why.map { "Why \($0.title) over \(glyphs.ellipsis)" } ?? "Why over another item"
    case .insert(let place): "Insert as step \(place + 1)"
    case .replace(let step): "In the place of step \(step + 1)"
    case .add(let own): own.isNew ? "{A user} of your own" : "{Items} of \(own.name)"
    }
  }

  func empty(_ state: State, _ scene: Scene, width: Int) -> [(text: String, role: Role)] {
    [
      (
        readsTokens ? "No item has these letters in its title." : "No title has these letters.",
        .muted
      )
    ]
  }

  // MARK: Places

  func area(on layout: Layout) -> Rect {
    let size = layout.size
    let below = Rect(column: 0, row: 1, columns: size.columns, rows: size.rows - 2)
    switch purpose {
    case .explain, .compare:
      return below.centred(
        columns: min(72, max(20, size.columns - 4)), rows: max(6, size.rows - 6))
    case .add:
      // The history, which shows the items chosen, stays in sight where there is room.
      return history(layout).map { below.dropFirst(columns: $0.title.endColumn) }
        ?? Layout.area(columns: 72, rows: size.rows - 2, on: size)
    case .insert, .replace:
      // Over the panes between the history and the recommendations.
      let places = layout.panes.filter { $0.pane == .gruState || $0.pane == .memory }
      guard showsRecommendations(layout), let first = places.first, let last = places.last else {
        return Rect(size).centred(columns: max(20, size.columns - 2), rows: max(4, size.rows - 2))
      }
      return Rect(
        column: first.title.column - 1, row: first.title.row,
        columns: last.title.endColumn + 2 - first.title.column,
        rows: first.title.rows + first.body.rows)
    }
  }

  /// The history, where it can be seen beside the box.
  private func history(_ layout: Layout) -> Layout.Placement? {
    layout.form == .single ? nil : layout.placement(of: .history)
  }

  private func showsRecommendations(_ layout: Layout) -> Bool {
    layout.form != .single && layout.placement(of: .recommendations) != nil
  }

  /// The items found, and what is recommended with them where no pane shows it.
  private func split(_ room: Rect, _ layout: Layout) -> (found: Rect, recommended: Rect?) {
    func above(_ rows: Int) -> (Rect, Rect?) {
      let found = Rect(column: room.column, row: room.row, columns: room.columns, rows: rows)
      return (found.intersection(room), room.dropFirst(rows: rows))
    }
    switch purpose {
    case .explain, .compare: return (room, nil)
    case .insert, .replace:
      return showsRecommendations(layout) || room.rows < 5
        ? (room, nil) : above(max(2, (room.rows - 1) / 2))
    case .add:
      guard room.columns >= 56 else { return above(max(1, (room.rows - 1) / 2)) }
      let left = (room.columns - 2) / 2
      return (
        Rect(column: room.column, row: room.row, columns: left, rows: room.rows),
        room.dropFirst(columns: left + 2)
      )
    }
  }

  func list(in room: Rect, on layout: Layout) -> Rect { split(room, layout).found }

  // MARK: Drawing

  func rows(_ state: State, _ scene: Scene, _ words: Terminology, _ glyphs: Glyphs)
    -> [CatalogueItem]
  {
    scene.found
  }

  func table(
    _ rows: [CatalogueItem], _ scene: Scene, width: Int, _ words: Terminology, _ glyphs: Glyphs
  ) -> Table {
    let text = Table.Column(.flexible()) { row, _ in .text(rows[row].text) }
    return Table([.mark, text], width: width)
  }

  func drawAround(
    _ selected: CatalogueItem?, _ state: State, _ scene: Scene, in room: Rect, on layout: Layout,
    _ frame: inout Frame
  ) {
    guard var rest = split(room, layout).recommended else { return }
    guard own != nil else {
      return drawRecommended(
        scene.step?.recommendations ?? [], "Recommended then", scene, in: rest, &frame)
    }
    let chosen = scene.chosen ?? []
    let isWide = room.columns >= 56
    if history(layout) == nil {
      // Without the history in sight the last item is named.
      frame.put(
        chosen.last.map { "\(chosen.count). \($0.text)" }
          ?? frame.words.fill("No {item} chosen yet"), rest.line(0),
        style: Style(.title))
      rest = rest.dropFirst(rows: isWide ? 2 : 1)
    } else if !isWide {
      rest = rest.dropFirst(rows: 1)
    }
    guard !chosen.isEmpty, let step = scene.step else {
      frame.put("Recommendations stand here", rest.line(0), style: Style(.muted))
      frame.put(
        frame.words.fill("from the first {item} on."), rest.line(1), style: Style(.muted))
      return
    }
    drawRecommended(
      step.recommendations.filter { !$0.isSeen }, "Recommended now", scene, in: rest, &frame)
  }

  /// The first recommendations; for an edit with how far they moved.
  private func drawRecommended(
    _ items: [StepScene.Recommendation], _ title: String, _ scene: Scene, in room: Rect,
    _ frame: inout Frame
  ) {
    frame.put(title, room.line(0), style: Style(.title))
    let list = room.dropFirst(rows: 1)
    let glyphs = frame.glyphs
    let isOwn = own != nil
    let changes = scene.whatIf?.changes
    let rank = Table.Column(.fixed(3), .right) { row, _ in
      let rank = items[row].rank
      return .text(isOwn ? glyphs.rank(rank) : glyphs.shortRank(rank), Style(.muted))
    }
    let name = Table.Column(.flexible()) { row, _ in
      let year = isOwn ? items[row].year.map { " (\($0))" } : nil
      return .text(items[row].title + (year ?? ""))
    }
    let moved = Table.Column(.fixed(5), .right) { row, _ in
      guard let changes, let change = changes.changes[items[row].item] else { return .none }
      let moved = Moved(change, isNew: changes.isNew(change), glyphs)
      return .text(moved.text, moved.style)
    }
    let columns = isOwn ? [rank, name] : [rank, name, moved]
    let table = Table(columns, width: list.columns)
    for row in 0..<min(list.rows, items.count) { table.draw(row, in: list.line(row), &frame) }
  }

  // MARK: Keys

  func choose(_ row: CatalogueItem, on next: inout Explorer.Transition, _ scene: Scene) {
    switch purpose {
    case .explain, .compare:
      guard let item = row.item else { return }
      Explorer.explain(item, purpose, in: &next.state, scene)
    case .insert, .replace:
      guard let edit = edit(row.token) else { return }
      next.state.overlay = nil
      Explorer.apply(edit, on: &next, scene)
    case .add(let own): Explorer.add(row, to: own, on: &next, scene)
    }
  }

  func type(_ key: Key, on next: inout Explorer.Transition, _ scene: Scene) {
    if let own, key == .backspace, menu.filter.text.isEmpty {
      return Explorer.removeLastItem(of: own, on: &next, scene)
    }
    var typed = self
    guard typed.menu.filter.take(key) else { return }
    typed.menu.select(0)
    next.state.overlay = typed
  }

  func close(on next: inout Explorer.Transition, _ scene: Scene) {
    next.state.overlay = nil
    if let own { Explorer.leave(own, on: &next, scene) }
  }
}

// MARK: Content

extension Scene {
  fileprivate struct Catalogue {
    var found: [CatalogueItem] = []
    var chosen: [CatalogueItem]?
  }

  var found: [CatalogueItem] { self[Catalogue.self]?.found ?? [] }
  /// The items of the own user that is typed; nil while none is.
  var chosen: [CatalogueItem]? { self[Catalogue.self]?.chosen }
}

private final class CatalogueCache: ViewCache {
  private unowned let cache: SceneCache
  private var known: (text: String, readsTokens: Bool, items: [CatalogueItem])?

  init(_ cache: SceneCache) { self.cache = cache }

  /// The items to choose from: the one of that token where tokens are read, then by title.
  func found(for search: CatalogueSearch) -> [CatalogueItem] {
    let text = search.menu.filter.text
    if let known, known.text == text, known.readsTokens == search.readsTokens {
      return known.items
    }
    let token = search.readsTokens ? cache.item(text) : nil
    let titles = cache.kept(UsersCache.self).index.items(matching: text, limit: 200)
      .filter { $0 != token }
    let items = ((token.map { [$0] } ?? []) + titles).map(item)
    known = (text, search.readsTokens, items)
    return items
  }

  func chosen(of own: CatalogueSearch.OwnHistory, in state: State) -> [CatalogueItem] {
    let tokens = state.own.first { $0.name == own.name }?.items ?? []
    return tokens.map { token in
      cache.item(token).map(item)
        ?? CatalogueItem(
          item: nil, token: token, title: "\(token), unknown to this model", year: nil)
    }
  }

  private func item(_ item: Int32) -> CatalogueItem {
    CatalogueItem(
      item: item, token: cache.session.model.items[Int(item)],
      title: cache.session.model.itemNames[Int(item)], year: cache.session.year(of: item))
  }
}

extension CatalogueSearch {
  /// The history with the selected item in its place.
  func shown(_ state: State, _ cache: SceneCache) -> State {
    let found = cache.kept(CatalogueCache.self).found(for: self)
    guard found.indices.contains(menu.selection), let base = cache.unedited(state),
      let edit = edit(found[menu.selection].token)
    else { return state }
    let preview = state.applying(edit, count: 0)
    // The cursor of an insertion and the step are where they will be; the log is not touched.
    return cache.edited(base, preview.edits.edits) == nil ? state : preview
  }

  func compose(_ scene: inout Scene, _ selection: Selection) {
    let items = selection.cache.kept(CatalogueCache.self)
    scene[Scene.Catalogue.self] = Scene.Catalogue(
      found: items.found(for: self),
      chosen: own.map { items.chosen(of: $0, in: selection.state) })
  }
}
