extension Layout {
  /// Fewer rows than this are not shared between the reasons and the other panes.
  private static let leastRowsToShare = 14
  /// Fewer rows than this are not shared between a pane and the recommendations below it.
  private static let leastRowsToStack = 16

  /// Puts a pane with its title in the first row of a rectangle.
  static func place(_ pane: Pane, in rect: Rect, isTitleOnLine: Bool = false) -> Placement {
    Placement(
      pane: pane, title: rect.line(0), body: rect.dropFirst(rows: 1), isTitleOnLine: isTitleOnLine)
  }

  /// Panes with lines between them and at both sides.
  static func framed(_ rect: Rect, form: Form, _ request: Request) -> ([Placement], [Rect]) {
    let sides = [
      Rect(column: rect.column, row: rect.row, columns: 1, rows: rect.rows),
      Rect(column: rect.endColumn - 1, row: rect.row, columns: 1, rows: rect.rows),
    ]
    let inside = rect.inset(columns: 1, rows: 0)
    let hasRoom = inside.rows >= leastRowsToShare
    guard request.showsWhy, hasRoom || request.focus == .why else {
      let (panes, lines) = upper(inside, form: form, request)
      return (panes, sides + lines)
    }
    guard hasRoom, !request.zoomsWhy else { return ([place(.why, in: inside)], sides) }
    let below = inside.rows * 2 / 5
    let (panes, lines) = upper(
      Rect(
        column: inside.column, row: inside.row, columns: inside.columns, rows: inside.rows - below),
      form: form, request)
    let why = place(.why, in: inside.dropFirst(rows: inside.rows - below), isTitleOnLine: true)
    return (panes + [why], sides + lines)
  }

  private static func upper(_ rect: Rect, form: Form, _ request: Request) -> ([Placement], [Rect]) {
    if request.compares {
      guard form == .wide || request.edits else { return ([place(.memory, in: rect)], []) }
      let (places, lines) = columns(rect, shares: form == .wide ? [25, 75] : [40, 60])
      return ([place(.history, in: places[0]), place(.memory, in: places[1])], lines)
    }
    if form == .wide {
      let panes: [Pane] = [.history, .gruState, .memory, .recommendations]
      let (places, lines) = columns(rect, shares: [25, 20, 29, 26])
      return (zip(panes, places).map { place($0, in: $1) }, lines)
    }
    let (places, lines) = columns(rect, shares: [40, 60])
    let history = place(.history, in: places[0])
    let right = places[1]
    guard rect.rows >= leastRowsToStack else {
      let pane = request.focus == .recommendations ? .recommendations : request.side
      return ([history, place(pane, in: right)], lines)
    }
    let below = right.rows * 2 / 5
    let top = Rect(
      column: right.column, row: right.row, columns: right.columns, rows: right.rows - below)
    return (
      [
        history, place(request.side, in: top),
        place(
          .recommendations, in: right.dropFirst(rows: top.rows), isTitleOnLine: true),
      ], lines
    )
  }

  /// Cuts a rectangle into columns by their shares of the width, with a line between neighbours.
  private static func columns(_ rect: Rect, shares: [Int]) -> ([Rect], [Rect]) {
    let room = rect.columns - (shares.count - 1)
    let total = shares.reduce(0, +)
    var places: [Rect] = []
    var lines: [Rect] = []
    var column = rect.column
    var share = 0
    for part in shares {
      let width = room * (share + part) / total - room * share / total
      if !places.isEmpty {
        lines.append(Rect(column: column, row: rect.row, columns: 1, rows: rect.rows))
        column += 1
      }
      places.append(Rect(column: column, row: rect.row, columns: width, rows: rect.rows))
      column += width
      share += part
    }
    return (places, lines)
  }
}
