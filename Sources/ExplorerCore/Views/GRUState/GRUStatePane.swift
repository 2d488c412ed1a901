import Explanation
import KSRModel
import KSRNumerics

/// How the state of the recurrent network moves from step to step.
enum GRUStatePane: PaneView {
  static let pane = Pane.gruState

  static func name(_ words: Terminology) -> String { words.gruState }

  static func draw(
    _ state: State, _ scene: Scene, in placement: Layout.Placement, _ frame: inout Frame
  ) {
    guard let user = scene.user, let step = scene.step else { return }
    let room = placement.inside
    drawNumber(
      frame.words.likePrevious, step.cosineWithPrevious.map { frame.glyphs.share($0) } ?? "",
      in: room.line(0), &frame)
    drawNumber(
      frame.words.change, frame.glyphs.decimal(step.changeOfState), in: room.line(2), &frame)
    // Late steps of a long history are read a portion at a time.
    guard let similarity = user.similarity, similarity.steps.contains(step.step) else { return }
    let place = step.step - similarity.steps.lowerBound
    drawCurve(
      similarity.withPrevious.map { $0.map(Double.init) ?? .nan }, at: place, in: room.line(1),
      &frame)
    drawCurve(similarity.changes.map(Double.init), at: place, in: room.line(3), &frame)
    var line = 5
    // The map comes first; what it leaves goes to the steps most alike.
    let wanted = min(similarity.cosines.rows, room.columns - 1) + 1
    let left = room.rows - line
    var similarCount = min(12, max(room.rows >= 16 ? 3 : 1, left - wanted - 2))
    let map = Rect(
      column: room.column, row: room.row + line, columns: room.columns,
      rows: left - similarCount - 2)
    if map.rows >= 5 {
      line += HeatMap.draw(similarity.cosines, at: place, in: map, &frame) + 1
    } else {
      similarCount = max(0, min(5, left - 1))
    }
    drawSimilar(
      similarity.mostSimilar(before: step.step, count: similarCount), user,
      in: room.dropFirst(rows: line), &frame)
  }

  private static func drawNumber(
    _ label: String, _ value: String, in line: Rect, _ frame: inout Frame
  ) {
    frame.put(label, line, columns: line.columns - 6, style: Style(.muted))
    frame.put(value, line, at: line.columns - 5, columns: 5, .right, style: Style(.text, .bold))
  }

  /// A curve over all steps; where they are more than the columns, those around the step.
  private static func drawCurve(
    _ values: [Double], at place: Int, in line: Rect, _ frame: inout Frame
  ) {
    let window = ListWindow.rows(of: values.count, height: line.columns, showing: place)
    let finite = values.filter(\.isFinite)
    guard !line.isEmpty, let least = finite.min(), let most = finite.max() else { return }
    frame.put(
      frame.glyphs.sparkline(Array(values[window]), in: least...most), line, style: Style(.bar))
    let column = line.column + place - window.lowerBound
    frame.canvas.restyle(Rect(column: column, row: line.row, columns: 1, rows: 1)) {
      $0 = Style(.text, .bold)
    }
  }

  private static func drawSimilar(
    _ steps: [StateSimilarity.SimilarStep], _ user: UserScene, in room: Rect,
    _ frame: inout Frame
  ) {
    guard !steps.isEmpty, room.rows >= 2 else { return }
    frame.put(frame.words.mostAlike, room.line(0), style: Style(.muted))
    let glyphs = frame.glyphs
    let cosine = Table.Column(.fixed(4), .right) { row, _ in
      .text(glyphs.share(steps[row].cosine))
    }
    let number = Table.Column(.fixed(max(2, String(user.rows.count).count)), .right) { row, _ in
      .text(String(steps[row].step + 1), Style(.muted))
    }
    let title = Table.Column(.flexible()) { row, _ in .text(user.rows[steps[row].step].title) }
    Table([cosine, number, title], width: room.columns)
      .draw(steps.indices, in: room.dropFirst(rows: 1), &frame) {
        .select(.history, steps[$0].step)
      }
  }
}

/// The cosines of all pairs of steps, as shades.
enum HeatMap {
  /// Draws the map as large as it fits and returns the rows it takes.
  static func draw(
    _ cosines: Matrix, at place: Int, in room: Rect, _ frame: inout Frame
  ) -> Int {
    var (cosines, place) = (cosines, place)
    let fitting = min(room.rows - 1, room.columns - 1)
    // A few steps too many are left out rather than put together with others.
    if cosines.rows > fitting, cosines.rows * 2 <= fitting * 3 {
      let window = ListWindow.rows(of: cosines.rows, height: fitting, showing: place)
      cosines = cut(cosines, to: window)
      place -= window.lowerBound
    }
    let count = cosines.rows
    // The first row names the shades; the first column holds the cursor.
    let rows = room.rows - 1
    guard count > 1, rows > 1, room.columns > 2 else { return 0 }
    let width = room.columns - 1
    let binSize = max((count + rows - 1) / rows, (count + width - 1) / width)
    let bins = (count + binSize - 1) / binSize
    let cellWidth = max(1, min(2, width / bins))
    let means = bin(cosines, size: binSize, into: bins)
    let finite = means.values
    let least = finite.min() ?? 0
    let most = max(finite.max() ?? 1, least + 1e-6)
    drawLegend(least, most, in: room.line(0), &frame)
    let cursor = place / binSize
    for y in 0..<bins {
      let line = room.line(1 + y)
      if y == cursor {
        frame.put(String(frame.glyphs.marks.here), line, style: Style(.focus))
      }
      for x in 0..<bins {
        let value = Double((means[y, x] - least) / (most - least))
        let isOnCursor = x == cursor && y == cursor
        for part in 0..<cellWidth {
          frame.canvas.put(
            frame.glyphs.shade(value), column: line.column + 1 + x * cellWidth + part,
            row: line.row,
            style: isOnCursor ? Style(.focus, .reverse) : Style(Role.heat(value)))
        }
      }
    }
    return 1 + bins
  }

  private static func drawLegend(
    _ least: Float, _ most: Float, in line: Rect, _ frame: inout Frame
  ) {
    let low = frame.glyphs.share(least)
    let high = frame.glyphs.share(most)
    let width = low.columns + 7 + high.columns
    let titles = ["step \(frame.glyphs.marks.times) step", "steps"]
    let title = titles.first { $0.columns + 1 + width <= line.columns } ?? titles[0]
    frame.put(title, line, style: Style(.muted))
    guard title.columns + 1 + width <= line.columns else { return }
    var column = line.columns - width
    frame.put(low, line, at: column, style: Style(.muted))
    column += low.columns + 1
    for shade in 0..<5 {
      let value = (Double(shade) + 0.5) / 5
      frame.canvas.put(
        frame.glyphs.shade(value), column: line.column + column + shade, row: line.row,
        style: Style(Role.heat(value)))
    }
    frame.put(high, line, at: column + 6, style: Style(.muted))
  }

  private static func cut(_ matrix: Matrix, to window: Range<Int>) -> Matrix {
    Matrix(
      rows: window.count, columns: window.count,
      values: window.flatMap { matrix.row($0).dropFirst(window.lowerBound).prefix(window.count) })
  }

  /// The means of squares of steps.
  private static func bin(_ matrix: Matrix, size: Int, into bins: Int) -> Matrix {
    guard size > 1 else { return matrix }
    var sums = Matrix(rows: bins, columns: bins)
    for y in 0..<bins {
      for x in 0..<bins {
        var (sum, count) = (Float(0), Float(0))
        for row in y * size..<min((y + 1) * size, matrix.rows) {
          for column in x * size..<min((x + 1) * size, matrix.columns) {
            sum += matrix[row, column]
            count += 1
          }
        }
        sums[y, x] = sum / count
      }
    }
    return sums
  }
}

extension GRUStatePane {
  static func legend(_ words: Terminology, _ glyphs: Glyphs) -> [Legend.Entry] {
    func entry(_ sign: String, _ names: String, _ text: String) -> Legend.Entry {
      Legend.Entry(sign, names, text, in: [.gruState])
    }
    return [
      entry(
        words.likePrevious, "cosine h_t cos",
        words.isPlain
          ? "How alike the running state is to the one before: 1 the same, 0 unrelated."
          : "Cosine of the GRU's state with the one before: 1 same direction, 0 unrelated."),
      entry(
        words.change, "change norm",
        words.isPlain
          ? "How far this item moved the running state."
          : "Length of h_t less h_t-1: how far this item moved the state."),
      entry(
        "step \(glyphs.marks.times) step", "heat map similarity",
        "How alike the states of any two steps are: the lighter or fuller, the more."),
      entry(words.mostAlike, "similar", "Earlier steps whose state is most like this one's."),
    ]
  }
}
