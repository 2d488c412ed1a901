import Explanation

extension Command {
  static let compare = Command("compare")
  /// Compares with the second model, or ends it.
  static let compareModels = Command("compare-models")
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
