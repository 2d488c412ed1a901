/// Which part of the screen belongs to what.
///
/// The header, the footer, the titles and bodies of the panes and the lines between them cover the
/// screen without overlap, whatever its size.
package struct Layout: Equatable, Sendable {
  /// How many panes stand beside each other.
  package enum Form: Sendable {
    /// Four panes, from 120 columns on.
    case wide
    /// The history and one or two others, from 80 columns on.
    case split
    case single
    /// Too small for a pane; the header says so in one line.
    case message
  }

  package struct Placement: Equatable, Sendable {
    package let pane: Pane
    package let title: Rect
    package let body: Rect
    package let isTitleOnLine: Bool
  }

  /// What the places depend on, apart from the size.
  package struct Request: Equatable, Sendable {
    package let focus: Pane
    /// What stands beside the history where there is room for one pane: state or memory.
    package let side: Pane
    package let showsWhy: Bool
    /// Whether two views are compared: in the place of the memory, with the history beside it where
    /// there is room.
    package let compares: Bool
    /// Whether the history is edited, so that it must be seen.
    package let edits: Bool

    package let zoomsWhy: Bool

    /// Makes a request; a side that is neither state nor memory counts as memory.
    package init(
      focus: Pane, side: Pane, showsWhy: Bool, zoomsWhy: Bool = false, compares: Bool = false,
      edits: Bool = false
    ) {
      self.zoomsWhy = showsWhy && zoomsWhy && !compares
      self.focus = focus
      self.edits = edits
      self.compares = compares
      self.side = side == .gruState ? .gruState : .memory
      self.showsWhy = showsWhy && !compares
    }
  }

  package let size: Size
  package let form: Form
  /// The first row; all of the screen if the form is `message`.
  package let header: Rect
  /// The last row; empty if the form is `message`.
  package let footer: Rect
  package let panes: [Placement]
  /// Vertical lines, each one column wide, with those at the left and right edge.
  package let lines: [Rect]

  package func placement(of pane: Pane) -> Placement? { panes.first { $0.pane == pane } }

  /// The place for something on top of the panes: between header and footer, in the middle.
  ///
  /// Where only slivers of the panes would be left beside it, it takes them, too.
  static func area(columns: Int, rows: Int, on size: Size) -> Rect {
    let room = Rect(column: 0, row: 1, columns: size.columns, rows: size.rows - 2)
    return room.centred(
      columns: size.columns - columns < 24 ? size.columns : columns,
      rows: size.rows - 2 - rows < 4 ? size.rows - 2 : rows)
  }

  package static let least = Size(columns: 20, rows: 6)

  package static func form(for size: Size) -> Form {
    if size.columns < least.columns || size.rows < least.rows { return .message }
    if size.columns >= 120 { return .wide }
    return size.columns >= 80 ? .split : .single
  }

  /// Finds a place for everything that fits.
  package init(_ size: Size, _ request: Request) {
    self.size = size
    form = Layout.form(for: size)
    guard form != .message else {
      header = Rect(size)
      footer = Rect(column: 0, row: 0, columns: 0, rows: 0)
      panes = []
      lines = []
      return
    }
    header = Rect(column: 0, row: 0, columns: size.columns, rows: 1)
    footer = Rect(column: 0, row: size.rows - 1, columns: size.columns, rows: 1)
    let inside = Rect(column: 0, row: 1, columns: size.columns, rows: size.rows - 2)
    if form == .single {
      panes = [Layout.place(request.focus, in: inside)]
      lines = []
    } else {
      (panes, lines) = Layout.framed(inside, form: form, request)
    }
  }
}

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

/// A part of the screen with its own content.
public enum Pane: String, CaseIterable, Sendable {
  case history
  case gruState
  case memory
  case recommendations
  case why
}
