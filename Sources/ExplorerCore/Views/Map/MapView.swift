import Explanation

package struct MapView: Equatable, Sendable {
  /// The item whose neighbours are listed; nil for the selected recommendation.
  package internal(set) var item: Int32?
  /// Items that were in its place before, the last at the end.
  var trail: [Int32?] = []
  /// The selected row of the list beside the map; nil for none.
  package internal(set) var row: Int?
  package internal(set) var likeness = ItemLikeness.cosine
  var colouring = Colouring.widest
  var centre = Centre.everything
  /// How often the map has been made larger; below 0, smaller.
  package internal(set) var zoom = 0

  /// Which relation's tails colour the items.
  enum Colouring: Equatable, Sendable {
    /// The one whose most frequent tails cover most items.
    case widest
    case slot(Int)
    case off
  }

  enum Centre: Equatable, Sendable {
    case everything
    case item(Int32)
    case point(PlanePoint)
  }

  /// How much larger one zoom makes it.
  static let zoomFactor: Float = 1.5
  static let zooms = -4...16
}

package struct MapScene: Sendable {
  package struct Item: Sendable, Equatable {
    /// The item.
    public let item: Int32
    package let title: String
    /// Its probability or score as a recommendation, or its likeness as a neighbour.
    package let value: Float
    /// Whether the user watched it, or it came next.
    package let isSeen: Bool
    package let isTruth: Bool
  }

  /// The plane; nil while it is being found.
  package let plane: PrincipalPlane?
  /// How many items have been counted for it, and all of them.
  package let counted: (done: Int, of: Int)
  /// The number of components E of the vectors.
  package let width: Int
  /// The items watched up to the present step, oldest first.
  package let path: [Int32]
  package let presentTitle: String
  package let recommendations: [Item]
  /// The item whose neighbours are listed; nil in a catalogue without items.
  package let subject: Item?
  /// The token of the subject, if it was chosen on the map.
  let token: String?
  package let neighbours: [Item]
  /// What colours the items; nil where nothing does.
  let groups: MapGroups?

  var rows: [Item] { recommendations + neighbours }
}

extension Context {
  static let map = Context("map", "map", unbound: .named)
}

extension Command {
  static let map = Command("map")
  static let panLeft = Command("pan-left")
  static let panRight = Command("pan-right")
  static let panUp = Command("pan-up")
  static let panDown = Command("pan-down")
  static let zoomIn = Command("zoom-in")
  static let zoomOut = Command("zoom-out")
  static let wholeMap = Command("whole-map")
  /// Takes the other way to say what is near.
  static let likeness = Command("likeness")
  static let colouring = Command("colouring")
  static let nextNamed = Command("next-named")
  static let previousNamed = Command("previous-named")
  static let takeNamed = Command("take-named")
  static let namedBefore = Command("named-before")
}

extension MapView: FullView {
  static let context = Context.map
  static let shared: Set<Command> = [
    .previousChange, .nextChange, .skipBack, .skipForward, .firstStep, .lastStep, .play, .hideSeen,
    .diagnose,
  ]

  static let openers: [Binding] = [
    Binding(
      ["m"], .map, "map", "Open the map of all {items}, with this {user}'s path.",
      does: { _, next, _ in next.state.show(MapView()) })
  ]

  static let bindings: [Binding] = [
    Binding(
      [.left, "h"], .panLeft, in: [.map], "pan", "Pan left.", does: change),
    Binding(
      [.down, "j"], .panDown, in: [.map], "pan", "Pan down.", does: change),
    Binding([.up, "k"], .panUp, in: [.map], "pan", "Pan up.", does: change),
    Binding(
      [.right, "l"], .panRight, in: [.map], "pan", "Pan right.", does: change),
    Binding(
      ["+", "="], .zoomIn, in: [.map], "zoom", "Zoom in; so does the wheel.",
      does: change),
    Binding(["-"], .zoomOut, in: [.map], "zoom", "Zoom out.", does: change),
    Binding(["0"], .wholeMap, in: [.map], "all", "Show the whole map.", does: change),
    Binding(
      [.tab, "n"], .nextNamed, in: [.map], "next name",
      "Go to the next labelled {item}.", does: change),
    Binding(
      [.backTab, "N"], .previousNamed, in: [.map], "name before",
      "Go to the labelled {item} before.",
      footer: false, does: change),
    Binding(
      [.enter], .takeNamed, in: [.map], "centre",
      "Centre this {item}; list its nearest neighbours.", does: change),
    Binding(
      [.backspace], .namedBefore, in: [.map], "back",
      "Centre the previous {item} again.", footer: false, does: change),
    Binding(
      ["s"], .likeness, in: [.map], "cosine/dot",
      "Neighbours by cosine or by dot product.", does: change),
    Binding(
      ["b"], .colouring, in: [.map], "colour",
      "Colour the {items} by the next relation's tails, or not at all.",
      when: { $1.model.hasKnownFacts }, does: change),
    Binding(
      ["c"], .inspect, in: [.map], "card", "Show the card of the {item}.", footer: false,
      when: Binding.hasUser, does: change),
    Binding(
      [","], .stepBack, in: [.map], "step", "Go to the step before.", when: Binding.hasSteps,
      does: { Explorer.step($0, in: &$1.state, $2) }),
    Binding(
      ["."], .stepForward, in: [.map], "step", "Go to the next step.", when: Binding.hasSteps,
      does: { Explorer.step($0, in: &$1.state, $2) }),
    Binding([.escape, "m"], .back, in: [.map], "close", "Close the map.", does: closer),
  ]

  @Sendable
  private static func change(
    _ command: Command, on next: inout Explorer.Transition, _ scene: Scene
  ) {
    guard var view = next.state.view(MapView.self), let map = scene.map else { return }
    func pan(right: Float, up: Float) {
      guard let plane = map.plane else { return }
      let geometry = MapGeometry(plane, view, on: next.state.layout.size, glyphs: .unicode)
      view.centre = .point(geometry.moved(right: right, up: up))
    }
    switch command {
    case .panLeft: pan(right: -0.2, up: 0)
    case .panRight: pan(right: 0.2, up: 0)
    case .panUp: pan(right: 0, up: 0.2)
    case .panDown: pan(right: 0, up: -0.2)
    case .zoomIn: view.zoom = min(MapView.zooms.upperBound, view.zoom + 1)
    case .zoomOut: view.zoom = max(MapView.zooms.lowerBound, view.zoom - 1)
    case .wholeMap: (view.centre, view.zoom) = (.everything, 0)
    case .likeness:
      view.likeness = view.likeness.other
      if let row = view.row, row >= map.recommendations.count { view.row = nil }
      next.state.toast = Toast(
        view.likeness == .cosine
          ? "Nearest by cosine: which direction the vectors have, not how long they are"
          : "Nearest by dot product: long vectors are near to many")
    case .colouring:
      let slots = MapGroups.slots(scene.model)
      let place = (map.groups.flatMap { slots.firstIndex(of: $0.slot) } ?? -1) + 1
      view.colouring = slots.indices.contains(place) ? .slot(slots[place]) : .off
      next.state.toast = Toast(
        slots.indices.contains(place)
          ? "{Items} by \(scene.model.relationNames[slots[place]])"
          : "No relation: bright dots are many {items} in one place")
    case .nextNamed, .previousNamed: moveNamed(command == .nextNamed ? 1 : -1, &view, map)
    case .takeNamed:
      guard let row = view.row, map.rows.indices.contains(row) else {
        next.state.toast = Toast("Tab goes through the names; Enter centres one")
        return
      }
      take(map.rows[row].item, in: &view, map)
    case .namedBefore:
      guard let before = view.trail.popLast() else {
        next.state.toast = Toast("This is where it began", role: .muted)
        return
      }
      view.item = before
      view.row = nil
      view.centre = before.map { .item($0) } ?? .everything
    case .inspect:
      guard let item = view.row.map({ map.rows[$0].item }) ?? map.subject?.item else { return }
      Explorer.open(CardView(subject: .item(item)), in: &next.state)
    default: return
    }
    next.state.show(view)
  }

  func click(_ place: Point, on next: inout Explorer.Transition, _ scene: Scene) {
    guard let map = scene.map, let plane = map.plane else { return }
    let geometry = MapGeometry(plane, self, on: next.state.layout.size, glyphs: .unicode)
    guard let item = geometry.item(near: place, in: plane) else { return }
    select(Int(item), on: &next, scene)
  }

  func select(_ item: Int, on next: inout Explorer.Transition, _ scene: Scene) {
    guard let map = scene.map else { return }
    var view = self
    Self.take(Int32(item), in: &view, map)
    next.state.show(view)
  }

  /// Makes the map larger or smaller around a cell, which stays where it is.
  func turnWheel(
    at place: Point, up: Bool, on next: inout Explorer.Transition, _ scene: Scene
  ) {
    guard let plane = scene.map?.plane else { return }
    let size = next.state.layout.size
    let before = MapGeometry(plane, self, on: size, glyphs: .unicode)
    let fixed = before.point(at: place)
    var view = self
    view.zoom += up ? 1 : -1
    guard MapView.zooms.contains(view.zoom), before.room.contains(place) else { return }
    view.centre = .point(before.centre)
    let after = MapGeometry(plane, view, on: size, glyphs: .unicode).point(at: place)
    view.centre = .point(
      PlanePoint(
        x: before.centre.x + fixed.x - after.x, y: before.centre.y + fixed.y - after.y))
    next.state.show(view)
  }

  func carried(from old: SceneCache, to new: SceneCache) -> MapView {
    guard old.session.model.items == new.session.model.items else { return MapView() }
    var view = self
    // Another model, another plane.
    if case .point = centre { (view.centre, view.zoom) = (.everything, 0) }
    return view
  }

  /// As it opens, the map needs no more than its key.
  func commandLine(_ scene: Scene) -> (options: [String], keys: [String]) {
    let map = MapRequest(self, item: scene.map?.token).text
    return map.isEmpty ? ([], [Bindings.key(.map)]) : (["--map", map], [])
  }

  private static func moveNamed(_ offset: Int, _ view: inout MapView, _ map: MapScene) {
    let count = map.rows.count
    guard count > 0 else { return }
    view.row = view.row.map { ($0 + offset + count) % count } ?? (offset > 0 ? 0 : count - 1)
  }

  private static func take(_ item: Int32, in view: inout MapView, _ map: MapScene) {
    if item != map.subject?.item || view.item == nil {
      view.trail.append(view.item)
      if view.trail.count > 100 { view.trail.removeFirst() }
    }
    view.item = item
    view.row = nil
    view.centre = .item(item)
    // In a picture of everything, the middle of what is looked at would leave half of it empty.
    view.zoom = max(view.zoom, 2)
  }
}
