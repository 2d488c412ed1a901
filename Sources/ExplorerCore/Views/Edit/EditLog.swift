import Explanation

/// The edits of what is on the screen, with those taken back.
package struct EditLog: Equatable, Sendable {
  struct Moment: Equatable, Sendable {
    let edits: [Edit]
    let step: Int
    let cursor: Int?
  }

  /// The edits, in the order in which they apply; tokens stand for items and relations.
  package internal(set) var edits: [Edit] = []
  var past: [Moment] = []
  var future: [Moment] = []

  static let limit = 200

  package var text: String { EditScript(edits).text }

  /// Adds an edit; the same step moved on is one move.
  mutating func append(_ edit: Edit) {
    if case .move(let row, let target) = edit, case .move(let start, row) = edits.last {
      edits[edits.count - 1] = .move(step: start, to: target)
      if start == target { edits.removeLast() }
    } else {
      edits.append(edit)
    }
  }

  /// Another user is looked at: edits of the history go, those of what is read stay.
  mutating func leaveUser() {
    edits.removeAll { $0.concernsHistory }
    past = []
    future = []
  }
}

/// The place in the history that the keys edit.
package struct EditCursor: Equatable, Sendable {
  /// The row of the history, from 0.
  package internal(set) var row: Int
}

extension State {
  /// The state with one more edit, the step and the cursor being where it leaves them; nothing is
  /// kept to come back to.
  func applying(_ edit: Edit, count: Int) -> State {
    var state = self
    let editor = state.editor
    state.edits.append(edit)
    switch edit {
    case .delete(let row):
      // Without the step itself, what came next is still the same.
      if row <= step { state.step = max(0, step - 1) }
      state.editor?.row = min(row, max(0, count - 2))
    case .insert(let row, _):
      if row <= step + 1 { state.step = step + 1 }
      state.editor?.row = row
    case .replace(let row, _): state.editor?.row = row
    case .move(_, let row): state.editor?.row = row
    case .cut(let row):
      state.step = min(step, row)
      state.editor?.row = min(editor?.row ?? 0, row)
    case .silence, .boost, .force, .gamma, .patchState, .patchSlot: break
    }
    return state
  }

  /// What there is to come back to from here.
  var moment: EditLog.Moment {
    EditLog.Moment(edits: edits.edits, step: step, cursor: editor?.row)
  }

  /// Keeps a moment to come back to after a change.
  mutating func remember(_ moment: EditLog.Moment) {
    guard moment.edits != edits.edits else { return }
    edits.past.append(moment)
    if edits.past.count > EditLog.limit { edits.past.removeFirst() }
    edits.future = []
  }

  mutating func restore(_ moment: EditLog.Moment) {
    edits.edits = moment.edits
    step = moment.step
    if editor != nil { editor?.row = moment.cursor ?? moment.step }
    recommendation = 0
    why.lookElsewhere()
  }
}

/// The lines below the panes: the edits as the command line takes them, and what the search for the
/// smallest set says.
enum EditLine {
  /// Rows that the panes keep in any case, with header and footer.
  private static let leastRows = 7

  /// How many rows the lines take of a screen.
  static func rows(of state: State) -> Int {
    guard Layout.form(for: state.size) != .message else { return 0 }
    let edits = state.editor != nil || !state.edits.edits.isEmpty ? 1 : 0
    return max(0, min(edits + sentenceRows(of: state), state.size.rows - leastRows))
  }

  private static func sentenceRows(of state: State) -> Int {
    guard state.seeksSmallest else { return 0 }
    return state.size.columns >= 130 ? 1 : state.size.columns >= 60 ? 2 : 3
  }

  static func draw(_ state: State, _ scene: Scene, on layout: Layout, in frame: inout Frame) {
    guard state.tour == nil else { return }
    var room = Rect(frame.canvas.size).dropFirst(rows: layout.size.rows)
      .inset(columns: layout.form == .single ? 0 : 1, rows: 0)
    if let smallest = scene.whatIf?.smallest, state.seeksSmallest {
      let rows = min(sentenceRows(of: state), room.rows)
      let lines = frame.words.fill(smallest.sentence(frame.glyphs)).wrapped(
        to: max(1, room.columns - 1))
      for row in 0..<min(rows, lines.count) {
        let isCut = row == rows - 1 && lines.count > rows
        frame.put(
          isCut ? lines[row...].joined(separator: " ") : lines[row], room.line(row), at: 1,
          style: Style(smallest.outcome == nil ? .muted : .text))
      }
      room = room.dropFirst(rows: rows)
    }
    guard !room.isEmpty else { return }
    drawEdits(
      scene.whatIf?.edited?.edits ?? state.edits.edits, hasKeys: state.overlay == nil,
      in: room.line(0), &frame)
  }

  private static func drawEdits(
    _ edits: [Edit], hasKeys: Bool, in line: Rect, _ frame: inout Frame
  ) {
    let start = line.columns >= 30 ? 7 : 1
    if start > 1 { frame.put("Edits", line, at: 1, style: Style(.title)) }
    guard !edits.isEmpty else {
      frame.put("none yet; the model answers at once", line, at: start, style: Style(.muted))
      return
    }
    let hint = "u undo  y copy "
    let hasHint = hasKeys && line.columns >= 60
    let width = line.columns - start - (hasHint ? hint.columns + 1 : 0)
    var texts = edits.map(\.text)
    // Of a long list the end is what was just done.
    var dropped = false
    func text() -> String { (dropped ? frame.glyphs.ellipsis : "") + texts.joined(separator: ",") }
    while texts.count > 1, text().columns > width {
      texts.removeFirst()
      dropped = true
    }
    frame.put(text(), line, at: start, columns: width, style: Style(.match))
    if hasHint {
      frame.put(
        hint, line, at: line.columns - hint.columns, columns: hint.columns, style: Style(.muted))
    }
  }
}
