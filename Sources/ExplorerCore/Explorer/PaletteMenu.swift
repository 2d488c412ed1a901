/// The list in which any command is found by its words or keys, and a viewer or step is named.
enum PaletteMenu {
  /// One row: what can be done, or why not.
  enum Row {
    case command(Binding)
    case viewer(Int)
    case step(Int)
    case sentence(String)
  }

  /// The viewer that a text names, as in `viewer 42`.
  static func viewerName(in text: String) -> String? { argument(of: "viewer", in: text) }

  /// What a text can mean.
  static func rows(matching text: String, in scene: Scene) -> [Row] {
    if let viewer = scene.namedViewer { return [.viewer(viewer)] }
    let found = commands(matching: text).map(Row.command)
    let words = text.split(separator: " ")
    if let number = argument(of: "step", in: text) ?? number(words) {
      if let row = step(number, in: scene, isCertain: found.isEmpty) { return [row] }
    }
    guard found.isEmpty else { return found }
    if let name = viewerName(in: text) {
      let count = scene.model.viewerCount
      return [
        .sentence(
          count == 0
            ? "There are no viewers: the model was opened without data."
            : "There is no viewer \"\(name)\" among the \(Glyphs.unicode.count(count)).")
      ]
    }
    return [.sentence("No command has these words; viewer ID and step N work, too.")]
  }

  private static func commands(matching text: String) -> [Binding] {
    let words = text.lowercased().split(separator: " ")
    return Bindings.all.filter { binding in
      guard !binding.contexts.isDisjoint(with: [.main, .why]) else { return false }
      guard binding.command != .jump, binding.command != .palette else { return false }
      let keys = binding.keys.flatMap { [$0.label(.unicode), $0.label(.ascii)] }
      // A word alone may be a key.
      if words.count == 1, keys.contains(where: { $0.lowercased() == words[0] }) { return true }
      let texts = [binding.title, binding.help, binding.command.rawValue].map { $0.lowercased() }
      return words.allSatisfy { word in texts.contains { $0.contains(word) } }
    }
  }

  /// The step of a number, or what is wrong with it; nil for words that may be a command.
  private static func step(_ text: String, in scene: Scene, isCertain: Bool) -> Row? {
    guard let viewer = scene.viewer, !viewer.rows.isEmpty else {
      return .sentence("There is no history to step through; v lists the viewers.")
    }
    if let number = Int(text), (1...viewer.rows.count).contains(number) { return .step(number - 1) }
    guard isCertain || text.allSatisfy(\.isNumber) else { return nil }
    return .sentence(
      "There is no step \(text): viewer \(viewer.user) has steps 1 to \(viewer.rows.count).")
  }

  private static func number(_ words: [Substring]) -> String? {
    guard words.count == 1, let word = words.first, word.allSatisfy(\.isNumber) else { return nil }
    return String(word)
  }

  private static func argument(of name: String, in text: String) -> String? {
    let words = text.split(separator: " ", maxSplits: 1)
    guard words.count == 2, words[0].lowercased() == name else { return nil }
    var rest = words[1].drop(while: { $0 == " " })
    while rest.last == " " { rest.removeLast() }
    return rest.isEmpty ? nil : String(rest)
  }

  private static func area(on size: Size) -> Rect {
    Rect(size).centred(columns: min(84, max(20, size.columns - 4)), rows: max(6, size.rows - 6))
  }

  /// How many rows of the list are seen at once.
  static func height(on size: Size) -> Int { area(on: size).inset(columns: 2, rows: 1).rows - 1 }

  static func draw(_ menu: Menu, _ scene: Scene, on layout: Layout, in frame: inout Frame) {
    let list = MenuBox.draw(
      "Command", menu, hint: "type words or a key, viewer ID, step N", area(on: layout.size),
      layout, &frame)
    let rows = rows(matching: menu.filter.text, in: scene)
    let window = ListWindow.rows(of: rows.count, height: list.rows, showing: menu.selection)
    for (place, index) in window.enumerated() {
      let line = list.line(place)
      let (keys, text): ([Key], String) =
        switch rows[index] {
        case .command(let binding): (binding.keys, binding.help)
        case .viewer(let viewer):
          (
            [.enter],
            "Go to viewer \(viewerName(in: menu.filter.text) ?? ""),"
              + " \(scene.model.historyLengths[viewer]) interactions."
          )
        case .step(let step): ([.enter], "Go to step \(step + 1) of \(Explorer.stepCount(scene)).")
        case .sentence(let sentence): ([], sentence)
        }
      guard !keys.isEmpty else {
        for (offset, part) in text.wrapped(to: list.columns).enumerated() {
          frame.put(part, list.line(place + offset), style: Style(.warning))
        }
        continue
      }
      HelpMenu.drawRow(keys, text, isSelected: index == menu.selection, in: line, frame: &frame)
      frame.onClick(line, .chooseRow(index))
    }
  }

  /// Does what the selected row says; where that is nothing, the list stays open.
  static func choose(_ menu: Menu, on next: inout Explorer.Transition, _ scene: Scene) {
    let rows = rows(matching: menu.filter.text, in: scene)
    guard rows.indices.contains(menu.selection) else { return }
    switch rows[menu.selection] {
    case .sentence: return
    case .command(let binding):
      next.state.overlay = nil
      Explorer.perform(binding.command, on: &next, scene)
    case .viewer(let viewer):
      next.state.overlay = nil
      Explorer.take(viewer, in: &next.state, step: scene.model.historyLengths[viewer] - 2)
    case .step(let step):
      next.state.overlay = nil
      Explorer.stop(&next.state)
      Explorer.go(to: step, in: &next.state, scene)
    }
  }
}
