extension Context {
  /// A list of items to choose from, one after the other.
  static let ownItems = Context("own-items", "{items} of an own {user}", unbound: .typed)
  static let naming = Context("naming", "a name", unbound: .typed)
}

extension Command {
  /// Types items for the own user that is looked at, else for a new one.
  static let ownUser = Command("own-user")
  static let anotherOwnUser = Command("another-own-user")
}

/// Users made here.
enum OwnUsersView: ExplorerView {
  static let bindings: [Binding] = [
    Binding(
      ["n"], .ownUser, "own {items}",
      "Type {items} of your own, or continue an own {user}.",
      does: { Explorer.typeItems(&$1.state, $2, isNew: false) }),
    Binding(
      ["N"], .anotherOwnUser, "new {user}", "Type {items} for another {user} of your own.",
      footer: false, does: { Explorer.typeItems(&$1.state, $2, isNew: true) }),
    Binding(
      [.enter], .choose, in: [.ownItems], "add",
      "Add the selected {item}; Backspace removes the last.", when: Explorer.canChoose,
      does: Explorer.choose),
    Binding(
      [.escape], .close, in: [.ownItems], "done",
      "Close the list; a new {user} is asked for a name.", does: { Explorer.close(&$1, $2) }),
    Binding(
      [.enter, .escape], .close, in: [.naming], "keep name",
      "Keep the name; if empty, the proposed one.", does: { Explorer.close(&$1, $2) }),
  ]
}

/// Users made here: their items, their names, and their end.
extension Explorer {
  /// Opens the list of items for the own user that is looked at, or for a new one.
  static func typeItems(_ state: inout State, _ scene: Scene, isNew: Bool) {
    let place = state.user.map { $0 - scene.model.userCount } ?? -1
    // Edits count the steps that are about to change.
    state.edits.leaveUser()
    state.editor = nil
    let known = !isNew && state.own.indices.contains(place) ? state.own[place].name : nil
    let own = CatalogueSearch.OwnHistory(
      name: known ?? OwnUser.freeName(among: state.own), isNew: known == nil,
      userBefore: state.user, stepBefore: state.step)
    open(CatalogueSearch(purpose: .add(own)), in: &state)
    if known == nil { take(nil, in: &state, step: 0) }
  }

  /// Adds an item to those of an own user, and shows what the model makes of it.
  static func add(
    _ item: CatalogueItem, to own: CatalogueSearch.OwnHistory, on next: inout Transition,
    _ scene: Scene
  ) {
    if let place = next.state.own.firstIndex(where: { $0.name == own.name }) {
      next.state.own[place].items.append(item.token)
    } else {
      next.state.own.append(OwnUser(name: own.name, items: [item.token]))
    }
    next.state.overlay = CatalogueSearch(purpose: .add(own))
    show(own, on: &next, scene)
  }

  /// Takes the last item away; a user without items is gone.
  static func removeLastItem(
    of own: CatalogueSearch.OwnHistory, on next: inout Transition, _ scene: Scene
  ) {
    guard let place = next.state.own.firstIndex(where: { $0.name == own.name }) else { return }
    next.state.own[place].items.removeLast()
    if next.state.own[place].items.isEmpty { next.state.own.remove(at: place) }
    show(own, on: &next, scene)
  }

  private static func show(
    _ own: CatalogueSearch.OwnHistory, on next: inout Transition, _ scene: Scene
  ) {
    let place = next.state.own.firstIndex { $0.name == own.name }
    take(
      place.map { scene.model.userCount + $0 }, in: &next.state,
      step: place.map { next.state.own[$0].items.count - 1 } ?? 0)
    next.effects.append(.keep)
  }

  /// The items are typed; a new user is asked for a name.
  static func leave(
    _ own: CatalogueSearch.OwnHistory, on next: inout Transition, _ scene: Scene
  ) {
    if !next.state.own.contains(where: { $0.name == own.name }) {
      // Nobody was made; whoever was looked at before is still there, or is the one now gone.
      let last = scene.model.userCount + next.state.own.count
      let before = own.userBefore.flatMap { own.isNew && $0 < last ? $0 : nil }
      take(before, in: &next.state, step: own.stepBefore)
    } else if own.isNew {
      next.state.overlay = NameBox(proposed: own.name)
    }
  }

  /// Deletes the own user that is selected in the list, when asked twice.
  static func deleteUser(_ next: inout Transition, _ scene: Scene) {
    guard var list = next.state.overlay as? UsersMenu,
      let row = scene.users?.selected(by: list.menu)
    else { return }
    let place = row.place - scene.model.userCount
    guard row.isOwn, next.state.own.indices.contains(place) else {
      next.state.toast = Toast(
        "\(row.user) is a {user} of the data; only own ones can be deleted", role: .warning)
      return
    }
    guard next.state.asksToDelete == row.user else {
      next.state.asksToDelete = row.user
      next.state.toast = Toast(
        "Delete \(row.user) and its {items}? Press the key again", role: .warning)
      return
    }
    next.state.asksToDelete = nil
    next.state.own.remove(at: place)
    if case .view(let pinned) = next.state.pin, pinned.user >= row.place { next.state.pin = nil }
    next.effects.append(.keep)
    next.state.toast = Toast("\(row.user) is deleted")
    if let user = next.state.user {
      if user == row.place { take(nil, in: &next.state, step: 0) }
      if user > row.place { next.state.user = user - 1 }
    }
    list.menu.select(list.menu.selection)
    next.state.overlay = scene.model.userCount > 0 || !next.state.own.isEmpty ? list : nil
  }
}

/// The box in which a new own user is named.
struct NameBox: Overlay {
  private(set) var name = TextField()
  /// The name that is kept if nothing is typed.
  let proposed: String

  init(proposed: String) { self.proposed = proposed }

  var context: Context { .naming }

  func draw(_ state: State, _ scene: Scene, on layout: Layout, in frame: inout Frame) {
    let area = Layout.area(columns: 48, rows: 4, on: layout.size)
    let inside = frame.box("A name to find it again", area, on: layout)
    let text = name.text.keepingTail(inside.columns - 1, ellipsis: frame.glyphs.ellipsis)
    frame.put(text + String(frame.glyphs.marks.cursor), inside.line(0), style: Style(.match))
    frame.put("Enter alone: \(proposed)", inside.line(1), style: Style(.muted))
  }

  func type(_ key: Key, on next: inout Explorer.Transition, _ scene: Scene) {
    var typed = self
    if typed.name.take(key) { next.state.overlay = typed }
  }

  /// Keeps the name, unless another own user has it.
  func close(on next: inout Explorer.Transition, _ scene: Scene) {
    let name = name.text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    if !name.isEmpty, name != proposed {
      guard !next.state.own.contains(where: { $0.name == name }) else {
        next.state.toast = Toast("There is an own {user} \(name) already", role: .warning)
        return
      }
      if let place = next.state.own.firstIndex(where: { $0.name == proposed }) {
        next.state.own[place].name = name
        next.effects.append(.keep)
      }
    }
    next.state.overlay = nil
    next.state.toast = Toast("\(name.isEmpty ? proposed : name) is among the {users} now")
  }
}
