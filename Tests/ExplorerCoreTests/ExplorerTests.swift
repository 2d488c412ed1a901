import Randomness
import Testing
import Workspace

@testable import ExplorerCore

@Suite("Explorer")
struct ExplorerTests {
  private let little: LittleData

  init() throws { little = try LittleData() }

  private func run(_ keys: String, columns: Int = 120, rows: Int = 30) throws
    -> Explorer.Transition
  {
    try little.run(keys, columns: columns, rows: rows)
  }

  private func text(_ keys: String, columns: Int = 120, rows: Int = 30) throws -> String {
    try little.text(keys, columns: columns, rows: rows)
  }

  @Test("q ends the program, and nothing after it is heard")
  func quit() throws {
    let end = try run("w,q,w")
    #expect(end.effects == [.quit])
    #expect(end.state.showsWhy)
    #expect(try run("q", columns: 3, rows: 1).effects == [.quit])
    #expect(try run("?,q").effects.isEmpty)
  }

  @Test("the focus goes round the open panes")
  func focus() throws {
    #expect(try run("Tab").state.focus == .gruState)
    #expect(try run("Tab,Tab,Tab,Tab").state.focus == .history)
    #expect(try run("BTab").state.focus == .recommendations)
    #expect(try run("w").state.focus == .why)
    #expect(try run("w,w").state.focus == .history)
    #expect(try run("w,Tab").state.focus == .history)
    #expect(try run("w,BTab").state.focus == .recommendations)
    #expect(try run("w,BTab,BTab,Tab,Tab,w").state.focus == .history)
    #expect(try run("w", columns: 60).state.focus == .why)
    #expect(try run("Tab,BTab").state.side == .gruState)
  }

  @Test("the help lists every binding, finds by word, and does what is chosen")
  func help() throws {
    let all = try text("?", rows: 180)
    for binding in Bindings.all {
      let help = little.session.model.nouns.fill(binding.help)
      #expect(all.contains(help.prefix(40)), "\(help)")
    }
    let found = try text("?,text=MOUSE")
    #expect(found.contains("Let the mouse"))
    #expect(!found.contains("Leave the explorer"))
    #expect(try text("?,text=zzz").contains("Nothing has these letters"))
    let chosen = try run("?,text=explain the selected,Enter").state
    #expect(chosen.showsWhy && chosen.overlay == nil)
    #expect(try run("?,text=leave the explorer,Enter").effects == [.quit])
    #expect(try run("?,Escape").state.overlay == nil)
    let signs = Legend.entries(.terms(.unicode), .unicode).count { $0.places.contains(.history) }
    let downs = Array(repeating: "Down", count: signs).joined(separator: ",")
    #expect(try run("?,End,Up,Down,PageUp,Home,\(downs),Enter").state.step == 4)
    #expect(try run("?,Enter").state.overlay != nil, "a sign does nothing")
  }

  @Test("clicks do what lies under them")
  func clicks() throws {
    #expect(try run("Click@40:5").state.focus == .gruState)
    #expect(try run("Click@119:29").state == run("").state)
    #expect(try run("Click@4:29").state.step == 4, "the footer's first entry")
    #expect(try run("Click@10:3").state.step == 1, "the second row of the history")
    let other = try run("Click@100:4").state
    #expect(
      other.focus == .recommendations && other.recommendation == 1, "below the facts of the first")
    #expect(try run("WheelDown@10:3").state.step == 6)
    let row = try #require(
      try text("?,text=explain the selected").split(separator: "\n")
        .firstIndex { $0.contains("Explain the selected") })
    #expect(try run("?,text=explain the selected,Click@60:\(row)").state.showsWhy)
    #expect(try run("?,Click@0:0").state.overlay == nil, "outside of the list")
    #expect(try run("?,Click@60:1").state.overlay != nil, "on the box, beside its rows")
    #expect(try run("?,WheelDown@60:9,WheelDown@60:9,WheelUp@60:9").state.menu?.selection == 1)
  }

  @Test("a key that means nothing says so until the next one")
  func unknownKey() throws {
    #expect(try text("z").contains("z does nothing here"))
    #expect(try run("z,Tab").state.toast == nil)
    #expect(try run("z", columns: 10, rows: 3).state.toast == nil)
  }

  @Test("the footer keeps the help longest")
  func footer() {
    for columns in 0...100 {
      let entries = FooterView.entries(for: .main, in: columns, glyphs: .unicode)
      #expect(entries.reduce(0) { $0 + $1.columns + 2 } <= columns)
      if columns >= 8 { #expect(entries.last?.command == .help) }
      if columns >= 16 { #expect(entries.contains { $0.command == .quit }) }
    }
    for (context, command) in [
      (Context.edit, Command.edit), (.map, .back), (.diagnosis, .back), (.users, .choose),
    ] {
      let entries = FooterView.entries(for: context, in: 38, glyphs: .unicode)
      #expect(entries.contains { $0.command == command }, "\(context) can be left or gone on from")
    }
    let menu = FooterView.entries(for: .menu, in: 100, glyphs: .unicode)
    #expect(menu.first?.keys == "↑↓", "neighbours with one title share an entry")
  }

  @Test("where a pane has no place on the screen, the footer says by which key it comes")
  func hiddenPanes() throws {
    func last(_ keys: String, _ columns: Int, _ rows: Int) throws -> String {
      try text(keys, columns: columns, rows: rows).split(separator: "\n").last.map(String.init)
        ?? ""
    }
    for (columns, rows) in [(80, 24), (80, 14), (100, 30), (119, 36)] {
      #expect(try last("", columns, rows).contains("Tab GRU state"), "\(columns)x\(rows)")
      #expect(try last("p,Left", columns, rows).contains("Tab Running state"))
      // Where the state is, the memory is not.
      #expect(try last("Tab", columns, rows).contains("Tab Memory"))
    }
    #expect(try last("", 40, 12).contains("Tab pane"))
    #expect(try !last("", 120, 36).contains("Tab GRU state"))
  }

  @Test("a history of any width has a sign for the split beside each step")
  func splitSigns() throws {
    for columns in [20, 24, 30, 36, 40, 60, 79, 80, 90, 119, 120, 150, 176, 177, 178, 200, 240] {
      for keys in ["", "p"] {
        let state = try little.run(keys, columns: columns, rows: 20).state
        let frame = little.frame(state)
        let scene = little.cache.scene(for: state)
        guard let place = state.layout.placement(of: .history), let user = scene.user else {
          continue
        }
        let body = place.body
        let rows = ListWindow.rows(of: user.rows.count, height: body.rows, showing: state.step)
        for (line, row) in rows.enumerated() {
          guard let mark = user.rows[row].mark else { continue }
          let cells = frame.canvas.row(body.row + line)[...]
            .dropFirst(body.column).prefix(body.columns)
          let text = String(String.UnicodeScalarView(cells.flatMap(\.scalars)))
          let sign = String(HistoryPane.mark(mark, Glyphs.unicode.marks))
          let word = HistoryPane.word(mark, .terms(.unicode))
          #expect(
            text.contains(" \(sign)") || text.contains(" \(word)"), "\(columns) \(keys): \(text)")
        }
      }
    }
  }

  @Test("any keys at any size give a sound picture of that size", arguments: 0..<60)
  func anything(seed: Int) {
    var random = SeededGenerator(seed: UInt64(seed))
    let keys: [Key] =
      Bindings.all.flatMap(\.keys).filter { ![.character("q"), .control("c")].contains($0) }
      + [.character("a"), .character("侍"), .backspace, .left, .right, .function(9)]
    // With users every second time; titles need not be ASCII.
    let user = seed % 2 == 0 ? 6 : nil
    let cache = user == nil ? SceneCache(Session(little.session.model), name: "m") : little.cache
    var state = State(size: Size(columns: 80, rows: 24), user: user, step: 5)
    for _ in 0..<40 {
      var key = keys[random.integer(below: keys.count)]
      if random.integer(below: 4) == 0 {
        key = .resize(
          Size(columns: random.integer(below: 160), rows: random.integer(below: 50)))
      } else if random.integer(below: 4) == 0 {
        key = .click(Point(column: random.integer(below: 160), row: random.integer(below: 50)))
      }
      let next = Explorer.run([key], from: state, with: cache, glyphs: .unicode)
      if !next.effects.contains(.quit) { state = next.state }
      let ascii = Explorer.render(state, cache.scene(for: state), glyphs: .ascii).canvas
      #expect(ascii.size == state.size)
      let texts = [state.menu?.filter.text, state.toast?.text]
      let showsOwn = !state.own.isEmpty || [.ownItems, .naming].contains(state.context)
      // The map names items of the model, whoever is looked at.
      var isMap = false
      if state.view(MapView.self) != nil { isMap = true }
      if state.user == nil, !isMap, !showsOwn,
        !texts.contains(where: { $0?.contains("侍") == true })
      {
        #expect(ascii.text.unicodeScalars.allSatisfy { $0.isASCII })
      }
    }
  }

  @Test("frames have all their rows", arguments: [(130, 8), (80, 20), (40, 8), (15, 3), (1, 1)])
  func rows(columns: Int, rows: Int) throws {
    let lines = try text("", columns: columns, rows: rows)
      .split(separator: "\n", omittingEmptySubsequences: false)
    #expect(lines.count == rows + 1)
    #expect(lines.allSatisfy { $0.columns <= columns })
  }

  @Test("lines meet where panes do")
  func frame() throws {
    var why = State(size: Size(columns: 80, rows: 40))
    (why.showsWhy, why.focus) = (true, .why)
    let cache = SceneCache(Session(little.session.model), name: "m")
    let lines = Explorer.render(why, cache.scene(for: why), glyphs: .unicode).canvas.text
      .split(separator: "\n").map(String.init)
    #expect(lines[1].hasPrefix("│ History                      │ Memory and attention"))
    #expect(
      lines[15]
        == "│                              ├─ Recommended ─────────────────────────────────┤")
    #expect(
      lines[24]
        == "├─ Why ────────────────────────┴───────────────────────────────────────────────┤")
    #expect(try text("", columns: 25, rows: 3) == "\n   needs 20x6; q quits\n\n")
  }
}
