extension Explorer {
  /// Whether what the keys go to has rows to go to.
  @Sendable
  static func hasRows(_ state: State, _ scene: Scene) -> Bool {
    state.overlay?.canMove(state, scene) ?? true
  }

  /// Whether the selected row of the list on top does something.
  @Sendable
  static func canChoose(_ state: State, _ scene: Scene) -> Bool {
    state.overlay?.canChoose(state, scene) ?? false
  }
}
