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
  /// What was before, the latest last.
  var past: [Moment] = []
  /// What was taken back, the latest last.
  var future: [Moment] = []

  /// As many moments are kept.
  static let limit = 200

  /// The edits as the command line takes them.
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
    case .silence, .boost, .force, .gamma: break
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

  /// Comes back to a moment.
  mutating func restore(_ moment: EditLog.Moment) {
    edits.edits = moment.edits
    step = moment.step
    if editor != nil { editor?.row = moment.cursor ?? moment.step }
    recommendation = 0
    why.lookElsewhere()
  }
}
