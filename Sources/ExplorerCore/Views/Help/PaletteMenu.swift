import Workspace

/// The list in which any command is found by its words or keys, and a user or step is named.
struct PaletteMenu: CommandList {
  var menu = Menu()

  var context: Context { .menu }
  func hint(_ state: State, _ scene: Scene) -> String {
    "type words, a key, a sign, {user} ID, step N"
  }
  func title(_ state: State, _ scene: Scene, width: Int, _ glyphs: Glyphs) -> String { "Command" }
  func area(on layout: Layout) -> Rect {
    let size = layout.size
    return Layout.area(columns: 84, rows: size.rows < 20 ? size.rows : size.rows - 6, on: size)
  }

  /// The user that the text names, as in `user 42`, or with the noun of the data set.
  func userName(_ nouns: Nouns) -> String? {
    ["user", "viewer", nouns.user.one.lowercased()].lazy.compactMap { argument(of: $0) }.first
  }

  /// The number of the step that the text names, as in `step 7` or `7`.
  private var stepNumber: String? {
    let words = menu.filter.text.split(separator: " ")
    return argument(of: "step")
      ?? (words.count == 1 && words[0].allSatisfy(\.isNumber) ? String(words[0]) : nil)
  }

  private func argument(of name: String) -> String? {
    let words = menu.filter.text.split(separator: " ", maxSplits: 1)
    guard words.count == 2, words[0].lowercased() == name else { return nil }
    var rest = words[1].drop(while: { $0 == " " })
    while rest.last == " " { rest.removeLast() }
    return rest.isEmpty ? nil : String(rest)
  }

  func rows(_ state: State, _ scene: Scene, _ words: Terminology, _ glyphs: Glyphs) -> [CommandRow]
  {
    found(state, scene, words, glyphs).rows
  }

  func empty(_ state: State, _ scene: Scene, width: Int) -> [(text: String, role: Role)] {
    let words = Terminology.of(.unicode, isPlain: false, scene.model.nouns)
    return words.fill(found(state, scene, words, .unicode).sentence).wrapped(to: width)
      .map { ($0, .warning) }
  }

  /// What the text can mean, or why it means nothing.
  private func found(
    _ state: State, _ scene: Scene, _ words: Terminology, _ glyphs: Glyphs
  ) -> (rows: [CommandRow], sentence: String) {
    if let user = scene.namedUser { return ([.user(user)], "") }
    let commands = commands(state, scene)
    if let number = stepNumber {
      let steps = scene.user?.rows.count ?? 0
      if let step = Int(number), (1...max(1, steps)).contains(step), steps > 0 {
        return ([.step(step - 1, of: steps)], "")
      }
      if commands.isEmpty || number.allSatisfy(\.isNumber) || steps == 0 {
        return ([], noStep(number, scene))
      }
    }
    let signs = signs(state, words, glyphs)
    return (
      commands.map(CommandRow.command) + signs.map(CommandRow.sign),
      userName(words.nouns).map { noUser($0, state, scene) }
        ?? "No command has these words; {user} ID and step N work, too."
    )
  }

  private func noStep(_ number: String, _ scene: Scene) -> String {
    guard let user = scene.user, !user.rows.isEmpty else {
      return "There is no history to step through; v lists the {users}."
    }
    return "There is no step \(number): {user} \(user.name) has steps 1 to \(user.rows.count)."
  }

  private func noUser(_ name: String, _ state: State, _ scene: Scene) -> String {
    let count = scene.model.userCount + state.own.count
    return count == 0
      ? "There are no {users}: the model was opened without data."
      : "There is no {user} \"\(name)\" among the \(Glyphs.unicode.count(count))."
  }

  /// The signs of the screen that the words speak of; all of them are in the help.
  private func signs(_ state: State, _ words: Terminology, _ glyphs: Glyphs) -> [Legend.Entry] {
    let text = menu.filter.text
    guard !text.allSatisfy(\.isWhitespace), userName(words.nouns) == nil else { return [] }
    return Legend.entries(matching: text, words, glyphs, first: Legend.places(state))
  }

  private func commands(_ state: State, _ scene: Scene) -> [Binding] {
    let words = menu.filter.text.lowercased().split(separator: " ")
    var closed = state
    closed.overlay = nil
    return Bindings.all.filter { binding in
      guard !binding.contexts.isDisjoint(with: [.main, .why]), binding.command != .jump,
        binding.command != .palette, binding.isOffered(closed, scene)
      else { return false }
      let keys = binding.keys.flatMap { [$0.label(.unicode), $0.label(.ascii)] }
      // A word alone may be a key.
      if words.count == 1, keys.contains(where: { $0.lowercased() == words[0] }) { return true }
      return words.allSatisfy { binding.mentions($0, scene.model.nouns) }
    }
  }

  func canChoose(_ row: CommandRow) -> Bool { if case .sign = row { false } else { true } }

  /// Does what the selected row says; where that is nothing, the list stays open.
  func choose(_ row: CommandRow, on next: inout Explorer.Transition, _ scene: Scene) {
    guard canChoose(row) else { return }
    next.state.overlay = nil
    switch row {
    case .sign: break
    case .command(let binding): Explorer.perform(binding.command, on: &next, scene)
    case .user(let user): Explorer.take(user.place, in: &next.state, step: user.lastStep)
    case .step(let step, _):
      Explorer.stop(&next.state)
      Explorer.go(to: step, in: &next.state, scene)
    }
  }
}

// MARK: Content

struct NamedUser: Sendable, Equatable {
  /// The place among the users of the data, then those made here.
  let place: Int
  let name: String
  let count: Int
  let isOwn: Bool

  /// Where to begin: an own history has nothing after its end, others show what came next.
  var lastStep: Int { max(0, count - (isOwn ? 1 : 2)) }

  var sentence: String {
    "Go to \(isOwn ? "own {user}" : "{user}") \(name), \(count) interactions."
  }
}

extension Scene {
  var namedUser: NamedUser? { self[NamedUser.self] }
}

extension PaletteMenu {
  func compose(_ scene: inout Scene, _ selection: Selection) {
    guard let name = userName(selection.cache.session.model.nouns) else { return }
    scene[NamedUser.self] = selection.cache.namedUser(name, among: selection.state.own)
  }
}

extension SceneCache {
  /// The user of a name: one of the data, else one made here; else one whose name differs by case
  /// or accents only.
  fileprivate func namedUser(_ name: String, among own: [OwnUser]) -> NamedUser? {
    func find(_ isIt: (String) -> Bool) -> NamedUser? {
      if let place = session.users.firstIndex(where: { isIt($0.user) }) {
        let user = session.users[place]
        return .init(place: place, name: user.user, count: user.count, isOwn: false)
      }
      return own.firstIndex { isIt($0.name) }.map {
        .init(
          place: session.users.count + $0, name: own[$0].name, count: own[$0].items.count,
          isOwn: true)
      }
    }
    return find { $0 == name } ?? find { $0.searchable == name.searchable }
  }
}
