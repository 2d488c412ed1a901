import Explanation

/// A way through the data, stop by stop, each with a sentence.
public struct Tour: Equatable, Sendable {
  /// One stop: what is shown, and what there is to see.
  public struct Stop: Equatable, Sendable {
    package let user: Int
    /// The step, from 0.
    package let step: Int
    package let pane: Pane
    package var recommendation = 0
    /// The selected slot; nil for the one that is read most.
    package var slot: Int?
    /// What is changed at this stop.
    var edits: [Edit] = []
    /// Whether the second model stands beside it.
    var comparesModels = false
    /// What there is to see, in no more than what the screen shows.
    package let sentence: String
    /// The same in plain words; nil where the sentence has no others.
    package var plainSentence: String?

    /// What there is to see, in the words that are in use.
    func sentence(isPlain: Bool) -> String { isPlain ? plainSentence ?? sentence : sentence }
  }

  /// The stops, in their order; one at least.
  package let stops: [Stop]
  package internal(set) var place = 0

  package var stop: Stop { stops[place] }
}

extension Action {
  /// Whether a tour goes on after it: only its own keys and what the terminal does by itself leave
  /// it alone.
  var keepsTour: Bool {
    switch self {
    case .command(.tourNext), .command(.tourBack), .command(.redraw), .tick, .resize, .show, .tour,
      .watch:
      true
    default: false
    }
  }
}

extension Explorer {
  static func begin(_ stops: [Tour.Stop], in state: inout State) {
    state.awaitsTour = false
    guard !stops.isEmpty else {
      state.toast = Toast("There is too little in this data for a tour", role: .warning)
      return
    }
    stop(&state)
    state.overlay = nil
    state.toast = nil
    visit(Tour(stops: stops), in: &state)
  }

  /// Goes on with a tour; after the last stop it is over, and everything stays as it stands.
  static func tour(_ command: Command, in state: inout State) {
    guard var tour = state.tour else { return }
    tour.place += command == .tourBack ? -1 : 1
    if tour.stops.indices.contains(tour.place) {
      visit(tour, in: &state)
    } else if tour.place >= tour.stops.count {
      state.tour = nil
      state.toast = Toast("The tour ends here; t begins it again, ? lists the keys")
    }
  }

  private static func visit(_ tour: Tour, in state: inout State) {
    let stop = tour.stop
    take(stop.user, in: &state, step: stop.step)
    // The sentences are about the model as it is, but for what the stop changes.
    state.edits = EditLog()
    for edit in stop.edits { state.edits.append(edit) }
    state.pin = nil
    state.seeksSmallest = false
    state.tour = tour
    state.recommendation = stop.recommendation
    state.slot = stop.slot
    // The places that the sentences name are those in the whole ranking.
    state.hidesSeen = false
    state.showsWhy = stop.pane == .why
    // The numbers in the sentences are over the average item, by step.
    state.why = WhyView()
    focus(stop.pane, in: &state)
    if stop.comparesModels {
      state.pin = .model
      beginComparison(&state)
    }
  }
}

extension Context {
  static let tour = Context("tour", "tour", unbound: .does(.tourStop))
}

extension Command {
  package static let tour = Command("tour")
  static let tourNext = Command("tour-next")
  static let tourBack = Command("tour-back")
  static let tourStop = Command("tour-stop")
}

enum TourView: ExplorerView {
  private static let go: Binding.Handler = { command, next, _ in
    Explorer.tour(command, in: &next.state)
  }

  static let bindings: [Binding] = [
    Binding(
      ["t"], .tour, "tour", "Tour of this data, a sentence at each stop.",
      when: Binding.hasUsers,
      does: { _, next, scene in
        next.state.awaitsTour = scene.model.userCount > 0
        next.state.toast =
          next.state.awaitsTour
          ? Toast("Looking for the stops of a tour")
          : Toast("No tour: the model was opened without data", role: .warning)
      }),
    Binding(
      [.right, .enter, " "], .tourNext, in: [.tour], "next", "Go to the next stop of the tour.",
      does: go),
    Binding([.left], .tourBack, in: [.tour], "back", "Go to the stop before.", does: go),
    Binding(
      [.escape], .tourStop, in: [.tour], "stop",
      "End the tour and stay; any other key does, too.",
      does: { _, next, _ in next.state.toast = Toast("The tour is over; t begins it again") }),
  ]
}

private final class TourCache: ViewCache {
  private(set) var search: TourSearch

  init(_ cache: SceneCache) { search = TourSearch(cache, cache.tails) }

  func work() {
    // Taken out while it works: its rules ask the cache for scenes.
    var search = search
    search.work()
    self.search = search
  }
}

extension TourView {
  static func work(_ selection: Selection, at turn: WorkTurn) -> Bool {
    guard turn == .first, selection.state.awaitsTour, selection.cache.foundTour == nil else {
      return false
    }
    selection.cache.kept(TourCache.self).work()
    return true
  }
}

extension SceneCache {
  /// The user and the step to begin with when nobody has said; nil without users.
  package func firstLook() -> (user: Int, step: Int)? {
    guard !session.users.isEmpty else { return nil }
    return FirstLook.isQuick(in: session)
      ? FirstLook.find(in: session, tails)
      : FirstLook.plain(FirstLook.candidates(in: session), session)
  }

  /// The stops of a tour of this data, when they have been found; see ``work(for:)``.
  package var foundTour: [Tour.Stop]? { kept(TourCache.self).search.found }

  /// The stops of a tour of this data, however long it takes to find them.
  package func tour() -> [Tour.Stop] {
    while true {
      if let foundTour { return foundTour }
      kept(TourCache.self).work()
    }
  }
}

/// The box below the panes with the sentence of a tour's stop; the panes get the other rows, so that
/// it hides nothing.
enum TourBox {
  /// Rows that the panes keep in any case, with header and footer.
  private static let leastRows = 7

  /// How many rows the box takes of a screen; none where the footer has to do.
  static func rows(of tour: Tour, isPlain: Bool, on size: Size) -> Int {
    guard Layout.form(for: size) != .message else { return 0 }
    let isFramed = Layout.form(for: size) != .single
    let lines = tour.stop.sentence(isPlain: isPlain).wrapped(to: width(on: size)).count
    let rows = min(lines + (isFramed ? 2 : 1), size.rows - leastRows)
    return rows >= (isFramed ? 3 : 2) ? rows : 0
  }

  private static func width(on size: Size) -> Int {
    max(1, size.columns - (Layout.form(for: size) == .single ? 2 : 4))
  }

  static func draw(_ tour: Tour, on layout: Layout, in frame: inout Frame) {
    let size = frame.canvas.size
    let box = Rect(size).dropFirst(rows: layout.size.rows)
    let title = " Tour \(tour.place + 1)/\(tour.stops.count) "
    let sentence = frame.glyphs.spelled(tour.stop.sentence(isPlain: frame.words.isPlain))
    guard !box.isEmpty else {
      let line = layout.footer.inset(columns: layout.form == .single ? 0 : 2, rows: 0)
      frame.put(String(repeating: " ", count: line.columns), line)
      frame.put(title + sentence, line)
      return
    }
    let isFramed = layout.form != .single
    if isFramed {
      frame.canvas.box(box, frame.glyphs.border, style: Style(.border))
    } else {
      frame.canvas.fill(box.line(0), with: frame.glyphs.border.horizontal, style: Style(.border))
    }
    frame.put(title, box.line(0), at: isFramed ? 2 : 1, style: Style(.focus))
    let inside = box.inset(columns: isFramed ? 2 : 1, rows: 0).dropFirst(rows: 1)
    let room = isFramed ? inside.rows - 1 : inside.rows
    let lines = sentence.wrapped(to: inside.columns)
    for row in 0..<min(room, lines.count) {
      let isCut = row == room - 1 && lines.count > room
      frame.put(
        isCut ? lines[row...].joined(separator: " ") : lines[row], inside.line(row))
    }
  }
}
