/// Views that take the place of the panes.
extension Explorer {
  /// Does what a command means in the view that is open; false if it means there what it means
  /// everywhere.
  static func performInView(
    _ command: Command, on next: inout Transition, _ scene: Scene
  ) -> Bool {
    guard next.state.overlay == nil, let view = next.state.fullView else { return false }
    switch (command, view) {
    case (.back, _): next.state.fullView = nil
    case (.panLeft, .map), (.panRight, .map), (.panUp, .map), (.panDown, .map), (.zoomIn, .map),
      (.zoomOut, .map), (.wholeMap, .map), (.likeness, .map), (.nextNamed, .map),
      (.previousNamed, .map), (.takeNamed, .map), (.namedBefore, .map), (.inspect, .map):
      changeMap(command, on: &next, scene)
    case (.rowUp, .diagnosis), (.rowDown, .diagnosis), (.pageUp, .diagnosis),
      (.pageDown, .diagnosis), (.firstRow, .diagnosis), (.lastRow, .diagnosis),
      (.nextPart, .diagnosis), (.openRow, .diagnosis):
      changeDiagnosis(command, on: &next, scene)
    default: return false
    }
    return true
  }

  /// Draws the view that is open in the place of the panes.
  static func draw(
    _ view: FullView, _ state: State, _ scene: Scene, in frame: inout Frame
  ) {
    let layout = state.layout
    if layout.form != .single {
      frame.canvas.box(Rect(layout.size), frame.glyphs.border, style: Style(.border))
    }
    switch view {
    case .map(let view):
      if let map = scene.map { MapPage.draw(view, map, state, scene, in: &frame) }
    case .diagnosis(let view):
      if let diagnosis = scene.diagnosis {
        DiagnosisPage.draw(view, diagnosis, state, scene.model, in: &frame)
      }
    }
  }
}

extension Action {
  /// Whether a message stays on the screen.
  var keepsToast: Bool {
    switch self {
    case .tick, .watch: true
    default: false
    }
  }
}
