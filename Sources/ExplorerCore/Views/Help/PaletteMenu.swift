/// The list in which any command is found by its words or keys, and a viewer or step is named.
enum PaletteMenu {
  /// One row: what can be done, or why not.
  enum Row {
    case command(Binding)
    case sign(Legend.Entry)
    case viewer(Scene.NamedViewer)
    case step(Int)
    case sentence(String)
  }

  /// The viewer that a text names, as in `viewer 42`.
  static func viewerName(in text: String) -> String? { argument(of: "viewer", in: text) }

  /// What a text can mean.
  static func rows(
    matching text: String, _ state: State, in scene: Scene, _ words: Words = .terms(.unicode),
    _ glyphs: Glyphs = .unicode
  ) -> [Row] {
    if let viewer = scene.namedViewer { return [.viewer(viewer)] }
    let commands = commands(matching: text, state, scene).map(Row.command)
    let found = commands + signs(matching: text, state, words, glyphs)
    let parts = text.split(separator: " ")
    if let number = argument(of: "step", in: text) ?? number(parts) {
      if let row = step(number, in: scene, isCertain: commands.isEmpty) { return [row] }
    }
    guard found.isEmpty else { return found }
    if let name = viewerName(in: text) {
      let count = scene.model.viewerCount + state.own.count
      return [
        .sentence(
          count == 0
            ? "There are no viewers: the model was opened without data."
            : "There is no viewer \"\(name)\" among the \(Glyphs.unicode.count(count)).")
      ]
    }
    return [.sentence("No command has these words; viewer ID and step N work, too.")]
  }

  /// The signs of the screen that the words speak of; all of them are in the help.
  private static func signs(
    matching text: String, _ state: State, _ words: Words, _ glyphs: Glyphs
  ) -> [Row] {
    guard !text.allSatisfy(\.isWhitespace), viewerName(in: text) == nil else { return [] }
    return Legend.entries(matching: text, words, glyphs, first: state.focus).map(Row.sign)
  }

  private static func commands(
    matching text: String, _ state: State, _ scene: Scene
  ) -> [Binding] {
    let words = text.lowercased().split(separator: " ")
    var closed = state
    closed.overlay = nil
    return Bindings.all.filter { binding in
      guard !binding.contexts.isDisjoint(with: [.main, .why]), binding.command != .jump,
        binding.command != .palette, binding.isOffered(closed, scene)
      else { return false }
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
    Layout.area(columns: 84, rows: size.rows < 20 ? size.rows : size.rows - 6, on: size)
  }

  /// How many rows of the list are seen at once.
  static func height(on size: Size) -> Int {
    HelpRows.split(area(on: size).inset(columns: 2, rows: 1).dropFirst(rows: 1)).list.rows
  }

  static func draw(
    _ menu: Menu, _ state: State, _ scene: Scene, on layout: Layout, in frame: inout Frame
  ) {
    let area = area(on: layout.size)
    let room = MenuBox.draw(
      "Command", menu, hint: "type words, a key, a sign, viewer ID, step N", area, layout, &frame)
    let rows = rows(matching: menu.filter.text, state, in: scene, frame.words, frame.glyphs)
    MenuBox.drawPlace(menu.selection, of: rows.count, on: area, &frame)
    let (list, below) = HelpRows.split(room)
    let window = ListWindow.rows(of: rows.count, height: list.rows, showing: menu.selection)
    for (place, index) in window.enumerated() {
      let line = list.line(place)
      let isSelected = index == menu.selection
      let enter = Key.enter.label(frame.glyphs)
      switch rows[index] {
      case .command(let binding):
        HelpRows.draw(.binding(binding), isSelected: isSelected, in: line, &frame)
      case .sign(let entry):
        HelpRows.draw(.sign(entry), isSelected: isSelected, in: line, &frame)
      case .viewer(let viewer):
        HelpRows.draw(
          enter, viewer.sentence, role: .key, isSelected: isSelected, in: line, &frame)
      case .step(let step):
        HelpRows.draw(
          enter, "Go to step \(step + 1) of \(Explorer.stepCount(scene)).", role: .key,
          isSelected: isSelected, in: line, &frame)
      case .sentence(let sentence):
        for (offset, part) in sentence.wrapped(to: list.columns).enumerated() {
          frame.put(part, list.line(place + offset), style: Style(.warning))
        }
        continue
      }
      if isSelected { HelpRows.drawText(text(of: rows[index]), below: list, in: below, &frame) }
      frame.onClick(line, .chooseRow(index))
    }
  }

  /// What is said of a row at more length.
  private static func text(of row: Row) -> String {
    switch row {
    case .command(let binding): binding.help
    case .sign(let entry): entry.text
    case .viewer(let viewer): viewer.sentence
    case .step, .sentence: ""
    }
  }

  /// Does what the selected row says; where that is nothing, the list stays open.
  static func choose(_ menu: Menu, on next: inout Explorer.Transition, _ scene: Scene) {
    let rows = rows(matching: menu.filter.text, next.state, in: scene)
    guard rows.indices.contains(menu.selection) else { return }
    switch rows[menu.selection] {
    case .sentence, .sign: return
    case .command(let binding):
      next.state.overlay = nil
      Explorer.perform(binding.command, on: &next, scene)
    case .viewer(let viewer):
      next.state.overlay = nil
      Explorer.take(viewer.place, in: &next.state, step: viewer.lastStep)
    case .step(let step):
      next.state.overlay = nil
      Explorer.stop(&next.state)
      Explorer.go(to: step, in: &next.state, scene)
    }
  }
}
