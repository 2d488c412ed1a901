import Text

/// Recency: the mean attribution by age of the step, over many users.
package struct RecencyView: Equatable, Sendable {
  /// The selected row: its age less 1.
  private(set) var row = 0

  package init() {}
}

extension Context {
  static let recency = Context("recency", "recency", unbound: .named)
}

extension Command {
  static let recency = Command("recency")
}

private final class RecencyCache: ViewCache {
  var survey: RecencySurvey

  init(_ cache: SceneCache) { survey = RecencySurvey(cache.session) }
}

extension RecencyView: FullView {
  static let context = Context.recency

  static let openers: [Binding] = [
    Binding(
      ["W"], .recency, "recency", "See how much recent steps count, over many {users}.",
      footer: false, when: Binding.hasUsers,
      does: { _, next, _ in
        Explorer.stop(&next.state)
        next.state.show(RecencyView())
      })
  ]

  static let bindings: [Binding] = [
    Binding([.up, "k"], .rowUp, in: [.recency], "select", "Select the age above.", does: move),
    Binding([.down, "j"], .rowDown, in: [.recency], "select", "Select the age below.", does: move),
    Binding(
      [.pageUp], .pageUp, in: [.recency], "page up", "Go up by a screen of ages.", footer: false,
      does: move),
    Binding(
      [.pageDown], .pageDown, in: [.recency], "page down", "Go down by a screen of ages.",
      footer: false, does: move),
    Binding(
      [.home, "g"], .firstRow, in: [.recency], "first", "Select the last step.", footer: false,
      does: move),
    Binding(
      [.end, "G"], .lastRow, in: [.recency], "last", "Select the oldest age.", footer: false,
      does: move),
    Binding([.escape, "W"], .back, in: [.recency], "close", "Close recency.", does: closer),
  ]

  static func legend(_ words: Terminology, _ glyphs: Glyphs) -> [Legend.Entry] {
    [
      Legend.Entry(
        "age", "recency step",
        "Recency: 1 is the last step, 2 the one before it, and so on."),
      Legend.Entry(
        "share", "recency attribution",
        "Recency: a step's part of all absolute contributions, in the mean of the {users}."),
      Legend.Entry(
        "\(glyphs.shades[4])\(glyphs.shades[2])", "recency bar",
        "Recency: a share's part from \(words.sequence), then that from the memory."),
    ]
  }

  // MARK: Content

  static func compose(_ scene: inout Scene, _ selection: Selection) {
    guard selection.state.view(RecencyView.self) != nil else { return }
    scene[RecencyScene.self] = RecencyScene(
      survey: selection.cache.kept(RecencyCache.self).survey,
      hasMemory: !scene.model.relationNames.isEmpty)
  }

  static func work(_ selection: Selection, at turn: WorkTurn) -> Bool {
    turn == .first && selection.state.view(RecencyView.self) != nil
      && selection.cache.kept(RecencyCache.self).survey.work(
        multiplications: UserSurvey.portion)
  }

  func export(_ scene: Scene) -> ViewExport {
    var export = ViewExport(title: "recency", name: ["recency"])
    let survey = scene[RecencyScene.self]?.survey
    if survey?.ages.isEmpty != false {
      export.refusal = Toast("Nothing has been evaluated yet; o writes it when it has")
    }
    export.json = { _ throws(UserError) in
      guard let survey else { return nil }
      return try JSON.text(RecencyDocument(survey))
    }
    export.svg = { _ in survey.map { Self.figure($0, scene) } }
    return export
  }

  private static func figure(_ survey: RecencySurvey, _ scene: Scene) -> String {
    let nouns = scene.model.nouns
    let most = 60
    let hasMemory = !scene.model.relationNames.isEmpty
    var figure = RowFigure(
      title: "Attribution by age of the step",
      notes: [
        nouns.fill(
          "Mean share of the absolute exact contributions to the first recommendation after the last"
            + " step, with 95 % intervals; model \(scene.model.name), \(survey.evaluated) of"
            + " \(survey.userCount) {users}.")
      ]
        + (survey.ages.count > most
          ? ["Drawn are the \(most) latest of \(survey.ages.count) ages."] : []))
    figure.add(
      "a", "age of the step; 1 is the last", .bar, key: hasMemory ? ("sequence", "memory") : nil,
      numbers: nouns.fill("share, {users}"),
      survey.ages.prefix(most).enumerated().map { place, age in
        .init(
          name: String(place + 1), value: age.share, interval: age.interval,
          second: hasMemory ? age.sequence : nil,
          text: "\(decimal(age.share, places: 3)), \(age.users)")
      })
    return figure.text
  }

  // MARK: Keys

  @Sendable
  private static func move(
    _ command: Command, on next: inout Explorer.Transition, _ scene: Scene
  ) {
    guard var view = next.state.view(RecencyView.self) else { return }
    let last = max(0, (scene[RecencyScene.self]?.survey.ages.count ?? 0) - 1)
    let page = max(1, next.state.layout.size.rows - 6)
    let offset: [Command: Int] = [
      .rowUp: -1, .rowDown: 1, .pageUp: -page, .pageDown: page, .firstRow: -last, .lastRow: last,
    ]
    view.row = min(max(0, min(view.row, last) + (offset[command] ?? 0)), last)
    next.state.show(view)
  }

  func select(_ row: Int, on next: inout Explorer.Transition, _ scene: Scene) {
    var view = self
    view.row = row
    next.state.show(view)
  }

  // MARK: Drawing

  func draw(_ state: State, _ scene: Scene, in frame: inout Frame) {
    guard let content = scene[RecencyScene.self] else { return }
    let isFramed = Layout.form(for: state.layout.size) != .single
    let room = Rect(state.layout.size).inset(columns: isFramed ? 2 : 1, rows: 1)
    let survey = content.survey
    drawTitle(content, room.line(0), &frame)
    let body = room.dropFirst(rows: 1)
    guard !survey.ages.isEmpty else {
      let text =
        survey.userCount == 0
        ? "No {users}: the model has no data here to be tried on."
        : "Reading histories, in random order \(frame.glyphs.ellipsis)"
      frame.put(frame.words.fill(text), body.line(0), style: Style(.muted))
      return
    }
    let columns = Self.columns(body.columns, content, frame.words, frame.glyphs)
    let bars = body.columns - 5 - columns.reduce(0) { $0 + $1.width + 1 }
    frame.put("age", body.line(0), columns: 3, .right, style: Style(.muted))
    var end = 5 + bars
    for column in columns {
      frame.put(
        column.title, body.line(0), at: end + 1, columns: column.width, .right,
        style: Style(.muted))
      end += column.width + 1
    }
    let list = body.dropFirst(rows: 1)
    let selected = min(row, survey.ages.count - 1)
    let most = max(survey.ages.map(\.share).max() ?? 0, 1e-9)
    let window = ListWindow.rows(of: survey.ages.count, height: list.rows, showing: selected)
    for (place, index) in window.enumerated() {
      let (line, age) = (list.line(place), survey.ages[index])
      frame.put(String(index + 1), line, columns: 3, .right)
      var end = 5 + bars
      for column in columns {
        frame.put(column.text(age), line, at: end + 1, columns: column.width, .right)
        end += column.width + 1
      }
      if index == selected { frame.select(line) }
      let cells = Int((age.share / most * Double(max(0, bars))).rounded())
      let first = min(cells, Int((age.sequence / most * Double(max(0, bars))).rounded()))
      let full = String(Character(frame.glyphs.shades[4]))
      let half = String(Character(frame.glyphs.shades[2]))
      frame.put(String(repeating: full, count: first), line, at: 5, style: Style(.bar))
      frame.put(
        String(repeating: half, count: cells - first), line, at: 5 + first, style: Style(.bar))
      frame.onClick(line, .selectInView(index))
    }
  }

  private func drawTitle(_ content: RecencyScene, _ line: Rect, _ frame: inout Frame) {
    let (glyphs, survey) = (frame.glyphs, content.survey)
    let (done, all) = (glyphs.count(survey.evaluated), glyphs.count(survey.userCount))
    let counted = frame.words.fill(
      survey.evaluated < survey.userCount
        ? "\(done) of \(all) {users} evaluated" : "\(all) {users} evaluated")
    let dot = glyphs.marks.separator
    var texts = ["Recency \(dot) \(counted)", counted]
    if let half = content.half {
      let last = half == 1 ? "the last step" : "the last \(half) steps"
      texts =
        [
          "Recency: mean share of the attribution by age of the step \(dot) \(counted) \(dot) half"
            + " lies in \(last)",
          "Recency: attribution by age of the step \(dot) \(counted)",
        ] + texts
    }
    let text = texts.first { $0.columns <= line.columns } ?? counted
    frame.put(text, line, style: Style(.title))
  }

  private struct Column {
    let title: String
    let width: Int
    let text: (RecencySurvey.Age) -> String
  }

  private static func columns(
    _ width: Int, _ content: RecencyScene, _ words: Terminology, _ glyphs: Glyphs
  ) -> [Column] {
    func number(_ value: Double) -> String { glyphs.probability(Float(value)) }
    var columns = [Column(title: "share", width: 5) { number($0.share) }]
    if width >= 70 {
      let to = glyphs.showsBraille ? "…" : "to"
      columns.append(
        Column(title: "95 %", width: 14) { age in
          age.interval.map { "\(number($0.lowerBound)) \(to) \(number($0.upperBound))" } ?? ""
        })
    }
    if content.hasMemory, width >= 40 {
      columns.append(
        Column(title: words.sequence, width: max(5, words.sequence.columns)) {
          number($0.sequence)
        })
      columns.append(Column(title: "memory", width: 6) { number($0.memory) })
    }
    if width >= 56 {
      let users = words.fill("{users}")
      columns.append(Column(title: users, width: max(7, users.columns)) { glyphs.count($0.users) })
    }
    return columns
  }
}
