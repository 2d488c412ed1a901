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
    let wanted = min(similarity.cosines.rows, room.columns - 1) + 3
    let left = room.rows - line
    var similarCount = min(12, max(room.rows >= 16 ? 3 : 1, left - wanted - 2))
    let map = Rect(
      column: room.column, row: room.row + line, columns: room.columns,
      rows: left - similarCount - 2)
    if map.rows >= 6 {
      line +=
        HeatMap.draw(
          similarity.cosines, at: place, from: similarity.steps.lowerBound, in: map, &frame) + 1
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
  /// Lines beside its rows of cells: what it shows, from what to what, and the marks below.
  private static let lines = 3

  /// Draws the map as large as it fits and returns the rows it takes.
  ///
  /// The step is framed where the signs at the left and below meet; its cell keeps its shade.
  static func draw(
    _ cosines: Matrix, at place: Int, from firstStep: Int, in room: Rect, _ frame: inout Frame
  ) -> Int {
    var (cosines, place) = (cosines, place)
    let rows = room.rows - lines
    let width = room.columns - 1
    let (fitting, steps) = (min(rows, width), cosines.rows)
    // What is said of the cells, the longest first.
    var notes: [String] = []
    // A few steps too many are left out rather than put together with others.
    if steps > fitting, steps * 2 <= fitting * 3 {
      let window = ListWindow.rows(of: steps, height: fitting, showing: place)
      cosines = cut(cosines, to: window)
      place -= window.lowerBound
      notes = ["\(firstStep + window.lowerBound + 1)-\(firstStep + window.upperBound)"]
    }
    let count = cosines.rows
    guard count > 1, rows > 1, width > 1 else { return 0 }
    let binSize = max((count + rows - 1) / rows, (count + width - 1) / width)
    let bins = (count + binSize - 1) / binSize
    let cellWidth = max(1, min(2, width / bins))
    if binSize > 1 { notes = ["\(binSize) steps a cell", "\(binSize) a cell"] }
    let means = bin(cosines, size: binSize, into: bins)
    let scale = Scale(means.values)
    drawTitle(scale, in: room, &frame)
    let cells = room.dropFirst(rows: 2)
    for y in 0..<bins {
      let line = cells.line(y)
      for x in 0..<bins {
        for part in 0..<cellWidth {
          scale.draw(
            means[y, x], column: line.column + 1 + x * cellWidth + part, row: line.row, &frame)
        }
      }
    }
    let cursor = place / binSize
    frame.put(String(frame.glyphs.marks.here), cells.line(cursor), style: Style(.focus))
    scale.drawFrame(
      around: means[cursor, cursor], column: cells.column + 1 + cursor * cellWidth,
      row: cells.line(cursor).row, columns: cellWidth, &frame)
    drawBelow(notes, mark: 1 + cursor * cellWidth, in: cells.line(bins), &frame)
    return lines + bins
  }

  private static func drawTitle(_ scale: Scale, in room: Rect, _ frame: inout Frame) {
    let titles =
      frame.words.isPlain
      ? ["likeness of running states", "likeness of states", "likeness"]
      : ["cosine between GRU states", "cosine of GRU states", "cos of states"]
    frame.put(
      titles.first { $0.columns <= room.columns } ?? titles[2], room.line(0), style: Style(.muted))
    scale.drawLegend(in: room.line(1), at: 1, &frame)
  }

  /// The sign below the step's column, and what is said of the cells on that side that has room.
  private static func drawBelow(_ notes: [String], mark: Int, in line: Rect, _ frame: inout Frame) {
    frame.put(String(frame.glyphs.marks.up), line, at: mark, columns: 1, style: Style(.focus))
    let right = line.columns - mark - 2
    for note in notes {
      let start =
        note.columns <= right ? mark + 2 : note.columns < mark ? mark - 1 - note.columns : nil
      guard let start else { continue }
      return frame.put(note, line, at: start, style: Style(.muted))
    }
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
        words.isPlain ? "likeness of running states" : "cosine between GRU states",
        "heat map similarity step cell",
        "\(words.isPlain ? "Likeness" : "Cosine") of any two steps, from the lowest shade to the"
          + " highest;"
          + " \(glyphs.marks.here) and \(glyphs.marks.up) meet at the present step, which is framed."
      ),
      entry(words.mostAlike, "similar", "Earlier steps whose state is most like this one's."),
    ]
  }
}
