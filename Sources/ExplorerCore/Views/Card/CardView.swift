import KSRNumerics

struct CardView: Overlay {
  let subject: CardSubject
  private(set) var first = 0

  init(subject: CardSubject) { self.subject = subject }

  /// One row of the card: a label, which may be empty, and a text.
  private typealias Row = (label: String, text: String)

  private struct Plan {
    let area: Rect
    let label: Int
    let rows: [Row]

    var height: Int { area.inset(columns: 2, rows: 1).rows }

    /// The last line that can be the first on the screen.
    var last: Int { max(0, rows.count - height) }

    init(_ card: Card, on size: Size) {
      let columns = Layout.area(columns: 84, rows: 4, on: size).columns
      let inner = columns - 4
      let label = min(14, max(4, card.lines.map(\.label.columns).max() ?? 0), inner / 3)
      rows = card.lines.flatMap { line in
        line.text.wrapped(to: inner - label - 2).enumerated().map {
          (label: $0.offset == 0 ? line.label : "", text: $0.element)
        }
      }
      self.label = label
      area = Layout.area(columns: 84, rows: min(rows.count + 2, max(4, size.rows - 2)), on: size)
    }
  }

  var context: Context { .card }

  func canMove(_ state: State, _ scene: Scene) -> Bool {
    scene.card.map { Plan($0, on: state.size).last > 0 } ?? false
  }

  mutating func move(_ command: Command, _ state: State, _ scene: Scene) {
    guard let card = scene.card else { return }
    let plan = Plan(card, on: state.size)
    let page = max(1, plan.height - 1)
    let offset: [Command: Int] = [
      .rowUp: -1, .rowDown: 1, .pageUp: -page, .pageDown: page, .firstRow: -plan.last,
      .lastRow: plan.last,
    ]
    first = min(max(0, min(first, plan.last) + (offset[command] ?? 0)), plan.last)
  }

  func draw(_ state: State, _ scene: Scene, on layout: Layout, in frame: inout Frame) {
    guard let card = scene.card else { return }
    let plan = Plan(card, on: layout.size)
    let inside = frame.box(card.title, plan.area, on: layout, closesOnClick: true)
    let first = min(max(0, first), plan.last)
    for (row, line) in plan.rows.dropFirst(first).prefix(inside.rows).enumerated() {
      frame.put(
        line.label.elided(to: plan.label, frame.glyphs), inside.line(row), style: Style(.muted))
      frame.put(frame.glyphs.spelled(line.text), inside.line(row), at: plan.label + 2)
    }
    if plan.last > 0 {
      frame.note("\(first + 1)-\(first + plan.height)/\(plan.rows.count)", on: plan.area)
    }
  }
}

extension Command {
  static let inspect = Command("inspect")
  static let modelCard = Command("model-card")
}

extension CardView: ExplorerView {
  static let bindings: [Binding] = [
    Binding(
      [.enter], .inspect, in: [.main, .edit], "card", "Show the card of the selected {item}.",
      footer: false, when: Binding.hasUser, does: { Explorer.inspect(&$1.state, $2) }),
    Binding(
      ["i"], .modelCard, "model", "Show the card of the model.", footer: false,
      does: { _, next, _ in Explorer.open(CardView(subject: .model), in: &next.state) }),
  ]
}

extension Explorer {
  /// Opens the card of the item that is selected in the pane with the focus.
  static func inspect(_ state: inout State, _ scene: Scene) {
    guard hasHistory(&state, scene), let item = state.focus.view.inspected(state, scene) else {
      return
    }
    open(CardView(subject: .item(item)), in: &state)
  }
}

// MARK: Content

extension Scene {
  package var card: Card? { self[Card.self] }
}

private final class CardCache: ViewCache {
  private struct Key: Hashable {
    let subject: CardSubject
    let isPlain: Bool
    /// What a model's card says depends on it.
    let knowsAttention: Bool
  }

  private unowned let cache: SceneCache
  private var cards = LRUCache<Key, Card>(limit: 200)

  init(_ cache: SceneCache) { self.cache = cache }

  func card(_ subject: CardSubject, _ words: Terminology) -> Card {
    let key = Key(
      subject: subject, isPlain: words.isPlain,
      knowsAttention: subject == .model && cache.attention != nil)
    if let known = cards[key] { return known }
    let card =
      switch subject {
      case .item(let item): Card(item, in: cache.session, cache.nearest, words: words)
      case .model:
        Card(cache.session, name: cache.model.name, attention: cache.attention, words: words)
      }
    cards[key] = card
    return card
  }
}

extension CardView {
  func compose(_ scene: inout Scene, _ selection: Selection) {
    scene[Card.self] = selection.cache.kept(CardCache.self).card(
      subject, selection.state.usesPlainWords ? .plain : .terms(.unicode))
  }
}
