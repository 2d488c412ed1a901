import Explanation
import Workspace

extension Command {
  static let find = Command("find")
}

/// What the user watched, and how well the model foresaw it; after edits also what was put in or
/// moved, and the place that is edited.
enum HistoryPane: PaneView {
  static let pane = Pane.history

  static let bindings: [Binding] = [
    Binding(
      ["/"], .find, "find", "Find a title in this history and go there.",
      when: Binding.hasUser,
      does: {
        if Explorer.hasHistory(&$1.state, $2) { Explorer.open(FindMenu(), in: &$1.state) }
      })
  ]

  static func name(_ words: Terminology) -> String { words.history }

  static func whenEmpty(_ scene: Scene, width: Int, _ glyphs: Glyphs) -> [String] {
    if scene.chosen != nil { return ["The {items} that you add", "stand here."] }
    return scene.model.userCount == 0
      ? [
        "Press n and type {items}:", "the model recommends", "what could come next.", "",
        "No data was opened;", "ksr-tui MODEL --data DIR", "shows its {users}.",
      ]
      : ["No {user} chosen;", "v lists them, n makes one", "from {items} you type."]
  }

  static func select(_ row: Int, in state: inout State, _ scene: Scene) {
    Explorer.stop(&state)
    if state.editor != nil {
      state.editor?.row = row
    } else {
      Explorer.go(to: row, in: &state, scene)
    }
  }

  static func draw(
    _ state: State, _ scene: Scene, in placement: Layout.Placement, _ frame: inout Frame
  ) {
    guard let user = scene.user, let step = scene.step else { return }
    let body = placement.body
    let table = table(user, step, state, width: body.columns, frame)
    table.drawTitles(over: placement, &frame)
    let cursor = cursor(state, user)
    let selected = cursor ?? step.step
    let hasFocus = cursor == nil || state.focus == .history || state.focus == .gruState
    let rows = ListWindow.rows(of: user.rows.count, height: body.rows, showing: selected)
    table.draw(rows, selected: selected, hasFocus: hasFocus, in: body, &frame) {
      .select(.history, $0)
    }
  }

  /// The row that is edited; nil while none is.
  private static func cursor(_ state: State, _ user: UserScene) -> Int? {
    var row = state.editor?.row
    // While an item is looked for, the one selected is in its place already.
    if case .insert(let place) = (state.overlay as? CatalogueSearch)?.purpose { row = place }
    return row.map { min($0, user.rows.count - 1) }
  }

  /// The row of what really came next.
  private static func next(_ user: UserScene, after step: Int) -> Int? {
    guard let edited = user.edited else { return step + 1 }
    guard let item = edited.next(after: step) else { return nil }
    return edited.rows.indices.dropFirst(step + 1).first {
      edited.rows[$0].item == item && edited.rows[$0].change != .inserted
    }
  }

  private static func table(
    _ user: UserScene, _ step: StepScene, _ state: State, width: Int, _ frame: Frame
  ) -> Table {
    let (rows, edited, glyphs) = (user.rows, user.edited, frame.glyphs)
    let marks = glyphs.marks
    let (here, next) = (step.step, next(user, after: step.step))
    let isEdited = state.editor != nil || edited != nil
    func isUnseen(_ row: Int) -> Bool { row < step.window.lowerBound }
    let sign = Table.Column(.fixed(1)) { row, _ in
      if row == here { return .text(String(marks.here), Style(.focus)) }
      if row == next { return .text(String(marks.truth), Style(.truth)) }
      return .text(isUnseen(row) ? String(marks.unseen) : " ", Style(.muted))
    }
    let number = Table.Column(.fixed(max(2, String(rows.count).count)), .right, gap: 0) { row, _ in
      .text(String(row + 1), Style(row == here ? .text : .muted))
    }
    let title = Table.Column(.flexible()) { row, _ in
      let isRead = row <= here && !isUnseen(row)
      return .text(
        rows[row].title,
        Style(
          row == next ? .truth : isRead ? .text : .muted,
          edited?.rows[row].change == nil ? [] : .bold))
    }
    let year = Table.Column(.fixed(5), drop: .init(leaving: 21)) { row, _ in
      rows[row].year.map { .text(String($0), Style(.muted)) } ?? .none
    }
    let saysMark = width >= 44 && !frame.words.isPlain
    let mark = Table.Column(.fixed(saysMark ? 5 : 1)) { row, _ in
      if let change = edited?.rows[row].change {
        return .text(self.sign(change), Style(.warning, .bold))
      }
      return rows[row].mark.map { mark in
        .text(
          saysMark ? word(mark, frame.words) : String(self.mark(mark, marks)), Style(role(mark)))
      } ?? .none
    }
    let rank = Table.Column(.fixed(4), .right, title: frame.words.rank) { row, _ in
      guard let rank = user.ranks[row] else { return .none }
      // How an edited history is foreseen is no merit and no fault of the model.
      let isMerit = !isEdited && rows[row].mark != .train
      return .text(
        glyphs.rank(rank), isMerit ? Style(.text, rank <= 10 ? .bold : []) : Style(.muted))
    }
    return Table([sign, number, title, year, mark, rank], width: width, margin: 1)
  }

  static func mark(_ mark: SplitMark, _ marks: Glyphs.Marks) -> Unicode.Scalar {
    switch mark {
    case .train: marks.train
    case .validation: marks.valid
    case .test: marks.test
    }
  }

  static func word(_ mark: SplitMark, _ words: Terminology) -> String {
    switch mark {
    case .train: words.isPlain ? words.fitted : "train"
    case .validation: words.isPlain ? "chooses" : "valid"
    case .test: words.isPlain ? words.test : "test"
    }
  }

  static func role(_ mark: SplitMark) -> Role {
    switch mark {
    case .train: .train
    case .validation: .valid
    case .test: .test
    }
  }

  private static func sign(_ change: EditedHistory.Change) -> String {
    switch change {
    case .inserted: "+"
    case .replaced: "="
    case .moved: ">"
    }
  }
}

struct FindMenu: ListOverlay {
  var menu = Menu()

  var context: Context { .menu }
  var enterTitle: String? { "go there" }
  func hint(_ state: State, _ scene: Scene) -> String { "type a part of a title" }
  func title(_ state: State, _ scene: Scene, width: Int, _ glyphs: Glyphs) -> String {
    "Find in this history"
  }
  func empty(_ state: State, _ scene: Scene, width: Int) -> [(text: String, role: Role)] {
    [("No title has these letters;", .muted), ("^F looks in the whole catalogue.", .muted)]
  }
  func area(on layout: Layout) -> Rect {
    let size = layout.size
    return Layout.area(columns: 72, rows: size.rows < 20 ? size.rows : size.rows - 6, on: size)
  }

  /// The steps whose title has the text that was typed.
  func rows(_ state: State, _ scene: Scene, _ words: Terminology, _ glyphs: Glyphs) -> [Int] {
    guard let user = scene.user else { return [] }
    let wanted = menu.filter.text.searchable.drop(while: \.isWhitespace)
    return user.rows.indices.filter {
      wanted.isEmpty || user.rows[$0].title.searchable.contains(wanted)
    }
  }

  func table(
    _ rows: [Int], _ scene: Scene, width: Int, _ words: Terminology, _ glyphs: Glyphs
  ) -> Table {
    let history = scene.user?.rows ?? []
    let number = Table.Column(.fixed(String(history.count).count), .right) { row, _ in
      .text(String(rows[row] + 1), Style(.muted))
    }
    let title = Table.Column(.flexible()) { row, _ in .text(history[rows[row]].title) }
    return Table([.mark, number, title], width: width)
  }

  func choose(_ row: Int, on next: inout Explorer.Transition, _ scene: Scene) {
    next.state.overlay = nil
    Explorer.go(to: row, in: &next.state, scene)
  }
}

extension HistoryPane {
  static func legend(_ words: Terminology, _ glyphs: Glyphs) -> [Legend.Entry] {
    let marks = glyphs.marks
    func entry(_ sign: String, _ names: String, _ text: String) -> Legend.Entry {
      Legend.Entry(sign, names, text, in: [.history])
    }
    return [
      entry(
        words.rank, "rank place",
        "Rank that the model gave to this {item} at the step before; 1 is best."),
      entry(
        String(marks.train), "mark train fitted",
        "\(words.fitted.capitalizedFirst): the model knows the answer; the rank proves nothing."),
      entry(
        String(marks.valid), "mark validation valid",
        "\(words.validation.capitalizedFirst): left out of training, used to choose the epoch."),
      entry(
        String(marks.test), "mark test held out",
        "\(words.test.capitalizedFirst): left out of training; the rank is a prediction."),
      entry(String(marks.here), "here step", "The step that all panes show."),
      Legend.Entry(
        String(marks.truth), "truth next",
        "What really came next: the ground truth.",
        in: [.history, .recommendations]),
      entry(
        String(marks.unseen), "unseen window",
        "Too long ago: the model does not read this item any more."),
      entry(
        words.hits, "hits header",
        "Of the steps left out of training, those whose item was among the first ten."),
      Legend.Entry(
        words.heldOut, "held out header users viewers",
        "Nothing of this {user} was used in training."),
      Legend.Entry(
        "simulated", "sim. header users viewers",
        "Generated by a program that follows known attributes: no real person."),
      Legend.Entry(
        String(String.UnicodeScalarView(glyphs.spark.prefix(4))), "curve header",
        "Above all: how far each step around this one moved the state."),
      Legend.Entry(
        "own", "header users viewers",
        "{A user} made here, of {items} that somebody typed."),
      Legend.Entry(
        words.ndcg, "NDCG metric header",
        "How high the ground truth is ranked, on average: 1 always first, 0 never in the top 10."),
    ]
  }
}
