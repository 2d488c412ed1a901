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

  /// The rows that have a text in them: the signs of the pane, all keys, the other signs.
  func rows(_ state: State, _ scene: Scene, _ words: Terminology, _ glyphs: Glyphs) -> [CommandRow]
  {
    let signs = Legend.entries(matching: menu.filter.text, words, glyphs, first: state.focus)
    let here = signs.filter { $0.panes.contains(state.focus) }
    return here.map(CommandRow.sign) + bindings(words.nouns).map(CommandRow.command)
      + signs.filter { !$0.panes.contains(state.focus) }.map(CommandRow.sign)
  }

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
    let panes: Set<Pane>

    init(_ sign: String, _ names: String, _ text: String, in panes: Set<Pane> = []) {
      (self.sign, self.names, self.text, self.panes) = (sign, names, text, panes)
    }
  }

  /// All entries in some words and signs; those of a pane come first.
  static func entries(_ words: Terminology, _ glyphs: Glyphs, first pane: Pane? = nil) -> [Entry] {
    let entries =
      Pane.allCases.flatMap { $0.view.legend(words, glyphs) }
      + Views.all.filter { !($0 is any PaneView.Type) }.flatMap { $0.legend(words, glyphs) }
    let all = entries.map { Entry($0.sign, $0.names, words.fill($0.text), in: $0.panes) }
    guard let pane else { return all }
    return all.filter { $0.panes.contains(pane) } + all.filter { !$0.panes.contains(pane) }
  }

  /// Those that have some words in them, drawn in whatever signs.
  static func entries(
    matching text: String, _ words: Terminology, _ glyphs: Glyphs, first pane: Pane? = nil
  ) -> [Entry] {
    let wanted = text.lowercased().split(separator: " ")
    let shown = entries(words, glyphs, first: pane)
    let others = [Glyphs.unicode, .ascii].flatMap { glyphs in
      [false, true].map {
        entries(.of(glyphs, isPlain: $0, words.nouns), glyphs, first: pane)
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
