import Explanation

extension Command {
  static let compare = Command("compare")
  /// Compares with the second model, or ends it.
  static let compareModels = Command("compare-models")
  /// Reads B with what A holds.
  static let patch = Command("patch")
}

extension CompareView: ExplorerView {
  static let openers: [Binding] = [
    Binding(
      ["c"], .compare, in: [.main, .edit], "compare",
      "Pin this view as A and compare B with it; again ends it.", when: Binding.hasUser,
      does: { Explorer.toggleComparison(&$1.state, $2) }),
    Binding(
      ["C"], .compareModels, in: [.main, .edit], "models",
      "Compare with the second model (--compare); again ends it.", footer: false,
      when: { $1.user != nil && $1.model.comparedName != nil },
      does: { Explorer.toggleModels(&$1.state, $2) }),
  ]

  static let bindings: [Binding] = [
    Binding(
      ["P"], .patch, in: [.main, .edit], "patch",
      "Read B with A's memory of the relation, or with A's GRU state (activation patching).",
      footer: false,
      when: { state, _ in if case .view? = state.pin { true } else { false } },
      does: { Explorer.patch(&$1.state, $2) })
  ]

  static func legend(_ words: Terminology, _ glyphs: Glyphs) -> [Legend.Entry] {
    func entry(_ sign: String, _ names: String, _ text: String) -> Legend.Entry {
      Legend.Entry(sign, names, text, in: [.comparison])
    }
    let marks = glyphs.marks
    return [
      entry(
        "A B", "compare sides pinned live", "Compare: the pinned side, and the one that keys move."),
      entry(
        "B-A", "compare difference attention",
        "Compare: attention of B less that of A; the bar is its size."),
      entry(
        "total variation of \(words.attentionInText)", "compare attention differs distance",
        "Compare: half the sum of all differences: 0 the same attention, 1 none in common."),
      entry(
        words.cosine, "compare cosine slots",
        "Compare: how alike the two sides' memories of the relation are; 1 the same."),
      entry(
        "A holds", "B holds compare slot",
        "Compare: known facts in the memory of the relation, with their weights."),
      entry(
        "\(marks.up)3 \(marks.down)3", "compare moved rank",
        "Compare: how far {a item} of B stands above or below its rank in A."),
      entry(
        "gone only", "compare new lists",
        "Compare: gone: of A's first ten and not of B's. new: the other way. only: A does not know it."
      ),
    ]
  }
}

/// Comparing: a pinned view, or a second model, with the live one.
extension Explorer {
  /// Pins the present view and opens the comparison, or ends it.
  static func toggleComparison(_ state: inout State, _ scene: Scene) {
    guard state.pin == nil else { return endComparison(&state) }
    guard let user = state.user, let step = scene.step else {
      state.toast = Toast("There is nothing to compare; v lists {users}, n makes one")
      return
    }
    state.pin = .view(
      PinnedView(user: user, step: step.step, edits: state.edits.edits))
    beginComparison(&state)
    state.toast = Toast("Pinned as A; B goes on with your keys, c ends the comparison")
  }

  /// Compares with the second model, or ends it.
  static func toggleModels(_ state: inout State, _ scene: Scene) {
    guard state.pin != .model else { return endComparison(&state) }
    guard scene.model.comparedName != nil else {
      state.toast = Toast(
        "No second model is open: ksr-tui --compare MODEL opens one; c compares steps and {users}",
        role: .warning)
      return
    }
    state.pin = .model
    beginComparison(&state)
  }

  /// Reads the live side with the pinned one's slot of the selected relation, or its GRU state, or
  /// gives back what is its own: one more edit.
  static func patch(_ state: inout State, _ scene: Scene) {
    guard case .view(let pinned)? = state.pin, let user = scene.pinnedUser else { return }
    guard pinned.user < scene.model.userCount else {
      state.toast = Toast(
        "A is a {user} of your own; only {users} of the data lend what they hold", role: .warning)
      return
    }
    let pin = PinRequest(user: user, step: pinned.step, script: EditScript(pinned.edits)).text
    let moment = state.moment
    let (edit, name): (Edit, String)
    if state.focus == .memory, let slot = scene.selectedSlot,
      scene.model.relationTokens.indices.contains(slot)
    {
      edit = .patchSlot(relation: scene.model.relationTokens[slot], from: pin)
      name = "memory of \(scene.model.relationNames[slot])"
      state.slot = slot
    } else {
      (edit, name) = (.patchState(from: pin), "GRU state")
    }
    if state.edits.edits.contains(edit) {
      state.edits.edits.removeAll { $0 == edit }
      state.toast = Toast("B is read with its own \(name) again")
    } else {
      // One GRU state, and one slot of a relation, is read at a time.
      state.edits.edits.removeAll {
        switch ($0, edit) {
        case (.patchState, .patchState): true
        case (.patchSlot(let a, _), .patchSlot(let b, _)): a == b
        default: false
        }
      }
      state.edits.append(edit)
      state.toast = Toast("B is read with A's \(name); P gives it back")
    }
    state.remember(moment)
    state.recommendation = 0
    state.why.lookElsewhere()
  }

  static func beginComparison(_ state: inout State) {
    stop(&state)
    state.showsWhy = false
    // On a small screen the focus says what is seen.
    if Layout.form(for: state.size) == .single || state.focus == .gruState || state.focus == .why {
      state.focus = .recommendations
    }
  }

  static func endComparison(_ state: inout State) { state.pin = nil }
}

extension State {
  /// The state in which the second model is compared with the first.
  package func comparingModels() -> State {
    var state = self
    state.pin = .model
    Explorer.beginComparison(&state)
    return state
  }
}
