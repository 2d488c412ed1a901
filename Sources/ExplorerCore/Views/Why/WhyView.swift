import Explanation

/// How the reasons are looked at: what is compared, in which groups, and how deep.
package struct WhyView: Equatable, Sendable {
  /// What the rows are, when nothing has been looked into.
  package enum Grouping: String, CaseIterable, Sendable {
    case steps
    /// Sequence, relations and the constant part.
    case relations
    case facts
  }

  /// What the item's score is compared with.
  package enum Comparison: String, CaseIterable, Sendable {
    case average
    /// What the model would recommend instead, by probability.
    case rivals
    case nothing
    case other
  }

  package enum Place: Hashable, Sendable {
    /// The parts of a step of the history, from 0.
    case step(Int)
    /// The steps of a part: 0 is the sequence, then the slots.
    case part(Int)
    /// The steps that share a tail under a slot with the item.
    case fact(slot: Int, tail: Int32)
    case noFact
    /// The facts that many items have.
    case commonFacts
  }

  package internal(set) var grouping = Grouping.steps
  /// What the steps are ordered by.
  package internal(set) var order = StepTable.Order.removal
  /// What has been looked into, the last at the end.
  package internal(set) var path: [Place] = []
  package internal(set) var row = 0
  /// What was moved to: it stays selected when the rows are ordered anew.
  package internal(set) var anchor: Place?
  /// The steps that are to be left out together; without any, what is selected is left out.
  package internal(set) var marked: Set<Int> = []
  /// The item that was searched for; nil for the selected recommendation.
  package internal(set) var item: Int32?
  package internal(set) var comparison = Comparison.average
  /// The item to compare with, once one has been searched for.
  package internal(set) var other: Int32?
  /// What is checked; nil for nothing.
  package internal(set) var check: Check?
  /// Whether the reasons take the whole screen while they have the focus.
  package internal(set) var isZoomed = false
  var cameFrom = Pane.recommendations

  package enum Check: Hashable, Sendable {
    /// What happens without the steps that are marked or selected.
    case steps
    case slot(Int)
  }

  /// Looks at something else: what was looked into means nothing there.
  mutating func startOver() {
    goToTop()
    path = []
  }

  fileprivate mutating func goToTop() { (row, anchor) = (0, nil) }

  /// Looks at another step or item: the parts of the model are the same there.
  mutating func lookElsewhere() {
    goToTop()
    marked = []
    path.removeAll { if case .part = $0 { false } else { true } }
  }

  /// Goes into a row, or back to where it was looked into before.
  mutating func enter(_ place: Place) {
    path = path.prefix { $0 != place } + [place]
    goToTop()
  }

  /// Goes back from what was looked into last, to its row.
  mutating func leave() {
    let place = path.removeLast()
    (row, anchor) = (0, place)
  }
}

/// Looking at reasons: what is compared, grouped, looked into and checked.
extension Explorer {
  static func toggleWhy(_ state: inout State) {
    endComparison(&state)
    state.showsWhy.toggle()
    state.why.startOver()
    if state.showsWhy {
      state.why.cameFrom = state.focus
      state.focus = .why
    } else {
      state.why.isZoomed = false
      state.why.item = nil
      if state.focus == .why {
        let before = state.why.cameFrom
        state.focus = before == .why ? .recommendations : before
      }
    }
  }

  /// Closes what was looked into last, then the whole screen, then the reasons.
  static func leaveWhy(_ state: inout State) {
    if state.focus == .why, !state.why.path.isEmpty {
      state.why.leave()
    } else if state.focus == .why, state.why.isZoomed {
      state.why.isZoomed = false
    } else {
      toggleWhy(&state)
    }
  }

  /// Does what a key of the reasons says; they are opened first where they are not.
  @Sendable
  static func why(_ command: Command, on next: inout Transition, _ scene: Scene) {
    if command == .whyItem, let find = next.state.overlay as? FindMenu {
      // What was typed to find in the history is looked for in the whole catalogue.
      next.state.overlay = nil
      return search(.explain, Menu(filter: find.menu.filter), &next.state, scene)
    }
    guard next.state.overlay == nil else { return }
    if !next.state.showsWhy {
      toggleWhy(&next.state)
    } else {
      focus(.why, in: &next.state)
    }
    switch command {
    case .whyItem: search(.explain, Menu(), &next.state, scene)
    case .whyOver: search(.compare, Menu(), &next.state, scene)
    case .whyZoom: next.state.why.isZoomed.toggle()
    case .whyGroup:
      let all = WhyView.Grouping.allCases
      let place = all.firstIndex(of: next.state.why.grouping) ?? 0
      next.state.why.grouping = all[(place + 1) % all.count]
      next.state.why.startOver()
    case .whyContrast: nextComparison(&next.state)
    case .whyDrill: drill(&next.state, scene)
    case .whyCheck: check(&next.state, scene)
    case .whyOrder:
      let all = StepTable.Order.allCases
      let place = all.firstIndex(of: next.state.why.order) ?? 0
      next.state.why.order = all[(place + 1) % all.count]
      next.state.why.grouping = .steps
      next.state.why.startOver()
    case .whyMark: mark(&next.state, scene)
    default: break
    }
  }

  static func explain(
    _ item: Int32, _ purpose: CatalogueSearch.Purpose, in state: inout State, _ scene: Scene
  ) {
    state.overlay = nil
    if !state.showsWhy { toggleWhy(&state) }
    state.why.startOver()
    guard purpose == .compare else {
      state.why.item = item
      return
    }
    guard item != scene.why?.item else {
      state.toast = Toast("That is the item itself; choose another one", role: .warning)
      return
    }
    state.why.other = item
    state.why.comparison = .other
  }

  private static func search(
    _ purpose: CatalogueSearch.Purpose, _ menu: Menu, _ state: inout State, _ scene: Scene
  ) {
    guard scene.user != nil else {
      state.toast = Toast("No history to explain by; v lists {users}, n makes one", role: .warning)
      return
    }
    open(CatalogueSearch(menu: menu, purpose: purpose), in: &state)
  }

  private static func nextComparison(_ state: inout State) {
    let all = WhyView.Comparison.allCases.filter { $0 != .other || state.why.other != nil }
    let place = all.firstIndex(of: state.why.comparison) ?? 0
    state.why.comparison = all[(place + 1) % all.count]
    state.why.goToTop()
    let text =
      switch state.why.comparison {
      case .average: "Over the average item of the catalogue"
      case .rivals: "Over what the model would recommend instead, by probability"
      case .nothing: "The score itself, compared with nothing"
      case .other: "Over the other item that was chosen"
      }
    state.toast = Toast(text)
  }

  private static func drill(_ state: inout State, _ scene: Scene) {
    guard let table = table(state, scene) else { return }
    guard !table.rows.isEmpty, let place = table.rows[table.selected(state.why)].place else {
      state.toast = Toast("This row has no parts to look into")
      return
    }
    state.why.enter(place)
  }

  /// Checks the slot that is selected or looked into; elsewhere the steps that are marked or selected.
  private static func check(_ state: inout State, _ scene: Scene) {
    guard let table = table(state, scene), let why = scene.why else { return }
    let row = table.rows.isEmpty ? nil : table.rows[table.selected(state.why)].place
    let slot = [row, state.why.path.last].compactMap { place -> Int? in
      if case .part(let part) = place, part > 0 { part - 1 } else { nil }
    }.first
    if let slot, state.why.marked.isEmpty {
      state.why.check = state.why.check == .slot(slot) ? nil : .slot(slot)
    } else if state.why.check == .steps {
      state.why.check = nil
    } else if why.leftOut(state.why, table).isEmpty {
      state.toast = Toast("Nothing to run without; select a step, a fact or a relation")
    } else {
      state.why.check = .steps
    }
  }

  /// Marks the selected steps to be left out, or takes the marks away where all of them have one.
  private static func mark(_ state: inout State, _ scene: Scene) {
    guard let table = table(state, scene), let why = scene.why else { return }
    var view = state.why
    view.marked = []
    let steps = why.leftOut(view, table)
    guard !steps.isEmpty else {
      state.toast = Toast("Only steps can be left out together; ! silences a relation")
      return
    }
    if steps.allSatisfy(state.why.marked.contains) {
      state.why.marked.subtract(steps)
    } else {
      state.why.marked.formUnion(steps)
    }
    guard view.path.isEmpty, view.grouping == .steps else { return }
    WhyPane.move(by: 1, in: &state, scene)
  }

  /// The rows that the screen shows.
  static func table(_ state: State, _ scene: Scene) -> WhyTable? {
    scene.why.map { WhyTable($0, state.why, scene.model, .terms(.unicode), .unicode) }
  }
}
