import Workspace

/// A row of the list of signs and keys, or of that of commands.
enum CommandRow {
  case command(Binding)
  case sign(Legend.Entry)
  case user(NamedUser)
  case step(Int, of: Int)

  /// What is said of it at more length where its row cuts it; empty where there is no more.
  var detail: String {
    switch self {
    case .command(let binding): binding.help
    case .sign(let entry): entry.text
    case .user(let user): user.sentence
    case .step: ""
    }
  }
}

/// Rows of keys or signs with a sentence each, and the selected sentence whole where rows are short.
protocol CommandList: ListOverlay where Row == CommandRow {}

extension CommandList {
  /// The columns of keys and signs.
  private func signColumns(_ width: Int) -> Int { min(18, width / 3) }

  func list(in room: Rect, on layout: Layout) -> Rect {
    let wanted = room.columns < 60 ? 3 : room.columns < 116 ? 2 : 0
    return Rect(
      column: room.column, row: room.row, columns: room.columns,
      rows: room.rows - (room.rows >= 6 ? wanted : 0))
  }

  func table(
    _ rows: [CommandRow], _ scene: Scene, width: Int, _ words: Terminology, _ glyphs: Glyphs
  ) -> Table {
    let enter = Key.enter.label(glyphs)
    func parts(_ row: CommandRow) -> (sign: String, text: String, role: Role) {
      switch row {
      case .sign(let entry): (entry.sign, entry.text, .title)
      case .user(let user): (enter, words.fill(user.sentence), .key)
      case .step(let step, let count): (enter, "Go to step \(step + 1) of \(count).", .key)
      case .command(let binding):
        (binding.labels(glyphs).joined(separator: " "), words.fill(binding.help), .key)
      }
    }
    let sign = Table.Column(.fixed(signColumns(width))) { row, width in
      let (sign, _, role) = parts(rows[row])
      return .text(("  " + sign).padded(to: width, ellipsis: glyphs.ellipsis), Style(role))
    }
    let text = Table.Column(.flexible()) { row, _ in .text(parts(rows[row]).text) }
    return Table([sign, text], width: width)
  }

  /// Wide rows say where keys are heard that are not those of the panes.
  func drawBeside(_ row: CommandRow, in line: Rect, _ frame: inout Frame) {
    guard case .command(let binding) = row, !binding.contexts.contains(.main), line.columns >= 70
    else { return }
    let place = frame.words.fill(
      Context.allCases.first { binding.contexts.contains($0) }?.words ?? "")
    let start = line.columns - place.columns
    guard signColumns(line.columns) + 2 + frame.words.fill(binding.help).columns < start else {
      return
    }
    frame.put(place, line, at: start, style: Style(.muted))
  }

  func drawAround(
    _ selected: CommandRow?, _ state: State, _ scene: Scene, in room: Rect, on layout: Layout,
    _ frame: inout Frame
  ) {
    let list = list(in: room, on: layout)
    let text = frame.words.fill(selected?.detail ?? "")
    guard text.columns > list.columns - signColumns(list.columns) - 1 else { return }
    let below = room.dropFirst(rows: list.rows)
    for (row, line) in text.wrapped(to: below.columns).prefix(below.rows).enumerated() {
      frame.put(line, below.line(row), style: Style(.focus))
    }
  }
}

struct HelpMenu: CommandList {
  var menu = Menu()
  /// What it was opened on: its signs come first, and it is there again afterwards.
  @OnTop var below: (any Overlay)?

  init(below: (any Overlay)? = nil) { _below = OnTop(wrappedValue: below) }

  var context: Context { .menu }
  func hint(_ state: State, _ scene: Scene) -> String { "type to search" }
  func title(_ state: State, _ scene: Scene, width: Int, _ glyphs: Glyphs) -> String {
    "Signs and keys"
  }
  func empty(_ state: State, _ scene: Scene, width: Int) -> [(text: String, role: Role)] {
    [("Nothing has these letters.", .muted)]
  }
  func area(on layout: Layout) -> Rect {
    Layout.area(columns: 120, rows: layout.size.rows - 2, on: layout.size)
  }

  /// The rows that have a text in them: the signs of the screen, all keys, the other signs.
  func rows(_ state: State, _ scene: Scene, _ words: Terminology, _ glyphs: Glyphs) -> [CommandRow]
  {
    let places = Legend.places(state)
    let signs = Legend.entries(matching: menu.filter.text, words, glyphs, first: places)
    let here = signs.prefix { !$0.places.isDisjoint(with: places) }
    return here.map(CommandRow.sign) + bindings(words.nouns).map(CommandRow.command)
      + signs.dropFirst(here.count).map(CommandRow.sign)
  }

  func close(on next: inout Explorer.Transition, _ scene: Scene) { next.state.overlay = below }

  private func bindings(_ nouns: Nouns) -> [Binding] {
    let wanted = menu.filter.text.lowercased().drop(while: \.isWhitespace)
    guard !wanted.isEmpty else { return Bindings.all }
    return Bindings.all.filter { binding in
      let labels = binding.keys.map { $0.label(.unicode) } + binding.keys.map { $0.label(.ascii) }
      return labels.contains { $0.lowercased().contains(wanted) } || binding.mentions(wanted, nouns)
    }
  }

  func canChoose(_ row: CommandRow) -> Bool { if case .command = row { true } else { false } }

  /// Does what the selected row says; where that is nothing here, the list stays open.
  func choose(_ row: CommandRow, on next: inout Explorer.Transition, _ scene: Scene) {
    guard case .command(let binding) = row else { return }
    var below = next.state
    below.overlay = nil
    let here: Set<Context> = below.fullView == nil ? [.main, .why] : [below.context]
    guard !binding.contexts.isDisjoint(with: here) else {
      let places = Context.allCases.filter { binding.contexts.contains($0) }.map(\.words)
      next.state.toast = Toast("This key is for: \(places.joined(separator: ", "))", role: .muted)
      return
    }
    next.state.overlay = nil
    Explorer.perform(binding.command, on: &next, scene)
  }
}

/// What the signs, letters and names of numbers on the screen mean.
///
/// The help and the search for commands come from it. Each view has its entries in its folder.
enum Legend {
  struct Entry: Equatable, Sendable {
    let sign: String
    /// Other words by which it is looked for.
    let names: String
    let text: String
    /// Where it stands on the screen.
    let places: Set<Place>

    init(_ sign: String, _ names: String, _ text: String, in places: Set<Place> = []) {
      (self.sign, self.names, self.text, self.places) = (sign, names, text, places)
    }
  }

  /// A part of the screen with signs of its own.
  struct Place: Hashable {
    let id: String

    static let history = pane(.history)
    static let gruState = pane(.gruState)
    static let memory = pane(.memory)
    static let recommendations = pane(.recommendations)
    static let why = pane(.why)
    static let comparison = Place(id: "comparison")
    static let edits = Place(id: "edits")
    static let watch = Place(id: "watch")
    static let card = Place(id: "card")
    static let users = Place(id: "users")
    static let similarStates = Place(id: "similar states")

    static func pane(_ pane: Pane) -> Place { Place(id: pane.rawValue) }
    /// A view in the place of the panes.
    static func view(_ context: Context) -> Place { Place(id: context.id) }
  }

  /// What a state shows, what its keys are about first.
  static func places(_ state: State) -> [Place] {
    let top = state.overlay.flatMap { ($0 as? HelpMenu)?.below ?? $0 }
    if let place = top?.place { return [place] }
    if let view = state.fullView?.view { return [.view(type(of: view).context)] }
    var places: [Place] = [.pane(state.focus)]
    if state.pin != nil { places.insert(.comparison, at: 0) }
    if state.editor != nil || !state.edits.edits.isEmpty { places.append(.edits) }
    if state.watch != nil { places.append(.watch) }
    return places
  }

  /// All entries in some words and signs; those of some places come first, in their order.
  static func entries(
    _ words: Terminology, _ glyphs: Glyphs, first places: [Place] = []
  ) -> [Entry] {
    let panes = Pane.allCases.flatMap { $0.view.legend(words, glyphs) }
    let others = Views.all.filter { !($0 is any PaneView.Type) }.flatMap { view in
      let place = (view as? any FullView.Type).map { Place.view($0.context) }
      return view.legend(words, glyphs).map { entry in
        Entry(
          entry.sign, entry.names, entry.text,
          in: entry.places.union(place.map { [$0] } ?? []))
      }
    }
    let all = (panes + others).map {
      Entry(words.fill($0.sign), words.fill($0.names), words.fill($0.text), in: $0.places)
    }
    func turn(_ entry: Entry) -> Int {
      places.firstIndex { entry.places.contains($0) } ?? places.count
    }
    return (0...places.count).flatMap { place in all.filter { turn($0) == place } }
  }

  /// Those that have some words in them, drawn in whatever signs.
  static func entries(
    matching text: String, _ words: Terminology, _ glyphs: Glyphs, first places: [Place] = []
  ) -> [Entry] {
    let wanted = text.lowercased().split(separator: " ")
    let shown = entries(words, glyphs, first: places)
    let others = [Glyphs.unicode, .ascii].flatMap { glyphs in
      [false, true].map {
        entries(.of(glyphs, isPlain: $0, words.nouns), glyphs, first: places)
      }
    }
    return shown.indices.filter { place in
      let texts = (others.map { $0[place] } + [shown[place]]).map {
        "\($0.sign) \($0.names) \($0.text)".lowercased()
      }
      return wanted.allSatisfy { word in texts.contains { $0.contains(word) } }
    }.map { shown[$0] }
  }
}

extension String {
  /// The text with its first letter in upper case.
  var capitalizedFirst: String { prefix(1).uppercased() + dropFirst() }
}
