import Explanation

/// What keys and clicks do on the map.
extension Explorer {
  /// Opens the map of the items, or closes it.
  static func toggleMap(_ state: inout State) {
    if case .map = state.fullView {
      state.fullView = nil
    } else {
      state.fullView = .map(MapView())
    }
  }

  static func changeMap(_ command: Command, on next: inout Transition, _ scene: Scene) {
    guard case .map(var view) = next.state.fullView, let map = scene.map else { return }
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
    case .nextNamed, .previousNamed: moveNamed(command == .nextNamed ? 1 : -1, &view, map)
    case .takeNamed:
      guard let row = view.row, map.rows.indices.contains(row) else {
        next.state.toast = Toast("Tab goes through the names; Enter takes one into the middle")
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
      open(.card(.item(item)), in: &next.state)
    default: return
    }
    next.state.fullView = .map(view)
  }

  /// Takes the item nearest to a click into the middle.
  static func clickMap(_ place: Point, in state: inout State, _ scene: Scene) {
    guard case .map(var view) = state.fullView, let map = scene.map, let plane = map.plane else {
      return
    }
    let geometry = MapGeometry(plane, view, on: state.layout.size, glyphs: .unicode)
    guard let item = geometry.item(near: place, in: plane) else { return }
    take(item, in: &view, map)
    state.fullView = .map(view)
  }

  /// Takes an item of the list into the middle.
  static func takeOnMap(_ item: Int32, in state: inout State, _ scene: Scene) {
    guard case .map(var view) = state.fullView, let map = scene.map else { return }
    take(item, in: &view, map)
    state.fullView = .map(view)
  }

  /// Makes the map larger or smaller around a cell, which stays where it is.
  static func turnMap(_ place: Point, up: Bool, in state: inout State, _ scene: Scene) {
    guard case .map(var view) = state.fullView, let plane = scene.map?.plane else { return }
    let before = MapGeometry(plane, view, on: state.layout.size, glyphs: .unicode)
    let fixed = before.point(at: place)
    let zoom = view.zoom + (up ? 1 : -1)
    guard MapView.zooms.contains(zoom), before.room.contains(place) else { return }
    view.zoom = zoom
    view.centre = .point(before.centre)
    let after = MapGeometry(plane, view, on: state.layout.size, glyphs: .unicode).point(at: place)
    view.centre = .point(
      PlanePoint(
        x: before.centre.x + fixed.x - after.x, y: before.centre.y + fixed.y - after.y))
    state.fullView = .map(view)
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
