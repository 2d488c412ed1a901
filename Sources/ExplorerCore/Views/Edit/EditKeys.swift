extension Context {
  /// The panes, while the history and what is read are edited.
  static let edit = Context("edit", "editing", unbound: .named)
}

extension Command {
  package static let edit = Command("edit")
  static let editDelete = Command("edit-delete")
  static let editInsert = Command("edit-insert")
  static let editInsertBefore = Command("edit-insert-before")
  static let editReplace = Command("edit-replace")
  static let editMoveUp = Command("edit-move-up")
  static let editMoveDown = Command("edit-move-down")
  static let editCut = Command("edit-cut")
  static let silence = Command("silence")
  static let boostMore = Command("boost-more")
  static let boostLess = Command("boost-less")
  static let force = Command("force")
  static let gammaMore = Command("gamma-more")
  static let gammaLess = Command("gamma-less")
  static let undo = Command("undo")
  static let redo = Command("redo")
  static let dropEdits = Command("drop-edits")
  /// Looks for the smallest set behind the selected recommendation, or stops.
  static let smallestSet = Command("smallest-set")
  static let applySmallest = Command("apply-smallest")
}

enum EditView: ExplorerView {
  private static let toggle: Binding.Handler = { Explorer.toggleEditor(&$1.state, $2) }
  private static let undo: Binding.Handler = { command, next, _ in
    Explorer.undo(command, in: &next.state)
  }

  static let openers: [Binding] = [
    Binding(
      ["e"], .edit, "edit", "What if: edit this history and what is read, in place.",
      when: Binding.hasUser, does: toggle)
  ]

  static let bindings: [Binding] = [
    Binding(
      ["d", .delete], .editDelete, in: [.edit], "delete", "Delete the step.", does: Explorer.edit),
    Binding(
      ["a"], .editInsert, in: [.edit], "insert",
      "Insert {a item} after the step; type to search, tried at once.", does: Explorer.edit),
    Binding(
      ["i"], .editInsertBefore, in: [.edit], "before", "Insert {a item} before the step.",
      footer: false, does: Explorer.edit),
    Binding(
      ["r"], .editReplace, in: [.edit], "replace",
      "Replace the step's {item}.", does: Explorer.edit),
    Binding(
      ["K", .shiftUp], .editMoveUp, in: [.edit], "move", "Move the step up.", does: Explorer.edit),
    Binding(
      ["J", .shiftDown], .editMoveDown, in: [.edit], "move", "Move the step down.",
      does: Explorer.edit),
    Binding(
      ["x"], .editCut, in: [.edit], "cut", "Cut: drop the steps after this one.",
      does: Explorer.edit),
    Binding(
      ["s"], .silence, in: [.edit], "silence",
      "Silence the selected relation: weight 0, the others rescaled to 1.", does: Explorer.edit),
    Binding(
      ["+", "="], .boostMore, in: [.edit], "boost",
      "Boost it: its weight times 2, then all rescaled to 1.", does: Explorer.edit),
    Binding(
      ["-"], .boostLess, in: [.edit], "boost",
      "Weaken it: its weight times 1/2, then all rescaled to 1.", does: Explorer.edit),
    Binding(
      ["f"], .force, in: [.edit], "force", "Force all attention onto it, or release it.",
      does: Explorer.edit),
    Binding(
      [">"], .gammaMore, in: [.edit], "gamma",
      "Double gamma: the softmax is computed again, sharper.", footer: false, does: Explorer.edit),
    Binding(
      ["<"], .gammaLess, in: [.edit], "gamma",
      "Halve gamma: the softmax is computed again, flatter.", footer: false, does: Explorer.edit),
    Binding(
      ["u"], .undo, in: [.main, .edit], "undo", "Undo.", footer: false,
      when: { state, _ in !state.edits.past.isEmpty }, does: undo),
    Binding(
      ["U", .control("r")], .redo, in: [.main, .edit], "redo",
      "Redo.", footer: false,
      when: { state, _ in !state.edits.future.isEmpty }, does: undo),
    Binding(
      ["R"], .dropEdits, in: [.edit], "drop all", "Drop all edits; u brings them back.",
      footer: false, when: { state, _ in !state.edits.edits.isEmpty }, does: undo),
    Binding(
      ["S"], .smallestSet, in: [.main, .edit], "smallest set",
      "Smallest set of {items} whose removal drops it from the top 10.", footer: false,
      when: Binding.hasUser, does: { Explorer.toggleSmallest(&$1.state, $2) }),
    Binding(
      ["A"], .applySmallest, in: [.main, .edit], "take out",
      "Remove that smallest set from the history, as an edit.", footer: false,
      when: { _, scene in
        if case .found? = scene.whatIf?.smallest?.outcome { true } else { false }
      }, does: { Explorer.applySmallest(&$1.state, $2) }),
    Binding(
      [.escape, "e", "q"], .edit, in: [.edit], "done", "Stop editing; the edits stay.",
      does: toggle),
  ]

  static func legend(_ words: Terminology, _ glyphs: Glyphs) -> [Legend.Entry] {
    func entry(_ sign: String, _ names: String, _ text: String) -> Legend.Entry {
      Legend.Entry(sign, names, text, in: [.edits])
    }
    let marks = glyphs.marks
    return [
      entry("+ = >", "edit inserted replaced moved", "Edit: a step put in, replaced or moved."),
      entry(
        "moved", "edit rank change \(marks.up) \(marks.down) \(marks.separator)",
        "Edit: ranks gained or lost against the history as it was, at the step with the same future."
      ),
      entry("before", "edit score", "Edit: the score without the edits."),
      entry(
        "new gone", "edit first ten",
        "Edit: come into the first ten, or gone from them, by the edits."),
      entry(
        "@", "edit patched slot activation patching",
        "Edit: the memory of this relation is read from A, the pinned side of a comparison."),
      entry(
        "- + <", "edit silenced boosted damped forced relation",
        "Edit: a relation that is silenced (-), boosted (+), or read less (<)."),
    ]
  }
}
