import Explanation
import Workspace

/// What is selected of the model as a whole.
package struct DiagnosisView: Equatable, Sendable {
  /// The selected row: relations, then slices, then the users predicted best and worst.
  package internal(set) var row = 0
}

/// The model as a whole, as far as it has been counted.
package struct DiagnosisScene: Sendable {
  /// The last report; nil before the first.
  package let report: DiagnosisReport?
  package let counted: (done: Int, of: Int)
  /// What the names of items and entities say of the links.
  package let links: LinkDiagnosis
  var nouns = Nouns()
  /// Whether the model has a memory of facts.
  var followsFacts = false

  enum Row: Equatable {
    case relation(Int)
    case slice(Int)
    case user(DiagnosisReport.User)
  }

  /// The rows that can be selected.
  var rows: [Row] {
    guard let report else { return [] }
    return report.relations.indices.map { .relation($0) }
      + ([report.all] + report.slices).indices.map { .slice($0) }
      + (report.best + report.worst).map { .user($0) }
  }
}

package enum LinkDiagnosis: Sendable, Equatable {
  case unknown
  /// The data has no links, no titles or no names of entities.
  case nothingToCompare
  /// A file that cannot be read, in a sentence.
  case failed(String)
  /// Links with both names, those that look wrong, and titles of some of them.
  case compared(Int, different: Int, titles: [String])
}

extension Context {
  static let diagnosis = Context("diagnosis", "model as a whole", unbound: .named)
}

extension Command {
  static let diagnose = Command("diagnose")
  static let nextPart = Command("next-part")
  static let openRow = Command("open-row")
}

/// What keys and clicks do where the model is looked at as a whole.
extension DiagnosisView: FullView {
  static let context = Context.diagnosis

  static let openers: [Binding] = [
    Binding(
      ["d"], .diagnose, "diagnose", "The model as a whole: relations, slices, {users}.",
      when: Binding.hasUsers,
      does: { _, next, _ in
        Explorer.stop(&next.state)
        next.state.show(DiagnosisView())
      })
  ]

  static let bindings: [Binding] = [
    Binding(
      [.up, "k"], .rowUp, in: [.diagnosis], "select", "Select the row above.",
      when: Binding.hasUsers, does: change),
    Binding(
      [.down, "j"], .rowDown, in: [.diagnosis], "select", "Select the row below.",
      when: Binding.hasUsers, does: change),
    Binding(
      [.pageUp], .pageUp, in: [.diagnosis], "page up", "Go up by a screen of rows.", footer: false,
      when: Binding.hasUsers, does: change),
    Binding(
      [.pageDown], .pageDown, in: [.diagnosis], "page down", "Go down by a screen of rows.",
      footer: false, when: Binding.hasUsers, does: change),
    Binding(
      [.home, "g"], .firstRow, in: [.diagnosis], "first", "Select the first row.", footer: false,
      when: Binding.hasUsers, does: change),
    Binding(
      [.end, "G"], .lastRow, in: [.diagnosis], "last", "Select the last row.", footer: false,
      when: Binding.hasUsers, does: change),
    Binding(
      [.tab], .nextPart, in: [.diagnosis], "next part",
      "Next part: slices, {users}, relations.", when: Binding.hasUsers,
      does: change),
    Binding(
      [.enter], .openRow, in: [.diagnosis], "open",
      "Go to the selected {user}, or to the relation's slot.", when: Binding.hasUsers,
      does: change),
    Binding(
      ["m"], .map, in: [.diagnosis], "map", "Open the map of all {items}.", footer: false,
      does: { _, next, _ in next.state.show(MapView()) }),
    Binding(
      [.escape, "d"], .back, in: [.diagnosis], "close", "Close the view of the model.",
      does: closer),
  ]

  static func legend(_ words: Terminology, _ glyphs: Glyphs) -> [Legend.Entry] {
    [
      Legend.Entry(
        "mean \(words.attentionInText)", "attention relations bar",
        "Model: the mean attention of a relation over all held-out steps; the bar reaches to the"
          + " largest."),
      Legend.Entry(
        "over its steps", "by step curve attention",
        "Model: the relation's mean attention from early steps (left) to late ones (right)."),
      Legend.Entry(
        "leads", "top-1 share relation",
        "Model: the share of steps at which it has the largest"
          + " attention."),
      Legend.Entry("gate z", "write gate mean", "Model: its mean write gate."),
      Legend.Entry(
        "\(words.ndcg) change without it", "NDCG without silenced ablation interval",
        "Model: \(words.ndcg) once the relation is silenced, less that of the whole model, with its 95 %"
          + " interval."),
      Legend.Entry(
        "ranks moved", "targets share", "Model: the share of targets whose rank changes without it."
      ),
      Legend.Entry(
        "Slices", "steps Hit NDCG interval part length rare popular",
        "Model: parts of the held-out steps: how many, and Hit@10 and \(words.ndcg) of each with 95 %"
          + " intervals."),
      Legend.Entry(
        "Predicted best", "worst {users}",
        "Model: the {users} with the highest and lowest \(words.ndcg)."
      ),
      Legend.Entry(
        words.isPlain ? "Attention spread" : "Attention entropy", "entropy collapsed",
        "Model: 0 if all attention goes to one relation, the largest if it is even."),
      Legend.Entry(
        words.isPlain ? "never matter" : "dead memory slots", "never matter relations",
        "Model: relations that never lead and without which no rank changes."),
    ]
  }

  @Sendable
  private static func change(
    _ command: Command, on next: inout Explorer.Transition, _ scene: Scene
  ) {
    guard var view = next.state.view(DiagnosisView.self), let rows = scene.diagnosis?.rows else {
      return
    }
    let last = max(0, rows.count - 1)
    let page = max(1, next.state.layout.size.rows - 6)
    switch command {
    case .rowUp: view.row -= 1
    case .rowDown: view.row += 1
    case .pageUp: view.row -= page
    case .pageDown: view.row += page
    case .firstRow: view.row = 0
    case .lastRow: view.row = last
    case .nextPart: view.row = nextPart(after: view.row, rows)
    default: return open(view.row, on: &next, scene)
    }
    view.row = min(max(0, view.row), last)
    next.state.show(view)
  }

  /// Selects a row, or opens it if it is selected already.
  func select(_ row: Int, on next: inout Explorer.Transition, _ scene: Scene) {
    if self.row == row { return Self.open(row, on: &next, scene) }
    next.state.show(DiagnosisView(row: row))
  }

  /// Goes from what a row is about to where that is seen step by step.
  private static func open(_ row: Int, on next: inout Explorer.Transition, _ scene: Scene) {
    guard let rows = scene.diagnosis?.rows, rows.indices.contains(row) else { return }
    switch rows[row] {
    case .user(let user):
      next.state.fullView = nil
      Explorer.take(
        user.place, in: &next.state, step: scene.model.historyLengths[user.place] - 2)
      next.state.toast = Toast("{User} \(user.user); d goes back to the model as a whole")
    case .relation(let slot):
      next.state.fullView = nil
      next.state.slot = slot
      Explorer.focus(.memory, in: &next.state)
      next.state.toast = Toast("The slot at this step; d goes back to the model as a whole")
    case .slice:
      next.state.toast = Toast("Enter opens {users} and relations; Tab goes to them")
    }
  }

  /// The first row of the next of the four parts, going round.
  private static func nextPart(after row: Int, _ rows: [DiagnosisScene.Row]) -> Int {
    func kind(_ row: DiagnosisScene.Row) -> Int {
      switch row {
      case .relation: 0
      case .slice: 1
      case .user: 2
      }
    }
    guard rows.indices.contains(row) else { return 0 }
    return rows.indices.first { $0 > row && kind(rows[$0]) != kind(rows[row]) } ?? 0
  }
}
