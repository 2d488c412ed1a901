import Explanation
import Text

/// The explanations of many users together: what they would miss by age of the step, by relation, and
/// by slices.
package struct PopulationView: Equatable, Sendable {
  enum Part: Int, CaseIterable {
    case ages, relations, slices
  }

  private(set) var part = Part.ages
  /// The selected row of the part.
  private(set) var row = 0
  /// The name of the slice that ages and relations are of; nil for all users.
  private(set) var slice: String?

  package init() {}
}

extension Context {
  static let population = Context("population", "over many {users}", unbound: .named)
}

extension Command {
  static let population = Command("population")
}

struct PopulationScene: Sendable {
  /// Nil before the first users.
  let report: PopulationReport?
  let counted: (done: Int, of: Int)
  let warning: String?

  func rowCount(_ part: PopulationView.Part) -> Int {
    switch part {
    case .ages: report?.ages.count ?? 0
    case .relations: report?.relations.count ?? 0
    case .slices: report?.slices.count ?? 0
    }
  }
}

/// Evaluates users in the background, and writes the report anew whenever a quarter more of them have
/// been evaluated, or another slice is asked for.
private final class PopulationCache: ViewCache {
  private(set) var survey: PopulationSurvey
  private(set) var report: PopulationReport?
  private var writer: (writer: PopulationReport.Writer, slice: String?)?
  private var written: (users: Int, slice: String?)?

  init(_ cache: SceneCache) { survey = PopulationSurvey(cache.session) }

  func work(for slice: String?) -> Bool {
    if var open = writer {
      // Not to be copied while it is written to.
      writer = nil
      if open.writer.work() {
        writer = open
      } else {
        (report, written) = (open.writer.report, (open.writer.report.evaluatedUsers, open.slice))
      }
      return true
    }
    if isDue(slice) {
      writer = (PopulationReport.Writer(survey, slice: slice), slice)
      return true
    }
    return survey.work()
  }

  private func isDue(_ slice: String?) -> Bool {
    let (done, of) = (survey.evaluated, survey.userTotal)
    guard let written else { return done >= min(12, of) && done > 0 }
    if written.slice != slice { return true }
    return done > written.users && (done == of || done >= written.users + written.users / 4 + 1)
  }
}

extension PopulationView: FullView {
  static let context = Context.population

  static let openers: [Binding] = [
    Binding(
      ["W"], .population, "over all", "See which steps and relations count, over many {users}.",
      footer: false, when: Binding.hasUsers,
      does: { _, next, _ in
        Explorer.stop(&next.state)
        next.state.show(PopulationView())
      })
  ]

  static let bindings: [Binding] = [
    key([.up, "k"], .rowUp, "select", "Select the row above."),
    key([.down, "j"], .rowDown, "select", "Select the row below."),
    key([.pageUp], .pageUp, "page up", "Go up by a screen of rows.", footer: false),
    key([.pageDown], .pageDown, "page down", "Go down by a screen of rows.", footer: false),
    key([.home, "g"], .firstRow, "first", "Select the first row.", footer: false),
    key([.end, "G"], .lastRow, "last", "Select the last row.", footer: false),
    key([.tab], .nextPart, "next part", "By age of the step, by relation, by slice."),
    Binding(
      [.enter], .openRow, in: [.population], "of these",
      "See the ages and relations of the selected slice alone.",
      when: { state, _ in state.view(PopulationView.self)?.part == .slices }, does: change),
    Binding(
      [.escape, "W"], .back, in: [.population], "close", "Close the view over many {users}.",
      does: closer),
  ]

  private static func key(
    _ keys: [Key], _ command: Command, _ title: String, _ help: String, footer: Bool = true
  ) -> Binding {
    Binding(keys, command, in: [.population], title, help, footer: footer, does: change)
  }

  static func legend(_ words: Terminology, _ glyphs: Glyphs) -> [Legend.Entry] {
    [
      Legend.Entry(
        "age", "step last recent population",
        "Over many {users}: 1 is the last step, 2 the one before it, and so on."),
      Legend.Entry(
        "\(glyphs.marks.separator) \(glyphs.shades[2])\(glyphs.shades[4])", "strip beeswarm dots",
        "Over many {users}: one {user} at the loss below, and the more the darker; cells at the ends"
          + " hold what lies beyond."),
      Legend.Entry(
        String(glyphs.marks.tick), "strip mean", "Over many {users}: the mean of a strip."),
      Legend.Entry(
        "lost", "left out alone mean interval quartiles",
        "Over many {users}: what the first recommendation loses without the step or the relation"
          + " alone, in the mean, with the 95 % interval; then the middle half of the {users}."),
      Legend.Entry(
        "share", "attribution written population",
        "Over many {users}: a step's part of all absolute written contributions, in the mean; of it"
          + " from \(words.sequence)."),
      Legend.Entry(
        "next 4", "older slices",
        "Over many {users}: losses of the four steps before the last, each left out alone, added"
          + " up; then those of all older steps."),
    ]
  }

  // MARK: Content

  static func compose(_ scene: inout Scene, _ selection: Selection) {
    guard selection.state.view(PopulationView.self) != nil else { return }
    let cache = selection.cache.kept(PopulationCache.self)
    scene[PopulationScene.self] = PopulationScene(
      report: cache.report, counted: (cache.survey.evaluated, cache.survey.userTotal),
      warning: cache.survey.warning)
  }

  static func work(_ selection: Selection, at turn: WorkTurn) -> Bool {
    guard turn == .first, let view = selection.state.view(PopulationView.self) else { return false }
    return selection.cache.kept(PopulationCache.self).work(for: view.slice)
  }

  func export(_ scene: Scene) -> ViewExport {
    var export = ViewExport(title: "over many \(scene.model.nouns.user.many)", name: ["population"])
    guard let report = scene[PopulationScene.self]?.report else {
      export.refusal = Toast("Nothing has been evaluated yet; o writes it when it has")
      return export
    }
    let title = scene.model.name
    export.json = { cache throws(UserError) in
      try JSON.text(PopulationDocument(report, cache.kept(PopulationCache.self).survey))
    }
    export.svg = { _ throws(UserError) in report.svg(title: title) }
    return export
  }

  func commandLine(_ scene: Scene) -> (options: [String], keys: [String]) {
    ([], [Bindings.key(.population)] + (0..<part.rawValue).map { _ in "Tab" })
  }

  // MARK: Keys

  @Sendable
  private static func change(
    _ command: Command, on next: inout Explorer.Transition, _ scene: Scene
  ) {
    guard var view = next.state.view(PopulationView.self) else { return }
    let content = scene[PopulationScene.self]
    if command == .nextPart {
      view.part = Part.allCases[(view.part.rawValue + 1) % Part.allCases.count]
      view.row = 0
      return next.state.show(view)
    }
    let last = max(0, (content?.rowCount(view.part) ?? 0) - 1)
    view.row = min(view.row, last)
    if command == .openRow {
      guard let slices = content?.report?.slices, slices.indices.contains(view.row) else { return }
      view.slice = view.row == 0 ? nil : slices[view.row].name
      (view.part, view.row) = (.ages, 0)
      return next.state.show(view)
    }
    let page = max(1, next.state.layout.size.rows - 7)
    let offset: [Command: Int] = [
      .rowUp: -1, .rowDown: 1, .pageUp: -page, .pageDown: page, .firstRow: -last, .lastRow: last,
    ]
    view.row = min(max(0, view.row + (offset[command] ?? 0)), last)
    next.state.show(view)
  }

  /// Selects a row; a slice that is selected already is opened.
  func select(_ row: Int, on next: inout Explorer.Transition, _ scene: Scene) {
    if self.row == row, part == .slices { return Self.change(.openRow, on: &next, scene) }
    var view = self
    view.row = row
    next.state.show(view)
  }

  func draw(_ state: State, _ scene: Scene, in frame: inout Frame) {
    guard let content = scene[PopulationScene.self] else { return }
    PopulationPage(view: self, content: content).draw(state, &frame)
  }
}
