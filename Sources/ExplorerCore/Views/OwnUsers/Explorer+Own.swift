/// Viewers made here: their films, their names, and their end.
extension Explorer {
  /// Opens the list of films for the own viewer that is looked at, or for a new one.
  static func typeFilms(_ state: inout State, _ scene: Scene, isNew: Bool) {
    let place = state.viewer.map { $0 - scene.model.viewerCount } ?? -1
    // Edits count the steps that are about to change.
    state.edits.leaveViewer()
    state.editor = nil
    let known = !isNew && state.own.indices.contains(place) ? state.own[place].name : nil
    open(
      .films(
        FilmEditor(
          name: known ?? OwnViewer.freeName(among: state.own), isNew: known == nil,
          before: (state.viewer, state.step))),
      in: &state)
    if known == nil { take(nil, in: &state, step: 0) }
  }

  /// Adds the selected film to those of the viewer, and shows what the model makes of it.
  static func addFilm(_ next: inout Transition, _ scene: Scene) {
    guard case .films(var editor) = next.state.overlay, let found = scene.films?.found,
      found.indices.contains(editor.menu.selection)
    else { return }
    let film = found[editor.menu.selection]
    if let place = next.state.own.firstIndex(where: { $0.name == editor.name }) {
      next.state.own[place].films.append(film.token)
    } else {
      next.state.own.append(OwnViewer(name: editor.name, films: [film.token]))
    }
    editor.menu = Menu()
    next.state.overlay = .films(editor)
    show(editor, on: &next, scene)
  }

  /// Takes the last film away; a viewer without films is gone.
  static func removeLastFilm(_ next: inout Transition, _ scene: Scene) {
    guard case .films(let editor) = next.state.overlay,
      let place = next.state.own.firstIndex(where: { $0.name == editor.name })
    else { return }
    next.state.own[place].films.removeLast()
    if next.state.own[place].films.isEmpty { next.state.own.remove(at: place) }
    show(editor, on: &next, scene)
  }

  private static func show(_ editor: FilmEditor, on next: inout Transition, _ scene: Scene) {
    let place = next.state.own.firstIndex { $0.name == editor.name }
    take(
      place.map { scene.model.viewerCount + $0 }, in: &next.state,
      step: place.map { next.state.own[$0].films.count - 1 } ?? 0)
    next.effects.append(.keep)
  }

  /// Closes what lies on top; a new viewer is asked for a name first.
  static func close(_ next: inout Transition, _ scene: Scene) {
    switch next.state.overlay {
    case .films(let editor):
      next.state.overlay = nil
      if !next.state.own.contains(where: { $0.name == editor.name }) {
        // Nobody was made; whoever was looked at before is still there, or is the one now gone.
        let last = scene.model.viewerCount + next.state.own.count
        let before = editor.before.viewer.flatMap { editor.isNew && $0 < last ? $0 : nil }
        take(before, in: &next.state, step: editor.before.step)
      } else if editor.isNew {
        next.state.overlay = .naming(NameEntry(proposed: editor.name))
      }
    case .naming(let entry): keepName(entry, on: &next)
    default: next.state.overlay = nil
    }
  }

  private static func keepName(_ entry: NameEntry, on next: inout Transition) {
    let name = entry.name.text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    if !name.isEmpty, name != entry.proposed {
      guard !next.state.own.contains(where: { $0.name == name }) else {
        next.state.toast = Toast("There is an own viewer \(name) already", role: .warning)
        return
      }
      if let place = next.state.own.firstIndex(where: { $0.name == entry.proposed }) {
        next.state.own[place].name = name
        next.effects.append(.keep)
      }
    }
    next.state.overlay = nil
    next.state.toast = Toast("\(name.isEmpty ? entry.proposed : name) is among the viewers now")
  }

  /// Deletes the own viewer that is selected in the list, when asked twice.
  static func deleteViewer(_ next: inout Transition, _ scene: Scene) {
    guard case .viewers(var menu) = next.state.overlay,
      let row = scene.viewers?.selected(by: menu)
    else { return }
    let place = row.viewer - scene.model.viewerCount
    guard row.isOwn, next.state.own.indices.contains(place) else {
      next.state.toast = Toast(
        "\(row.user) is a viewer of the data; only own ones can be deleted", role: .warning)
      return
    }
    guard next.state.asksToDelete == row.user else {
      next.state.asksToDelete = row.user
      next.state.toast = Toast(
        "Delete \(row.user) and its films? The same key again deletes", role: .warning)
      return
    }
    next.state.asksToDelete = nil
    next.state.own.remove(at: place)
    if case .view(let pinned) = next.state.pin, pinned.viewer >= row.viewer { next.state.pin = nil }
    next.effects.append(.keep)
    next.state.toast = Toast("\(row.user) is deleted")
    if let viewer = next.state.viewer {
      if viewer == row.viewer { take(nil, in: &next.state, step: 0) }
      if viewer > row.viewer { next.state.viewer = viewer - 1 }
    }
    menu.viewer = nil
    next.state.overlay =
      scene.model.viewerCount > 0 || !next.state.own.isEmpty ? .viewers(menu) : nil
  }
}
