extension Command {
  /// Pins what is on the screen and compares, or ends the comparison.
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
