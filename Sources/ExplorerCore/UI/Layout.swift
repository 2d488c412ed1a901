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
    /// Whether the title stands on a line between panes.
    package let isTitleOnLine: Bool
  }

  /// What the places depend on, apart from the size.
  package struct Request: Equatable, Sendable {
    /// The pane that the keys go to.
    package let focus: Pane
    /// What stands beside the history where there is room for one pane: state or memory.
    package let side: Pane
    /// Whether the pane of reasons is open.
    package let showsWhy: Bool
    /// Whether two views are compared: in the place of the memory, with the history beside it where
    /// there is room.
    package let compares: Bool
    /// Whether the history is edited, so that it must be seen.
    package let edits: Bool

    /// Whether the reasons take all of the screen.
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
  /// The panes that are shown, in reading order.
  package let panes: [Placement]
  /// Vertical lines, each one column wide, with those at the left and right edge.
  package let lines: [Rect]

  /// The place of a pane, if it is shown.
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

  /// The smallest screen on which a pane is shown.
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
