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
  var place: Legend.Place? { .card }

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

extension CardView {
  static func legend(_ words: Terminology, _ glyphs: Glyphs) -> [Legend.Entry] {
    let isPlain = words.isPlain
    func entry(_ sign: String, _ names: String, _ text: String) -> Legend.Entry {
      Legend.Entry(sign, "card " + names, "Card: " + text, in: [.card])
    }
    return [
      entry(
        isPlain ? "kept back" : "split", "split held out",
        "which interactions of each {user} were left out of training, and for what."),
      entry(
        isPlain ? "unseen {items}" : "test",
        "metrics Hit MRR NDCG Recall test full uni pop",
        "metrics over the test targets at the end of training, and what each was ranked among: all"
          + " {items} (full), or some drawn at random (uniN, popN)."),
      entry(
        isPlain ? "chosen by" : "validation", "metrics valid validation",
        "the same over the validation targets, by which the epoch was chosen."),
      entry(
        isPlain ? "numbers" : "sizes", "embedding knowledge hidden layers sizes",
        "numbers for {a item} (E), for a known fact (K) and for the state (H)."),
      entry(
        isPlain ? "reads" : "window", "MAX_ITEM_LIST_LENGTH window",
        "how many of the latest interactions the model reads."),
      entry(
        "memory", "linear facts none gamma relations",
        "its kind, its relations and \(isPlain ? words.gamma : "gamma"), the factor on the attention."
      ),
      entry(
        isPlain ? "learns" : "loss", "CE BPR loss",
        isPlain
          ? "what training made as good as it could."
          : "CE, cross-entropy over all {items}, or BPR, pairs of {items}."),
      entry(
        isPlain ? "went wrong" : "recoveries", "loss jumped recoveries",
        "epochs in which the loss jumped, so that training went back."),
      entry(
        isPlain ? "seen before" : "repeat bias", "repeat bias already seen",
        "what the score of every {item} of the history gets on top."),
      entry(
        "attention", "entropy attention",
        "\(words.entropy) over many {users}, and the most it can be; 0: one relation takes all."),
      entry(
        "tensors", "parameters shape norm", "every parameter with its shape and Euclidean norm."),
      entry(
        "nearest", "nearest cosine {item}",
        "the {items} whose vectors q have the largest \(words.cosine) with this one's."),
      entry("seen", "popularity times {item}", "how often the {item} occurs in the data."),
    ]
  }
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
