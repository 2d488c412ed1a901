import Foundation

/// Something that lies on top of the panes.
///
/// A new one is a type, and a key that opens it with ``Explorer/open(_:in:)``: no other place
/// lists them.
protocol Overlay: Equatable, Sendable {
  var context: Context { get }
  /// Where the help finds its signs; nil for none of its own.
  var place: Legend.Place? { get }
  /// What the footer says of Enter; nil for what it says everywhere.
  var enterTitle: String? { get }

  func draw(_ state: State, _ scene: Scene, on layout: Layout, in frame: inout Frame)
  /// Whether there is a row to move to.
  func canMove(_ state: State, _ scene: Scene) -> Bool
  /// Whether the selected row does something.
  func canChoose(_ state: State, _ scene: Scene) -> Bool
  mutating func move(_ command: Command, _ state: State, _ scene: Scene)
  func choose(on next: inout Explorer.Transition, _ scene: Scene)
  func type(_ key: Key, on next: inout Explorer.Transition, _ scene: Scene)
  func close(on next: inout Explorer.Transition, _ scene: Scene)

  /// The state as the screen shows it below.
  func shown(_ state: State, _ cache: SceneCache) -> State
  func compose(_ scene: inout Scene, _ selection: Selection)
  /// Does a portion of what it misses, when all else is done; false if it misses nothing.
  func work(_ selection: Selection) -> Bool
}

extension Overlay {
  var place: Legend.Place? { nil }
  var enterTitle: String? { nil }
  func canMove(_ state: State, _ scene: Scene) -> Bool { false }
  func canChoose(_ state: State, _ scene: Scene) -> Bool { false }
  mutating func move(_ command: Command, _ state: State, _ scene: Scene) {}
  func choose(on next: inout Explorer.Transition, _ scene: Scene) {}
  func shown(_ state: State, _ cache: SceneCache) -> State { state }
  func compose(_ scene: inout Scene, _ selection: Selection) {}
  func work(_ selection: Selection) -> Bool { false }
  func type(_ key: Key, on next: inout Explorer.Transition, _ scene: Scene) {}
  func close(on next: inout Explorer.Transition, _ scene: Scene) { next.state.overlay = nil }

  fileprivate func isEqual(_ other: any Overlay) -> Bool { self == other as? Self }
}

/// What lies on top, so that states with it can be compared.
@propertyWrapper
struct OnTop: Equatable, Sendable {
  var wrappedValue: (any Overlay)?

  static func == (a: OnTop, b: OnTop) -> Bool {
    switch (a.wrappedValue, b.wrappedValue) {
    case (nil, nil): true
    case (let a?, let b?): a.isEqual(b)
    default: false
    }
  }
}

/// What has been typed into a list, and its selected row.
package struct Menu: Equatable, Sendable {
  package internal(set) var filter = TextField()
  /// The selected one among the rows that are left.
  package private(set) var selection = 0
  /// What is selected, wherever the list has it; nil for whatever is in the row.
  private(set) var anchor: Int?

  init(filter: TextField = TextField(), anchor: Int? = nil) {
    (self.filter, self.anchor) = (filter, anchor)
  }

  mutating func select(_ row: Int, anchor: Int? = nil) {
    (selection, self.anchor) = (row, anchor)
  }
}

extension State {
  /// The list on top; nil where there is none.
  var menu: Menu? {
    get { (overlay as? any ListOverlay)?.menu }
    set {
      guard let newValue, var list = overlay as? any ListOverlay else { return }
      list.menu = newValue
      overlay = list
    }
  }
}

// MARK: Lists

/// A list in a box, in which typing leaves only the rows that have the letters.
protocol ListOverlay: Overlay {
  associatedtype Row

  var menu: Menu { get set }
  /// What stands in the place of the letters while there are none.
  func hint(_ state: State, _ scene: Scene) -> String
  /// What stands on the upper edge of a box of some columns.
  func title(_ state: State, _ scene: Scene, width: Int, _ glyphs: Glyphs) -> String
  /// Whether the lower edge says which row is selected, of how many.
  var countsRows: Bool { get }

  func rows(
    _ state: State, _ scene: Scene, _ words: Terminology, _ glyphs: Glyphs
  ) -> [Row]
  /// What is said where there are no rows, line by line.
  func empty(_ state: State, _ scene: Scene, width: Int) -> [(text: String, role: Role)]

  func area(on layout: Layout) -> Rect
  /// The part of the box below the letters that the rows take, with the titles of their columns.
  func list(in room: Rect, on layout: Layout) -> Rect
  /// Whether the columns have titles.
  var hasTitles: Bool { get }
  /// The columns of the rows; the first cell is kept for the mark of the selected one.
  func table(
    _ rows: [Row], _ scene: Scene, width: Int, _ words: Terminology, _ glyphs: Glyphs
  ) -> Table
  /// Draws what columns do not hold.
  func drawBeside(_ row: Row, in line: Rect, _ frame: inout Frame)
  /// Draws what stands beside or below the rows.
  func drawAround(
    _ selected: Row?, _ state: State, _ scene: Scene, in room: Rect, on layout: Layout,
    _ frame: inout Frame)

  /// The selected row, which another order or another list may have moved.
  func selection(_ scene: Scene) -> Int
  /// What is in a row, for lists whose rows move.
  func anchor(ofRow row: Int, _ scene: Scene) -> Int?
  func canChoose(_ row: Row) -> Bool
  func choose(_ row: Row, on next: inout Explorer.Transition, _ scene: Scene)
}

extension ListOverlay {
  var countsRows: Bool { true }
  var hasTitles: Bool { false }
  func list(in room: Rect, on layout: Layout) -> Rect { room }
  func drawBeside(_ row: Row, in line: Rect, _ frame: inout Frame) {}
  func drawAround(
    _ selected: Row?, _ state: State, _ scene: Scene, in room: Rect, on layout: Layout,
    _ frame: inout Frame
  ) {}
  func selection(_ scene: Scene) -> Int { menu.selection }
  func anchor(ofRow row: Int, _ scene: Scene) -> Int? { nil }
  func canChoose(_ row: Row) -> Bool { true }

  private func rows(_ state: State, _ scene: Scene) -> [Row] {
    rows(state, scene, .of(.unicode, isPlain: false, scene.model.nouns), .unicode)
  }

  /// How many rows are seen at once.
  func height(on layout: Layout) -> Int {
    let room = area(on: layout).inset(columns: 2, rows: 1).dropFirst(rows: 1)
    return list(in: room, on: layout).rows - (hasTitles ? 1 : 0)
  }

  func canMove(_ state: State, _ scene: Scene) -> Bool { rows(state, scene).count > 1 }

  func canChoose(_ state: State, _ scene: Scene) -> Bool {
    let rows = rows(state, scene)
    let row = selection(scene)
    return rows.indices.contains(row) && canChoose(rows[row])
  }

  mutating func move(_ command: Command, _ state: State, _ scene: Scene) {
    let last = max(0, rows(state, scene).count - 1)
    let page = max(1, height(on: state.layout) - 1)
    let row = selection(scene)
    let target =
      switch command {
      case .rowUp: row - 1
      case .rowDown: row + 1
      case .pageUp: row - page
      case .pageDown: row + page
      case .firstRow: 0
      case .lastRow: last
      default: row
      }
    let found = min(max(0, target), last)
    menu.select(found, anchor: anchor(ofRow: found, scene))
  }

  func type(_ key: Key, on next: inout Explorer.Transition, _ scene: Scene) {
    var typed = self
    guard typed.menu.filter.take(key) else { return }
    typed.menu.select(0)
    next.state.overlay = typed
  }

  func choose(on next: inout Explorer.Transition, _ scene: Scene) {
    let rows = rows(next.state, scene)
    let row = selection(scene)
    if rows.indices.contains(row) { choose(rows[row], on: &next, scene) }
  }

  func draw(_ state: State, _ scene: Scene, on layout: Layout, in frame: inout Frame) {
    let area = area(on: layout)
    let inside = frame.box(
      frame.words.fill(title(state, scene, width: area.columns, frame.glyphs)), area, on: layout)
    drawFilter(frame.words.fill(hint(state, scene)), in: inside.line(0), &frame)
    let room = inside.dropFirst(rows: 1)
    var list = list(in: room, on: layout)
    let rows = rows(state, scene, frame.words, frame.glyphs)
    let table = table(rows, scene, width: list.columns, frame.words, frame.glyphs)
    if hasTitles {
      table.drawTitles(in: list.line(0), &frame)
      list = list.dropFirst(rows: 1)
    }
    let selection = selection(scene)
    drawAround(
      rows.indices.contains(selection) ? rows[selection] : nil, state, scene, in: room, on: layout,
      &frame)
    guard !rows.isEmpty else {
      for (line, said) in empty(state, scene, width: list.columns).enumerated() {
        frame.put(frame.words.fill(said.text), list.line(line), style: Style(said.role))
      }
      return
    }
    if countsRows {
      let glyphs = frame.glyphs
      frame.note(
        "\(glyphs.count(min(selection + 1, rows.count)))/\(glyphs.count(rows.count))", on: area)
    }
    let window = ListWindow.rows(of: rows.count, height: list.rows, showing: selection)
    for (place, index) in window.enumerated() {
      let line = list.line(place)
      table.draw(index, in: line, &frame)
      drawBeside(rows[index], in: line, &frame)
      if index == selection {
        frame.put(String(frame.glyphs.marks.here), line, columns: 1)
        frame.select(line)
      }
      frame.onClick(line, .chooseRow(index))
    }
  }

  private func drawFilter(_ hint: String, in line: Rect, _ frame: inout Frame) {
    let text = menu.filter.text
    guard !text.isEmpty else { return frame.put(hint, line, style: Style(.muted)) }
    let end = frame.canvas.put(
      text.keepingTail(line.columns - 1, ellipsis: frame.glyphs.ellipsis), in: line,
      style: Style(.match))
    frame.canvas.put(
      String(frame.glyphs.marks.cursor), at: Point(column: end, row: line.row), in: line)
  }
}

// MARK: Boxes

extension Frame {
  /// Draws an empty box on top of the panes and returns the room in it.
  ///
  /// A click beside it closes it; one on it does that only where it does nothing else.
  mutating func box(
    _ title: String, _ area: Rect, on layout: Layout, closesOnClick: Bool = false
  ) -> Rect {
    forgetClicks()
    onClick(Rect(layout.size), .command(.close))
    if !closesOnClick { onClick(area, nil) }
    canvas.fill(area)
    canvas.box(area, glyphs.border, style: Style(.border))
    let title = title.truncated(to: area.columns - 6, ellipsis: glyphs.ellipsis)
    put(" \(title) ", area.inset(columns: 2, rows: 0).line(0), style: Style(.focus))
    return area.inset(columns: 2, rows: 1)
  }

  /// Writes a few words on the lower edge of a box, at its end.
  mutating func note(_ text: String, on area: Rect) {
    let edge = area.dropFirst(rows: area.rows - 1).inset(columns: 2, rows: 0)
    let note = " \(text) "
    guard note.columns <= edge.columns else { return }
    put(note, edge, at: edge.columns - note.columns, style: Style(.muted))
  }
}

/// One line of text that is being typed.
package struct TextField: Equatable, Sendable {
  package private(set) var text: String

  static let limit = 200

  package init(_ text: String = "") { self.text = text }

  /// Adds what a key types, or deletes; returns whether the key was one for typing.
  mutating func take(_ key: Key) -> Bool {
    switch key {
    case .character(let character):
      if text.count < TextField.limit { text.append(character) }
    case .backspace:
      if !text.isEmpty { text.removeLast() }
    case .control("u"):
      text = ""
    case .control("w"):
      while text.last?.isWhitespace == true { text.removeLast() }
      while let last = text.last, !last.isWhitespace { text.removeLast() }
    default:
      return false
    }
    return true
  }
}

extension String {
  /// The text as searches compare it: without upper case, accents and wide forms, so that what any
  /// keyboard types finds `Amélie`.
  var searchable: String {
    // Most titles are ASCII; the general way takes many times as long.
    utf8.allSatisfy { $0 < 0x80 }
      ? lowercased()
      : folding(
        options: [.caseInsensitive, .diacriticInsensitive, .widthInsensitive], locale: nil)
  }
}
