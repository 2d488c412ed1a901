import Explanation

extension Context {
  /// The pane of reasons; keys that mean nothing of their own here mean what they mean in the panes.
  static let why = Context("why", "why", unbound: .named)
}

extension Command {
  package static let why = Command("why")
  static let whyItem = Command("why-item")
  static let whyOver = Command("why-over")
  /// Compares with the average item, with the rivals or with nothing.
  static let whyContrast = Command("why-contrast")
  static let whyGroup = Command("why-group")
  static let whyDrill = Command("why-look-into")
  /// Orders the steps by another column.
  static let whyOrder = Command("why-order")
  /// Marks steps that are to be left out together.
  static let whyMark = Command("why-leave-out")
  /// Runs the model without the marked or selected steps, or without the selected slot.
  static let whyCheck = Command("check-it")
  static let whyZoom = Command("why-zoom")
}

extension WhyPane {
  static let openers: [Binding] = [
    Binding(
      ["w"], .why, in: [.main, .edit], "why", "Explain the selected {item}; again closes it.",
      when: Binding.hasUser,
      does: {
        if $1.state.showsWhy || Explorer.hasHistory(&$1.state, $2) {
          Explorer.toggleWhy(&$1.state)
        }
      })
  ]

  static let bindings: [Binding] = [
    Binding(
      [.enter], .whyDrill, in: [.why], "look into",
      "Drill down into a step, relation or fact; Esc goes back.", when: Binding.hasUser,
      does: Explorer.why),
    Binding(
      ["b"], .whyGroup, in: [.why], "group",
      "Group by step, by relation, by shared facts.", when: Binding.hasUser,
      does: Explorer.why),
    Binding(
      ["s"], .whyOrder, in: [.why], "order",
      "Order steps by removal value, left out alone, written.", when: Binding.hasUser,
      does: Explorer.why),
    Binding(
      ["x"], .whyMark, in: [.why], "leave out",
      "Mark steps to leave out together: their forecast stands below.", when: Binding.hasUser,
      does: Explorer.why),
    Binding(
      ["!"], .whyCheck, in: [.why], "run without",
      "Re-run without the marked or selected steps, or the relation.", when: Binding.hasUser,
      does: Explorer.why),
    Binding(
      ["z"], .whyZoom, in: [.why], "zoom",
      "Show the explanation on the whole screen, or part of it.", when: Binding.hasUser,
      does: Explorer.why),
    Binding(
      ["f"], .whyItem, in: [.why], "any {item}",
      "Explain any {item} of the catalogue.", when: Binding.hasUser,
      does: Explorer.why),
    Binding(
      [.control("f")], .whyItem, in: [.menu], "why any {item}",
      "Search the whole catalogue instead, and explain it.",
      when: { state, scene in
        // Of the lists, only that of the history leads on to the catalogue.
        state.overlay is FindMenu && scene.user != nil
      }, does: Explorer.why),
    Binding(
      ["V"], .whyOver, in: [.why], "over",
      "Choose {a item} as baseline: why this, not that.", when: Binding.hasUser,
      does: Explorer.why),
    Binding(
      ["a"], .whyContrast, in: [.why], "contrast",
      "Baseline: mean {item}, rivals, none.", when: Binding.hasUser,
      does: Explorer.why),
  ]
}

extension WhyPane {
  static func legend(_ words: Terminology, _ glyphs: Glyphs) -> [Legend.Entry] {
    let marks = glyphs.marks
    return [
      Legend.Entry(
        "+ \(marks.minus)", "sign positive negative",
        "What a step or part adds to the score, or takes from it; \(marks.separator) is less"
          + " than .005.", in: [.why]),
      Legend.Entry(
        "removal", "removal value banzhaf left out alone",
        "What log p loses without the step on average, each other step staying with probability .8;"
          + " \(marks.about) while runs still come in. What single steps do not carry, several carry"
          + " together.", in: [.why]),
      Legend.Entry(
        "written", "decomposition sum",
        "What the step wrote into the score: exact parts of it, not what would be missed.",
        in: [.why]),
      Legend.Entry(
        "known facts", "grouped by shared tails",
        "The same sum by facts shared with the item; it need not be how the model sees them.",
        in: [.why]),
      Legend.Entry(
        "sum / cell", "step relation amount",
        "What a step, relation or fact adds to the score over the contrast; a cell is a step's part"
          + " in one relation.", in: [.why]),
      Legend.Entry(
        "rank", "rank without left out",
        "The {item}'s rank once the model has run without the step.",
        in: [.why]),
    ]
  }
}

extension WhyPane {
  /// Presses the keys that lead to what is compared, grouped, looked into and checked.
  static func retrace(_ trail: inout Trail, to state: State, _ scene: Scene) {
    guard state.showsWhy else { return }
    let view = state.why
    trail.openWhy()
    func search(_ command: Command, _ text: String) {
      trail.press(command, in: .why)
      trail.type(text)
      trail.press(.choose, in: .menu)
    }
    if let item = scene.searched.item { search(.whyItem, item) }
    let comparisons = WhyView.Comparison.allCases
    var place = 0
    if let other = scene.searched.other {
      search(.whyOver, other)
      place = comparisons.count - 1
    }
    let target = comparisons.firstIndex(of: view.comparison) ?? 0
    trail.press(
      .whyContrast, times: (target - place + comparisons.count) % comparisons.count, in: .why)
    trail.press(
      .whyOrder, times: StepTable.Order.allCases.firstIndex(of: view.order) ?? 0, in: .why)
    trail.press(
      .whyGroup, times: WhyView.Grouping.allCases.firstIndex(of: view.grouping) ?? 0, in: .why)
    if view.isZoomed { trail.press(.whyZoom, in: .why) }
    guard let why = scene.why else { return }
    // Marks come before what was looked into; the first step is gone back to after them.
    if view.grouping == .steps, !view.marked.isEmpty {
      var top = view
      (top.path, top.marked) = ([], [])
      let places = WhyTable(why, top, scene.model, .terms(.unicode), .unicode).rows.map(\.place)
      var here = 0
      for (row, place) in places.enumerated() {
        guard case .step(let step) = place, view.marked.contains(step) else { continue }
        trail.down(row - here)
        trail.press(.whyMark, in: .why)
        here = min(row + 1, places.count - 1)
      }
      trail.press(.rowUp, times: here, in: .menu)
    }
    func rows(_ path: [WhyView.Place]) -> [WhyView.Place?] {
      var view = view
      view.path = path
      return WhyTable(why, view, scene.model, .terms(.unicode), .unicode).rows.map(\.place)
    }
    for (depth, place) in view.path.enumerated() {
      guard let row = rows(Array(view.path.prefix(depth))).firstIndex(of: place) else {
        return
      }
      trail.down(row)
      trail.press(.whyDrill, in: .why)
    }
    trail.down(WhyTable(why, view, scene.model, .terms(.unicode), .unicode).selected(view))
    if view.check == .steps { trail.press(.whyCheck, in: .why) }
    if case .slot(let slot) = view.check {
      let here = rows(view.path)
      let part = WhyView.Place.part(slot + 1)
      if view.path.last == part || (here.indices.contains(view.row) && here[view.row] == part) {
        trail.press(.whyCheck, in: .why)
      }
    }
  }
}
