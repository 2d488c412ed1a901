import Explanation
import KSRNumerics

extension Command {
  /// Leaves out what the user has watched, or shows it again.
  static let hideSeen = Command("hide-seen")
}

/// What the model would have the user watch next, and what each score is made of; after edits how
/// far each item moved against the unedited run, and what is gone.
enum RecommendationsPane: PaneView {
  static let pane = Pane.recommendations

  static let bindings: [Binding] = [
    Binding(
      ["x"], .hideSeen, "hide seen", "Hide {items} of the history, or show them again.",
      when: Binding.hasUser,
      does: { _, next, _ in
        next.state.hidesSeen.toggle()
        next.state.recommendation = 0
        next.state.toast = Toast(
          next.state.hidesSeen
            ? "{Items} of the history are hidden" : "{Items} of the history are shown")
      })
  ]

  static func name(_ words: Terminology) -> String { words.recommendations }

  static func move(by offset: Int, in state: inout State, _ scene: Scene) {
    select(state.recommendation + offset, in: &state, scene)
  }

  static func select(_ row: Int, in state: inout State, _ scene: Scene) {
    let isRanked = scene.step?.isRanked ?? true
    let count = isRanked ? scene.step?.recommendations.count ?? 0 : StepScene.listLength
    state.recommendation = min(max(0, row), max(0, count - 1))
    state.why.lookElsewhere()
    state.why.item = nil
  }

  static func inspected(_ state: State, _ scene: Scene) -> Int32? {
    scene.why?.item ?? scene.step?.recommendation(state.recommendation)?.item
  }

  static func retrace(_ trail: inout Trail, to state: State, _ scene: Scene) {
    if state.hidesSeen { trail.press(.hideSeen) }
    guard state.recommendation > 0 else { return }
    trail.go(to: .recommendations)
    trail.down(state.recommendation)
  }

  static func draw(
    _ state: State, _ scene: Scene, in placement: Layout.Placement, _ frame: inout Frame
  ) {
    if scene.step?.isRanked == false {
      let text =
        "Ranking \(frame.glyphs.count(scene.model.itemCount)) {items}\(frame.glyphs.ellipsis)"
      frame.put(
        frame.words.fill(text), placement.inside.line(0), style: Style(.muted))
    }
    guard let items = scene.step?.recommendations, !items.isEmpty else { return }
    let changes = scene.whatIf?.changes
    let selected = min(state.recommendation, items.count - 1)
    let plan = Plan(placement.body, scene.model, changes)
    let table = table(items, changes, scene, plan, frame)
    table.drawTitles(over: placement, &frame)
    var row = 0
    for index in plan.shown(items, selected) {
      let line = plan.list.line(row)
      table.draw(
        index, isSelected: index == selected, hasFocus: state.focus == .recommendations, in: line,
        &frame)
      frame.onClick(line, .select(.recommendations, index))
      row += 1
      guard plan.form == .below || (plan.form == .selected && index == selected) else { continue }
      let below = plan.list.line(row)
      if let facts = scene.sharedFacts[items[index].item] {
        let start = RecommendationColumns.title + 2
        let width = below.columns - start - 1
        frame.put(
          SharedFactsText.line(facts, scene.model, width: width, frame.glyphs), below, at: start,
          columns: width, style: Style(.muted))
      }
      frame.onClick(below, .select(.recommendations, index))
      row += 1
    }
    if let changes, let titles = scene.whatIf?.goneTitles {
      drawGone(changes, titles, in: plan.gone.inset(columns: 1, rows: 0), &frame)
    }
    if let parts = plan.parts {
      let lines = ScorePartsView.lines(
        items[selected].parts, scene.model, frame.words, limit: parts.rows - 2)
      ScorePartsView.draw(items[selected], lines, in: parts.inset(columns: 1, rows: 0), &frame)
    }
  }

  /// The items whose shared facts a screen shows.
  private static func viewport(
    _ items: [StepScene.Recommendation], _ state: State, _ model: ModelScene
  ) -> Viewport {
    guard let room = state.layout.placement(of: .recommendations)?.body, !items.isEmpty,
      model.hasKnownFacts
    else { return Viewport(rows: []) }
    let plan = Plan(room, model, nil)
    let selected = min(state.recommendation, items.count - 1)
    return switch plan.form {
    case .none: Viewport(rows: [])
    case .selected: Viewport(selected: selected, rows: [])
    case .below, .column: Viewport(selected: selected, rows: plan.shown(items, selected))
    }
  }

  /// Where the facts stand that an item shares with the history.
  enum FactsForm {
    case none
    case selected
    case below
    case column
  }

  /// What the list, what is gone from it and the parts of the selected score take of the pane.
  struct Plan {
    let list: Rect
    /// Empty where nothing is gone.
    let gone: Rect
    let parts: Rect?
    let form: FactsForm

    init(_ room: Rect, _ model: ModelScene, _ changes: RankChanges?) {
      func above(_ rows: Int) -> Rect {
        Rect(column: room.column, row: room.row, columns: room.columns, rows: rows)
      }
      /// The parts with their sum, what rounding leaves, and a blank line before them.
      let rows = model.relationNames.count + 5
      if let changes {
        let count = changes.gone.count
        let below = room.rows >= rows + 10 ? rows : 0
        let lines = count == 0 ? 0 : min(count + 1, room.rows >= 16 ? 4 : 1)
        list = above(room.rows - below - lines)
        gone = Rect(
          column: room.column, row: list.endRow, columns: room.columns, rows: lines)
        parts = below > 0 ? room.dropFirst(rows: list.rows + lines + 1) : nil
        form = .none
        return
      }
      gone = Rect(column: room.column, row: room.row, columns: 0, rows: 0)
      // The list above its selected item's parts, or beside them where there are few rows.
      if room.columns < 100, room.rows >= rows + 7 {
        list = above(room.rows - rows)
        parts = room.dropFirst(rows: list.rows + 1)
      } else if room.columns >= 44 {
        let beside = room.columns < 60 ? 18 : min(40, room.columns * 2 / 5)
        list = Rect(
          column: room.column, row: room.row, columns: room.columns - beside, rows: room.rows)
        parts = room.dropFirst(columns: list.columns)
      } else {
        (list, parts) = (room, nil)
      }
      form =
        !model.hasKnownFacts || list.columns < 20
        ? .none
        : list.columns >= 72
          ? .column : list.rows >= 36 ? .below : list.rows >= 5 ? .selected : .none
    }

    /// The items in sight; what came next is always one of them.
    func shown(_ items: [StepScene.Recommendation], _ selected: Int) -> [Int] {
      let height =
        switch form {
        case .none, .column: list.rows
        case .selected: list.rows - 1
        case .below: list.rows / 2
        }
      return ListWindow.rows(
        of: items.count, height: height, showing: selected,
        keeping: items.firstIndex(where: \.isTruth))
    }
  }

  /// Of score and probability a narrow list has one: the probability, where the model has it.
  private static func table(
    _ items: [StepScene.Recommendation], _ changes: RankChanges?, _ scene: Scene, _ plan: Plan,
    _ frame: Frame
  ) -> Table {
    let (glyphs, words, width) = (frame.glyphs, frame.words, plan.list.columns)
    let hasProbabilities = scene.model.hasProbabilities
    let facts = plan.form == .column ? min(40, width * 2 / 5) : 0
    let narrow = Table.Dropping(turn: 2, below: changes == nil ? 42 + facts : 44)
    let score = Table.Column(
      .fixed(6), .right, title: words.score, drop: hasProbabilities ? narrow : nil
    ) { row, _ in .text(glyphs.decimal(items[row].score)) }
    // As wide as its title, which would run into that of the score.
    let isWide = changes == nil && width >= narrow.below
    let probability = Table.Column(
      .fixed(isWide ? max(4, words.probability.columns) : 4), .right, title: words.probability,
      drop: hasProbabilities ? nil : narrow
    ) { row, _ in items[row].probability.map { .text(glyphs.probability($0)) } ?? .none }
    var columns = RecommendationColumns.start(items, glyphs)
    if let changes {
      columns += self.changes(items, changes, narrow, glyphs) + [score, probability]
    } else {
      // Without the score there may be room for it again.
      let turn = hasProbabilities && width < narrow.below ? 3 : 1
      let year = Table.Column(.fixed(4), drop: .init(turn: turn, leaving: 25)) { row, _ in
        items[row].year.map { .text(String($0), Style(.muted)) } ?? .none
      }
      columns += hasProbabilities ? [year, score, probability] : [year, score]
    }
    if facts > 0 {
      columns.append(
        Table.Column(.fixed(facts - 1), title: "shares") { row, width in
          guard let facts = scene.sharedFacts[items[row].item] else { return .none }
          let text = SharedFactsText.line(facts, scene.model, width: width, glyphs)
          return .text(text, Style(.muted))
        })
    }
    return Table(columns, width: width, margin: 1)
  }

  private static func changes(
    _ items: [StepScene.Recommendation], _ changes: RankChanges, _ narrow: Table.Dropping,
    _ glyphs: Glyphs
  ) -> [Table.Column] {
    let moved = Table.Column(.fixed(5), .right, title: "moved") { row, _ in
      guard let change = changes.changes[items[row].item] else { return .none }
      let moved = Moved(change, isNew: changes.isNew(change), glyphs)
      return .text(moved.text, moved.style)
    }
    let before = Table.Column(.fixed(6), .right, title: "before", drop: narrow) { row, _ in
      guard let change = changes.changes[items[row].item] else { return .none }
      return .text(glyphs.decimal(change.scoreBefore), Style(.muted))
    }
    return [moved, before]
  }

  private static func drawGone(
    _ changes: RankChanges, _ titles: [String], in room: Rect, _ frame: inout Frame
  ) {
    guard !room.isEmpty else { return }
    let glyphs = frame.glyphs
    let texts = zip(changes.gone, titles).map {
      (title: $1, moved: "\(glyphs.marks.down)\(glyphs.rank(-$0.gain))")
    }
    guard room.rows > 1 else {
      let text = texts.map { "\($0.title) \($0.moved)" }.joined(separator: ", ")
      frame.put("gone: \(text)", room.line(0), style: Style(.negative))
      return
    }
    frame.put("gone from the first \(changes.k)", room.line(0), style: Style(.muted))
    let shown = texts.count > room.rows - 1 ? room.rows - 2 : texts.count
    let indent = Table.Column(.fixed(3)) { _, _ in .none }
    let title = Table.Column(.flexible()) { row, _ in .text(texts[row].title, Style(.muted)) }
    let moved = Table.Column(.fixed(5), .right) { row, _ in
      .text(texts[row].moved, Style(.negative))
    }
    let table = Table([indent, title, moved], width: room.columns)
    for row in 0..<shown { table.draw(row, in: room.line(row + 1), &frame) }
    if shown < texts.count {
      frame.put(
        "and \(texts.count - shown) more", room.line(room.rows - 1), at: 4, style: Style(.muted))
    }
  }
}

/// What every list of recommendations begins with.
enum RecommendationColumns {
  static let title = 5

  /// The rank, a sign for what came next or was watched before, and the title.
  static func start(
    _ items: [StepScene.Recommendation], _ glyphs: Glyphs,
    style: @escaping (StepScene.Recommendation) -> Style = {
      Style($0.isTruth ? .truth : $0.isSeen ? .muted : .text)
    }
  ) -> [Table.Column] {
    let marks = glyphs.marks
    let rank = Table.Column(.fixed(3), .right) { row, _ in
      .text(glyphs.shortRank(items[row].rank), Style(.muted))
    }
    let sign = Table.Column(.fixed(1), gap: 0) { row, _ in
      let item = items[row]
      let sign = item.isTruth ? marks.truth : item.isSeen ? marks.seen : " "
      return .text(String(sign), style(item))
    }
    let title = Table.Column(.flexible()) { row, _ in .text(items[row].title, style(items[row])) }
    return [rank, sign, title]
  }
}

/// How far an item moved, in at most five columns: `▲3`, `▼12`, `new`, `·` where it stayed.
struct Moved {
  let text: String
  let style: Style

  init(_ change: RankChanges.Change, isNew: Bool, _ glyphs: Glyphs) {
    self.init(gain: change.gain, isNew: isNew, glyphs)
  }

  /// A gain of places, above 0 towards the top.
  init(gain: Double, isNew: Bool, _ glyphs: Glyphs) {
    let marks = glyphs.marks
    if isNew {
      text = "new"
      style = Style(.positive, .bold)
    } else if gain > 0 {
      text = "\(marks.up)\(glyphs.rank(gain))"
      style = Style(.positive)
    } else if gain < 0 {
      text = "\(marks.down)\(glyphs.rank(-gain))"
      style = Style(.negative)
    } else {
      text = String(marks.separator)
      style = Style(.muted)
    }
  }
}

extension RecommendationsPane {
  static func legend(_ words: Terminology, _ glyphs: Glyphs) -> [Legend.Entry] {
    let marks = glyphs.marks
    func entry(_ sign: String, _ names: String, _ text: String, why: Bool = false) -> Legend.Entry {
      Legend.Entry(
        sign, names, text,
        in: why ? [.recommendations, .why] : [.recommendations])
    }
    return [
      entry(
        words.probability, "p probability chance",
        "Probability of coming next, among all {items}, as the model sees it."),
      entry(words.score, "score points", "What the ranking goes by; only differences count."),
      entry(String(marks.seen), "seen watched", "In the history already; x hides such {items}."),
      entry(
        "\(marks.times)3", "times steps shared fact",
        "So many steps of the history share this known fact with the item.", why: true),
      entry(
        "over the average", "contrast mean +",
        "The score less that of the average item; the parts below add up to it.", why: true),
      entry(
        words.sequence, "sequence order GRU",
        "The part of the score from the order of the history.", why: true),
      entry(
        words.constant, "constant bias",
        "The part of the score that no history changes: bias.", why: true),
      entry(
        words.residual, "residual rounding", "What rounding leaves when all parts are added up.",
        why: true),
    ]
  }
}

// MARK: Content

extension Scene {
  fileprivate struct Shared {
    let facts: [Int32: [SharedFacts.Group]]
  }

  /// What some of the recommended items share with the history, by item; the facts that add most
  /// come first.
  package var sharedFacts: [Int32: [SharedFacts.Group]] { self[Shared.self]?.facts ?? [:] }
}

private final class SharedFactsCache: ViewCache {
  private struct Key: Hashable {
    let user: SceneCache.User
    let step: Int
  }

  private unowned let cache: SceneCache
  /// By item; a key takes long to hash where a long history is edited.
  private var known = LRUCache<Key, [Int32: [SharedFacts.Group]]>(limit: 50)

  init(_ cache: SceneCache) { self.cache = cache }

  /// What the items in sight share with the history, with the next few of those not known; whether
  /// there were any.
  ///
  /// A key waits for the selected item's alone and a few more; the others come in as they are found.
  func find(
    _ viewport: Viewport, _ moment: Selection.Moment
  ) -> (facts: [Int32: [SharedFacts.Group]], hasWorked: Bool) {
    let key = Key(user: moment.user, step: moment.step.step)
    let items = viewport.inOrder.map { moment.step.recommendations[$0].item }
    guard !items.isEmpty else { return ([:], false) }
    var facts = known[key] ?? [:]
    let missing = items.filter { facts[$0] == nil }.prefix(8)
    for item in missing {
      let table = Contributions(moment.survey.states, step: key.step, item: item)
      facts[item] = SharedFacts(table, index: cache.tails).allGroups
    }
    if !missing.isEmpty { known[key] = facts }
    return (facts, !missing.isEmpty)
  }
}

extension RecommendationsPane {
  static func compose(_ scene: inout Scene, _ selection: Selection) {
    guard let moment = selection.moment else { return }
    let viewport = viewport(moment.step.recommendations, selection.state, scene.model)
    let known = selection.cache.kept(SharedFactsCache.self).find(viewport, moment)
    scene[Scene.Shared.self] = Scene.Shared(facts: known.facts)
  }

  static func work(_ selection: Selection, at turn: WorkTurn) -> Bool {
    guard turn == .onScreen, let moment = selection.moment else { return false }
    let viewport = viewport(
      moment.step.recommendations, selection.state, selection.cache.model)
    return selection.cache.kept(SharedFactsCache.self).find(viewport, moment).hasWorked
  }
}
