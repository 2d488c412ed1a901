import Explanation
import KSRNumerics

/// The states of all users that are most like the present one: whom the model takes this user for.
struct SimilarStatesMenu: ListOverlay {
  var menu = Menu()
  var subject = StateSubject.gru

  var context: Context { .menu }
  var place: Legend.Place? { .similarStates }
  var hasTitles: Bool { true }
  var enterTitle: String? { "go there" }
  func hint(_ state: State, _ scene: Scene) -> String { "type a {user} or a title" }

  func title(_ state: State, _ scene: Scene, width: Int, _ glyphs: Glyphs) -> String {
    let name = scene.user?.name ?? ""
    let step = (scene.step?.step ?? 0) + 1
    let found = scene[SimilarStatesList.self]
    let progress =
      found.map {
        $0.compared < $0.total
          ? " \(glyphs.marks.separator) \(glyphs.count($0.compared)) of \(glyphs.count($0.total))"
          : " \(glyphs.marks.separator) of \(glyphs.count($0.total)) states"
      } ?? ""
    if case .slot(let slot) = subject {
      let relation = scene.model.relationNames[slot]
      let titles = [
        "Whose slot of \(relation) is most like {user} \(name)'s at step \(step)\(progress)",
        "Slots of \(relation) most like step \(step)\(progress)", "Similar slots of \(relation)",
      ]
      return titles.first { $0.columns + 6 <= width } ?? titles[2]
    }
    let titles = [
      "Whom the model takes {user} \(name) at step \(step) for\(progress)",
      "States most like step \(step)\(progress)", "Similar states",
    ]
    return titles.first { $0.columns + 6 <= width } ?? titles[2]
  }

  func empty(_ state: State, _ scene: Scene, width: Int) -> [(text: String, role: Role)] {
    if scene[SimilarStatesList.self]?.isEmpty == true {
      return [("The slot holds nothing at this step.", .muted)]
    }
    let isSearching = scene[SimilarStatesList.self].map { $0.compared < $0.total } ?? true
    return [(isSearching ? "Reading the histories." : "No match.", .muted)]
  }

  func area(on layout: Layout) -> Rect { Layout.area(columns: 96, rows: 16, on: layout.size) }

  func rows(
    _ state: State, _ scene: Scene, _ words: Terminology, _ glyphs: Glyphs
  ) -> [SimilarStatesList.Row] {
    let wanted = menu.filter.text.searchable
    return (scene[SimilarStatesList.self]?.rows ?? []).filter {
      wanted.isEmpty || "\($0.user) \($0.title) \($0.next ?? "")".searchable.contains(wanted)
    }
  }

  func table(
    _ rows: [SimilarStatesList.Row], _ scene: Scene, width: Int, _ words: Terminology,
    _ glyphs: Glyphs
  ) -> Table {
    let user = Table.Column(
      .fixed(max(6, min(width / 5, rows.map(\.user.columns).max() ?? 6))), title: "{user}"
    ) { row, _ in .text(rows[row].user) }
    let step = Table.Column(.fixed(5), .right, title: "step") { row, _ in
      .text(String(rows[row].step + 1), Style(.muted))
    }
    let cosine = Table.Column(
      .fixed(max(4, words.cosine.columns)), .right, title: words.cosine
    ) { row, _ in .text(glyphs.probability(rows[row].cosine)) }
    let title = Table.Column(.flexible(), title: "{item} just read", gap: 2) { row, _ in
      .text(rows[row].title)
    }
    let next = Table.Column(.flexible(), title: "came next", gap: 2, drop: .init(below: 48)) {
      row, _ in .text(rows[row].next ?? "", Style(.truth))
    }
    return Table([.mark, user, step, cosine, title, next], width: width, margin: 1)
  }

  func choose(
    _ row: SimilarStatesList.Row, on next: inout Explorer.Transition, _ scene: Scene
  ) {
    next.state.overlay = nil
    Explorer.take(row.place, in: &next.state, step: row.step)
  }

  /// Pins the selected state as A, beside the present one.
  fileprivate func pin(on next: inout Explorer.Transition, _ scene: Scene) {
    let rows = rows(next.state, scene, .terms(.unicode), .unicode)
    guard rows.indices.contains(menu.selection) else { return }
    let row = rows[menu.selection]
    next.state.overlay = nil
    next.state.pin = .view(PinnedView(user: row.place, step: row.step, edits: []))
    Explorer.beginComparison(&next.state)
    next.state.toast = Toast("Pinned as A: {user} \(row.user), step \(row.step + 1)")
  }

  /// Compares the selected slot instead of the GRU state, or the other way round.
  fileprivate func turn(on next: inout Explorer.Transition, _ scene: Scene) {
    var list = self
    list.menu = Menu()
    list.subject = subject == .gru ? scene.selectedSlot.map { .slot($0) } ?? .gru : .gru
    next.state.overlay = list
  }

  func compose(_ scene: inout Scene, _ selection: Selection) {
    scene[SimilarStatesList.self] = selection.moment.map {
      selection.cache.kept(SimilarStatesCache.self).list($0, by: subject)
    }
  }

  func work(_ selection: Selection) -> Bool {
    selection.moment.map { selection.cache.kept(SimilarStatesCache.self).work($0, by: subject) }
      ?? false
  }
}

extension Command {
  static let similarStates = Command("similar-states")
  static let pinSimilar = Command("pin-similar")
  static let turnSimilar = Command("turn-similar")
}

enum SimilarStatesView: ExplorerView {
  static func legend(_ words: Terminology, _ glyphs: Glyphs) -> [Legend.Entry] {
    func entry(_ sign: String, _ names: String, _ text: String) -> Legend.Entry {
      Legend.Entry(
        sign, "similar states look-alikes " + names, "Similar: " + text, in: [.similarStates])
    }
    return [
      entry(
        words.cosine, "cosine cos",
        words.isPlain
          ? "how alike the two running states are: 1 the same, 0 unrelated."
          : "cosine of that state with the present one, over all {users} and steps."),
      entry("step", "position", "where in that {user}'s history the state is."),
      entry(
        "{item} just read", "title", "the {item} at that step, the last that the state has read."),
      entry("came next", "truth", "what that {user} chose after it."),
    ]
  }

  static let openers: [Binding] = [
    Binding(
      ["L"], .similarStates, in: [.main, .edit], "look-alikes",
      "Find the states of all {users} that are most like this one.", footer: false,
      when: { $1.user != nil && $1.model.userCount > 0 },
      does: { _, next, scene in
        var list = SimilarStatesMenu()
        if next.state.focus == .memory, let slot = scene.selectedSlot { list.subject = .slot(slot) }
        Explorer.open(list, in: &next.state)
      })
  ]

  static let bindings: [Binding] = [
    Binding(
      [.control("t")], .pinSimilar, in: [.menu], "pin",
      "Pin the selected similar state as A and compare the present one with it.",
      when: { state, scene in
        (state.overlay as? SimilarStatesMenu)?.canChoose(state, scene) == true
      },
      does: { _, next, scene in
        (next.state.overlay as? SimilarStatesMenu)?.pin(on: &next, scene)
      }),
    Binding(
      [.tab], .turnSimilar, in: [.menu], "slot or GRU",
      "Similar states: compare the selected relation's slot, or the GRU state again.",
      when: { state, scene in
        state.overlay is SimilarStatesMenu && scene.selectedSlot != nil
      },
      does: { _, next, scene in
        (next.state.overlay as? SimilarStatesMenu)?.turn(on: &next, scene)
      }),
  ]
}

/// What has been found for the present state.
package struct SimilarStatesList: Sendable {
  package struct Row: Sendable, Equatable {
    /// The user, by place in the data.
    package let place: Int
    package let user: String
    package let step: Int
    package let cosine: Float
    package let title: String
    /// What the user chose next; nil after the last step.
    package let next: String?
  }

  package let rows: [Row]
  /// How many states have been compared, of how many.
  package let compared: Int
  package let total: Int
  /// Whether there is nothing to compare.
  package let isEmpty: Bool
}

final class SimilarStatesCache: ViewCache {
  private struct Key: Hashable {
    let user: SceneCache.User
    let step: Int
    let subject: StateSubject
  }

  private unowned let cache: SceneCache
  private lazy var index = StateIndex(cache.session)
  private var searches = LRUCache<Key, SimilarStates>(limit: 20)

  init(_ cache: SceneCache) { self.cache = cache }

  func list(_ moment: Selection.Moment, by subject: StateSubject) -> SimilarStatesList {
    let search = search(moment, by: subject)
    let (users, names) = (cache.session.users, cache.session.model.itemNames)
    return SimilarStatesList(
      rows: search.found.map { state in
        .init(
          place: state.user, user: users[state.user].user, step: state.step, cosine: state.cosine,
          title: names[Int(state.item)], next: state.next.map { names[Int($0)] })
      }, compared: search.compared, total: search.total, isEmpty: search.isEmpty)
  }

  func work(_ moment: Selection.Moment, by subject: StateSubject) -> Bool {
    let key = key(moment, subject)
    var search = searches.removeValue(forKey: key) ?? begun(moment, subject)
    let worked = search.compared < search.total && search.work()
    let isNews = search.compared < search.total || worked
    searches[key] = search
    return isNews
  }

  private func search(_ moment: Selection.Moment, by subject: StateSubject) -> SimilarStates {
    let key = key(moment, subject)
    if let known = searches[key] { return known }
    let new = begun(moment, subject)
    searches[key] = new
    return new
  }

  private func begun(_ moment: Selection.Moment, _ subject: StateSubject) -> SimilarStates {
    SimilarStates(
      to: moment.survey.states, step: moment.step.step, by: subject, in: index,
      except: place(of: moment.user))
  }

  private func key(_ moment: Selection.Moment, _ subject: StateSubject) -> Key {
    Key(user: moment.user, step: moment.step.step, subject: subject)
  }

  /// Whose steps are the user's own, also after edits.
  private func place(of user: SceneCache.User) -> Int? {
    switch user {
    case .data(let place): place
    case .own: nil
    case .edited(let base, _): place(of: base)
    }
  }
}
