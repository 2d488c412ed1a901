import Testing

@testable import ExplorerCore

@Suite("Layout")
struct LayoutTests {
  private static let requests: [Layout.Request] = Pane.allCases.flatMap { focus in
    [Pane.gruState, .memory].flatMap { side in
      [false, true].map { Layout.Request(focus: focus, side: side, showsWhy: $0) }
    }
  }

  /// Everything that has a place.
  private func parts(_ layout: Layout) -> [Rect] {
    [layout.header, layout.footer] + layout.panes.flatMap { [$0.title, $0.body] } + layout.lines
  }

  /// Whether the parts lie inside, do not overlap, and together are as large as the screen.
  private func coversScreenOnce(_ layout: Layout) -> Bool {
    let parts = parts(layout)
    let screen = Rect(layout.size)
    var area = 0
    for (index, part) in parts.enumerated() {
      if part.intersection(screen) != part { return false }
      for other in parts[(index + 1)...] where !part.intersection(other).isEmpty { return false }
      area += part.columns * part.rows
    }
    return area == screen.columns * screen.rows
  }

  @Test("covers every screen from 1×1 to 250×80 without overlap", arguments: 1...80)
  func partition(rows: Int) {
    for columns in 1...250 {
      // Every request where the form changes; elsewhere they take turns.
      let isEdge = [1, 19, 20, 79, 80, 119, 120, 250].contains(columns)
      let first = isEdge ? 0 : (columns + rows) % 10
      for index in stride(from: first, to: Self.requests.count, by: isEdge ? 1 : 10) {
        let request = Self.requests[index]
        let layout = Layout(Size(columns: columns, rows: rows), request)
        let names = layout.panes.map(\.pane)
        let isSound =
          coversScreenOnce(layout)
          && !layout.panes.contains { $0.body.isEmpty || $0.title.isEmpty }
          && Set(names).count == names.count
          && names.isEmpty == (layout.form == .message)
        if !isSound { Issue.record("\(columns)×\(rows), \(request): \(layout)") }
      }
    }
  }

  @Test("what lies on top stays between header and footer at every size", arguments: 1...80)
  func overlays(rows: Int) {
    for columns in 1...250 {
      let size = Size(columns: columns, rows: rows)
      guard Layout.form(for: size) != .message else { continue }
      for wanted in [20, 56, 72, 84, 92, 100, 300] {
        for high in [4, 7, rows - 6, rows - 2, 300] {
          let area = Layout.area(columns: wanted, rows: max(1, high), on: size)
          let room = Rect(column: 0, row: 1, columns: columns, rows: rows - 2)
          if area.intersection(room) != area || area.isEmpty {
            Issue.record("\(wanted)x\(high) on \(columns)x\(rows): \(area)")
          }
        }
      }
      let layout = State(size: size).layout
      for height in [
        FindMenu().height(on: layout), UsersMenu().height(on: layout),
        HelpMenu().height(on: layout), PaletteMenu().height(on: layout),
        CatalogueSearch(purpose: .explain).height(on: layout),
        CatalogueSearch(purpose: .insert(at: 0)).height(on: layout),
      ] where height < 1 && rows >= 8 {
        Issue.record("no row of a list on \(columns)x\(rows)")
      }
    }
  }

  /// Every size is drawn, the views taking turns, and every view at the sizes where forms change.
  @Test("every pane and everything on top is drawn soundly at every size", arguments: View.all)
  func pictures(view: View) throws {
    let little = try LittleData()
    let (base, cache) = try view.state(little, Size(columns: 120, rows: 36))
    let turn = try #require(View.all.firstIndex { $0.name == view.name })
    let edges = (columns: [1, 20, 43, 79, 80, 119, 120, 250], rows: [1, 5, 6, 7, 12, 24, 80])
    for rows in 1...80 {
      for columns in 1...250 {
        let isEdge = edges.columns.contains(columns) && edges.rows.contains(rows)
        let isTurn = (columns + 3 * rows) % View.all.count == turn
        guard isEdge || isTurn else { continue }
        let size = Size(columns: columns, rows: rows)
        let state = Explorer.reduce(base, .resize(size), in: cache.scene(for: base)).state
        if let flaw = flaw(state, cache, columns.isMultiple(of: 3) ? .ascii : .unicode) {
          Issue.record("\(view.name) at \(columns)x\(rows): \(flaw)")
        }
      }
    }
  }

  /// What is wrong with the picture of a state.
  private func flaw(_ state: State, _ cache: SceneCache, _ glyphs: Glyphs) -> String? {
    let canvas = Explorer.render(state, cache.scene(for: state), glyphs: glyphs).canvas
    if canvas.size != state.size { return "\(canvas.size)" }
    if let flaw = canvas.flaw { return flaw }
    guard state.context != .message else { return nil }
    if canvas.text.allSatisfy(\.isWhitespace) { return "nothing" }
    guard state.overlay != nil else { return nil }
    // The box of what lies on top is whole.
    let isWhole = [glyphs.border.topLeft, glyphs.border.bottomRight].allSatisfy { sign in
      (1..<max(2, state.size.rows - 1)).contains { row in
        canvas.row(row).contains { $0.base == sign }
      }
    }
    return isWhole ? nil : "the box is cut"
  }

  @Test("changes form at 80 and 120 columns, and below 20×6")
  func forms() {
    func form(_ columns: Int, _ rows: Int) -> Layout.Form {
      Layout.form(for: Size(columns: columns, rows: rows))
    }
    #expect(form(120, 6) == .wide)
    #expect(form(119, 50) == .split)
    #expect(form(80, 24) == .split)
    #expect(form(79, 24) == .single)
    #expect(form(20, 6) == .single)
    #expect(form(19, 6) == .message)
    #expect(form(200, 5) == .message)
    #expect(form(0, 0) == .message)
  }

  @Test("shows what is asked for")
  func content() {
    func panes(
      _ columns: Int, _ rows: Int, _ focus: Pane, why: Bool = false, zoom: Bool = false
    ) -> [Pane] {
      Layout(
        Size(columns: columns, rows: rows),
        Layout.Request(focus: focus, side: .gruState, showsWhy: why, zoomsWhy: zoom)
      ).panes.map(\.pane)
    }
    let four: [Pane] = [.history, .gruState, .memory, .recommendations]
    #expect(panes(120, 30, .history) == four)
    #expect(panes(120, 30, .history, why: true) == four + [.why])
    #expect(panes(120, 12, .why, why: true) == [.why])
    #expect(panes(120, 12, .history, why: true) == four)
    #expect(panes(200, 60, .why, why: true, zoom: true) == [.why])
    #expect(panes(200, 60, .history, zoom: true) == four)
    #expect(panes(80, 24, .history) == [.history, .gruState, .recommendations])
    #expect(panes(80, 12, .history) == [.history, .gruState])
    #expect(panes(80, 12, .recommendations) == [.history, .recommendations])
    #expect(panes(60, 20, .memory) == [.memory])
    #expect(panes(60, 20, .why, why: true) == [.why])
  }

  @Test("list windows are full, inside the list and show the selected row")
  func windows() {
    for count in 0...12 {
      for height in 0...14 {
        for selection in -2...14 {
          let rows = ListWindow.rows(of: count, height: height, showing: selection)
          #expect(rows.count == min(count, height))
          #expect(rows.lowerBound >= 0 && rows.upperBound <= max(count, 0))
          if !rows.isEmpty { #expect(rows.contains(min(max(selection, 0), count - 1))) }
        }
      }
    }
  }

  @Test("sizes are read from text strictly")
  func sizes() {
    #expect(Size("120x40") == Size(columns: 120, rows: 40))
    for text in ["", "x", "120", "0x4", "4x0", "-3x4", "120x40x2", "1e3x4", "99999x4", "12 x4"] {
      #expect(Size(text) == nil, "\(text)")
    }
  }
}
