import Explanation
import Text
import Workspace

/// The strip below the panes with the curves of a training run, while one is watched.
enum WatchStrip {
  /// How many rows the strip takes of a screen.
  static func rows(of status: WatchStatus, on size: Size) -> Int {
    switch Layout.form(for: size) {
    case .message: return 0
    case .single: return size.rows >= 10 ? 1 : 0
    case .wide, .split:
      guard size.rows >= 20 else { return size.rows >= 10 ? 1 : 0 }
      return status.problem == nil ? 4 : 5
    }
  }

  static func draw(_ status: WatchStatus, on layout: Layout, in frame: inout Frame) {
    let box = Rect(frame.canvas.size).dropFirst(rows: layout.size.rows)
    guard box.rows > 1 else {
      if !box.isEmpty { drawLine(status, box.inset(columns: 1, rows: 0), &frame) }
      return
    }
    frame.canvas.box(box, frame.glyphs.border, style: Style(.border))
    let name = status.name.truncated(to: 30, ellipsis: frame.glyphs.ellipsis)
    let title = " Watching \(name) \(frame.glyphs.marks.separator) \(whereItIs(status)) "
    frame.put(title, box.inset(columns: 2, rows: 0).line(0), style: Style(.focus))
    let inside = box.inset(columns: 2, rows: 1)
    drawCurves(status, in: inside, &frame)
    if let problem = status.problem {
      frame.put(problem, inside.line(2), style: Style(.warning))
    }
  }

  static func drawCurves(_ status: WatchStatus, in room: Rect, _ frame: inout Frame) {
    let glyphs = frame.glyphs
    guard let table = status.epochs, let last = table.rows.last else {
      frame.put(
        "No epoch has been written down yet.", room.line(0), style: Style(.muted))
      return
    }
    let metric = metric(of: status)
    let best = table.best.flatMap { best in
      metric.flatMap { value(of: best, at: $0.place) }.map {
        "best \(decimal($0, places: 4)) in epoch \(best.number)"
      }
    }
    let end = best.map { min(room.columns / 2, $0.columns + 2) } ?? 0
    let name = metric.map { "valid \($0.name)" } ?? ""
    let label = max(10, name.columns) + 1
    let chart = max(0, room.columns - label - 9 - end)
    func put(_ row: Int, _ name: String, _ value: Double?, _ values: [Double]) {
      let line = room.line(row)
      frame.put(name, line, columns: label - 1)
      frame.put(value.map { decimal($0, places: 4) } ?? "", line, at: label, columns: 7)
      frame.put(
        glyphs.sparkline(values.binned(to: chart)), line, at: label + 8, columns: chart,
        style: Style(.bar))
    }
    put(0, "loss", last.loss, table.rows.map(\.loss))
    guard let metric else { return }
    let values = table.rows.compactMap { value(of: $0, at: metric.place) }
    put(1, name, values.last, values)
    if let best {
      frame.put(
        best, room.line(1), at: room.columns - best.columns, style: Style(.truth))
    }
  }

  private static func drawLine(_ status: WatchStatus, _ line: Rect, _ frame: inout Frame) {
    if let problem = status.problem {
      frame.put(problem, line, style: Style(.warning))
      return
    }
    guard let table = status.epochs, let last = table.rows.last else {
      frame.put("Watching: no epoch yet", line, style: Style(.muted))
      return
    }
    var text = "epoch \(last.number) loss \(frame.glyphs.decimal(Float(last.loss)))"
    if let metric = metric(of: status),
      let value = table.rows.compactMap({ value(of: $0, at: metric.place) }).last
    {
      text += " valid \(metric.name) \(frame.glyphs.probability(Float(value))) "
      let values = table.rows.compactMap { self.value(of: $0, at: metric.place) }
      let chart = max(0, line.columns - text.columns)
      frame.put(
        frame.glyphs.sparkline(values.binned(to: chart)), line, at: text.columns,
        style: Style(.bar))
    }
    frame.put(text, line, columns: text.columns)
  }

  static func whereItIs(_ status: WatchStatus) -> String {
    guard let last = status.epochs?.rows.last else { return "no epoch yet" }
    let limit = status.epochLimit.map { " of at most \($0)" } ?? ""
    let recoveries = status.epochs?.recoveries ?? 0
    let jumps =
      recoveries == 0 ? "" : ", the loss jumped \(recoveries == 1 ? "once" : "\(recoveries) times")"
    return "epoch \(last.number)\(limit)\(jumps)"
  }

  /// The metric to show: the one that the best epoch is chosen by, where that is known.
  private static func metric(of status: WatchStatus) -> (name: String, place: Int)? {
    guard let names = status.epochs?.metricNames, !names.isEmpty else { return nil }
    let wanted = (status.metric ?? "NDCG@10").lowercased()
    let place = names.firstIndex { $0.lowercased() == wanted } ?? 0
    return (names[place], place)
  }

  private static func value(of row: EpochTable.Row, at place: Int) -> Double? {
    row.metrics.map { $0[place] }
  }
}

extension [Double] {
  /// At most so many numbers, each the mean of its share of these.
  func binned(to count: Int) -> [Double] {
    let bins = Swift.min(Swift.max(0, count), self.count)
    return (0..<bins).map { bin in
      let part = self[bin * self.count / bins..<(bin + 1) * self.count / bins]
      return part.reduce(0, +) / Double(part.count)
    }
  }
}

/// What is shown while the model of a watched run is not there yet, or cannot be read.
package enum WaitingScreen {
  package static func render(_ status: WatchStatus, on size: Size, glyphs: Glyphs) -> Canvas {
    var frame = Frame(size, glyphs: glyphs)
    let isFramed = Layout.form(for: size) != .single && Layout.form(for: size) != .message
    if isFramed { frame.canvas.box(Rect(size), glyphs.border, style: Style(.border)) }
    let room = Rect(size).inset(columns: isFramed ? 3 : 1, rows: isFramed ? 2 : 0)
    let sentence =
      status.problem
      ?? "\(status.name) is not there yet: the first epoch that is validated writes it."
    let texts: [(String, Style)] =
      [("Waiting for a model", Style(.title)), ("", Style())]
      + sentence.wrapped(to: max(1, room.columns)).map {
        ($0, Style(status.problem == nil ? .text : .warning))
      } + [("", Style()), ("q leaves.", Style(.muted)), ("", Style())]
    for (row, text) in texts.enumerated() { frame.put(text.0, room.line(row), style: text.1) }
    let below = room.dropFirst(rows: texts.count)
    if status.epochs != nil, below.rows >= 3 {
      frame.put(WatchStrip.whereItIs(status), below.line(0), style: Style(.title))
      WatchStrip.drawCurves(status, in: below.dropFirst(rows: 1), &frame)
    }
    return frame.canvas
  }
}

/// The signs of a run that is watched.
enum WatchView: ExplorerView {
  static func legend(_ words: Terminology, _ glyphs: Glyphs) -> [Legend.Entry] {
    [
      Legend.Entry(
        "loss", "watch training curve epoch",
        "Watching: the mean training loss of each epoch, the last one on the right.", in: [.watch]),
      Legend.Entry(
        "valid", "watch metric best epoch early stopping",
        "Watching: the metric on the validation steps, by which the best epoch is chosen.",
        in: [.watch]),
    ]
  }
}

extension Explorer {
  /// The state that goes on with another model, a better one of the same run: the same user at
  /// the same step, and the same view.
  package static func carry(_ state: State, from old: SceneCache, to new: SceneCache) -> State {
    var state = state
    if let user = state.user {
      let (before, after) = (old.session.users, new.session.users)
      if user >= before.count {
        state.user = user - before.count + after.count
      } else if !after.indices.contains(user) || after.user(user) != before.user(user) {
        state.user = after.place(of: before.user(user))
        state.overlay = nil
      }
    }
    if let view = state.fullView?.view { state.show(view.carried(from: old, to: new)) }
    if let slot = state.slot, slot >= new.model.relationNames.count { state.slot = nil }
    return state
  }
}
