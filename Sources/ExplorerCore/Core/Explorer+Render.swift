extension Explorer {
  /// The picture of a state and of what the model has to say about it.
  ///
  /// Depends on nothing else.
  /// Cells have roles, not colours: which theme they are seen in is the terminal's business.
  public static func render(_ state: State, _ scene: Scene, glyphs: Glyphs) -> Frame {
    var frame = Frame(
      state.size, glyphs: glyphs, isPlain: state.usesPlainWords, nouns: scene.model.nouns)
    let layout = state.layout
    guard layout.form != .message else {
      drawTooSmall(state.size, in: &frame)
      return frame
    }
    if let view = state.fullView?.view {
      if layout.form != .single {
        frame.canvas.box(Rect(layout.size), frame.glyphs.border, style: Style(.border))
      }
      view.draw(state, scene, in: &frame)
    } else {
      FrameLines.draw(layout, in: &frame)
    }
    for placement in layout.panes where state.fullView == nil {
      frame.onClick(placement.title, .focus(placement.pane))
      frame.onClick(placement.body, .focus(placement.pane))
      drawTitle(placement, state, scene, in: &frame)
      draw(placement, state, scene, in: &frame)
    }
    HeaderView.draw(state, scene, layout, in: &frame)
    FooterView.draw(state, scene, layout, in: &frame)
    EditLine.draw(state, scene, on: layout, in: &frame)
    if let tour = state.tour {
      TourBox.draw(tour, on: layout, in: &frame)
    } else if let watch = state.watch, EditLine.rows(of: state) == 0 {
      WatchStrip.draw(watch, on: layout, in: &frame)
    }
    state.overlay?.draw(state, scene, on: layout, in: &frame)
    return frame
  }

  private static func draw(
    _ placement: Layout.Placement, _ state: State, _ scene: Scene, in frame: inout Frame
  ) {
    guard let viewer = scene.viewer, let step = scene.step else {
      EmptyView.draw(placement, scene, in: &frame)
      return
    }
    if let comparison = scene.comparison, placement.pane != .history {
      CompareView.draw(comparison, state, in: placement, form: state.layout.form, &frame)
      return
    }
    if state.pin != nil, placement.pane != .history {
      CompareView.drawNothing(in: placement, &frame)
      return
    }
    switch placement.pane {
    case .history: HistoryPane.draw(viewer, step, state, in: placement, &frame)
    case .gruState: GRUStatePane.draw(viewer, step, in: placement, &frame)
    case .memory: MemoryPane.draw(step, state, scene, in: placement, &frame)
    case .recommendations: RecommendationsPane.draw(step, state, scene, in: placement, &frame)
    case .why: WhyPane.draw(state, scene, in: placement, &frame)
    }
  }

  private static func drawTitle(
    _ placement: Layout.Placement, _ state: State, _ scene: Scene, in frame: inout Frame
  ) {
    let room = placement.title.inset(columns: 1, rows: 0)
    var title = frame.words.title(of: placement.pane)
    // Its title is that of the sides.
    if state.pin != nil, placement.pane != .history { return }
    if placement.pane == .why, let why = scene.why {
      title = why.equation(width: room.columns - 2, scene.model, frame.words, frame.glyphs)
    }
    let text = placement.isTitleOnLine ? " \(title) " : title
    frame.canvas.put(
      text.truncated(to: room.columns, ellipsis: frame.glyphs.ellipsis), in: room,
      style: Style(placement.pane == state.focus ? .focus : .title))
  }

  private static func drawTooSmall(_ size: Size, in frame: inout Frame) {
    let least = Layout.least
    let texts = ["needs \(least.columns)x\(least.rows); q quits", "too small", "small"]
    let text = texts.first { $0.columns <= size.columns } ?? ""
    let line = frame.canvas.bounds.centred(columns: text.columns, rows: 1)
    frame.canvas.put(text, in: line, style: Style(.warning))
  }
}

/// What a pane shows where there is nobody to look at.
enum EmptyView {
  static func draw(_ placement: Layout.Placement, _ scene: Scene, in frame: inout Frame) {
    let room = placement.inside
    for (row, text) in lines(placement.pane, scene, room.columns, frame.glyphs).enumerated() {
      frame.put(frame.words.fill(text), room.line(row), style: Style(.muted))
    }
  }

  /// What there is to do in the history; in the memory, what the model can read.
  private static func lines(
    _ pane: Pane, _ scene: Scene, _ width: Int, _ glyphs: Glyphs
  ) -> [String] {
    switch pane {
    case .memory:
      return scene.model.relationNames.isEmpty
        ? ["This model has no memory."]
        : scene.model.relationNames.map { $0.elided(to: width, glyphs) }
    case .gruState, .recommendations, .why: return []
    case .history: break
    }
    return scene.chosen != nil
      ? ["The {items} that you add", "stand here."]
      : scene.model.viewerCount == 0
        ? [
          "Press n and type {items}:", "the model recommends", "what could come next.", "",
          "No data was opened;", "ksr-tui MODEL --data DIR", "shows its {users}.",
        ]
        : ["No {user} chosen;", "v lists them, n makes one", "from {items} you type."]
  }
}
