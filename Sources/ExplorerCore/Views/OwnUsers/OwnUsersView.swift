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

extension Explorer {
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

struct NameBox: Overlay {
  private(set) var name = TextField()
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

package struct OwnUser: Hashable, Codable, Sendable {
  /// What to call the user; no two own users have the same name.
  package internal(set) var name: String
  /// The tokens of the items, the first one watched first.
  ///
  /// Tokens, since they outlive a model; those that a model does not know are not shown to it.
  package internal(set) var items: [String]

  /// The state file of earlier versions has these names.
  private enum CodingKeys: String, CodingKey {
    case name
    case items = "films"
  }

  package init(name: String, items: [String]) {
    self.name = name
    self.items = items
  }

  /// The name for a user that nobody has named: `me`, else `me 2`, `me 3`, ….
  static func freeName(among own: [OwnUser]) -> String {
    let taken = Set(own.map(\.name))
    var number = 1
    while taken.contains(number == 1 ? "me" : "me \(number)") { number += 1 }
    return number == 1 ? "me" : "me \(number)"
  }
}

extension State {
  /// Looks at an own user: at the one that has these items already, else at a new one, whose name
  /// gets a number if it is taken.
  ///
  /// - Parameters:
  ///   - step: the step, from 0; nil for the last.
  ///   - userCount: how many users the data has.
  package mutating func look(at user: OwnUser, step: Int?, userCount: Int) {
    var name = user.name
    var number = 2
    while let other = own.first(where: { $0.name == name }), other.items != user.items {
      name = "\(user.name) \(number)"
      number += 1
    }
    if !own.contains(where: { $0.name == name }) {
      own.append(OwnUser(name: name, items: user.items))
    }
    self.user = own.firstIndex { $0.name == name }.map { userCount + $0 }
    self.step = step ?? user.items.count - 1
  }
}
