extension Context {
  /// A list of films to choose from, one after the other.
  static let films = Context("films", "films of an own viewer", unbound: .typed)
  static let naming = Context("naming", "a name", unbound: .typed)
}

extension Command {
  /// Types films for the own viewer that is looked at, else for a new one.
  static let ownViewer = Command("own-viewer")
  static let anotherOwnViewer = Command("another-own-viewer")
}

/// Viewers made here.
enum OwnUsersView: ExplorerView {
  static let bindings: [Binding] = [
    Binding(
      ["n"], .ownViewer, "own films",
      "Type films of your own, or go on with those of an own viewer.",
      does: { Explorer.typeFilms(&$1.state, $2, isNew: false) }),
    Binding(
      ["N"], .anotherOwnViewer, "new viewer", "Type films for another viewer of your own.",
      footer: false, does: { Explorer.typeFilms(&$1.state, $2, isNew: true) }),
    Binding(
      [.enter], .choose, in: [.films], "add",
      "Add the selected film; Backspace takes the last away.", when: Explorer.canChoose,
      does: Explorer.choose),
    Binding(
      [.escape], .close, in: [.films], "done",
      "Close the films; a new viewer is asked for a name.", does: { Explorer.close(&$1, $2) }),
    Binding(
      [.enter, .escape], .close, in: [.naming], "keep name",
      "Keep the name; without one, the name proposed.", does: { Explorer.close(&$1, $2) }),
  ]
}
