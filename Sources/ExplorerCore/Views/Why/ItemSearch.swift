/// A search of the whole catalogue for an item to explain or to compare with.
package struct ItemSearch: Equatable, Sendable {
  package enum Purpose: Sendable {
    /// Its own score is explained.
    case explain
    /// Another item's score is compared with its own.
    case compare
  }

  /// What has been typed, and the selected item.
  package internal(set) var menu = Menu()
  package let purpose: Purpose
}

/// An item that a search has found.
struct FoundItem: Sendable, Equatable {
  let item: Int32
  /// Its title, with the year where the data tells it.
  let text: String
}

/// The list of the items found.
enum ItemSearchMenu {
  private static func area(on size: Size) -> Rect {
    // Between header and footer, also on the lowest screen.
    Rect(column: 0, row: 1, columns: size.columns, rows: size.rows - 2)
      .centred(columns: min(72, max(20, size.columns - 4)), rows: max(6, size.rows - 6))
  }

  /// How many rows of the list are seen at once.
  static func height(on size: Size) -> Int { area(on: size).inset(columns: 2, rows: 1).rows - 1 }

  static func draw(_ search: ItemSearch, _ scene: Scene, on layout: Layout, in frame: inout Frame) {
    let title =
      switch search.purpose {
      case .explain: "Why any item of the catalogue"
      case .compare:
        scene.why.map { "Why \($0.title) over \(frame.glyphs.ellipsis)" } ?? "Why over another item"
      }
    let list = MenuBox.draw(
      title.truncated(to: area(on: layout.size).columns - 6, ellipsis: frame.glyphs.ellipsis),
      search.menu, hint: "type a part of a title, or a token", area(on: layout.size), layout, &frame
    )
    guard !scene.found.isEmpty else {
      frame.put("No item has these letters in its title.", list, style: Style(.muted))
      return
    }
    let window = ListWindow.rows(
      of: scene.found.count, height: list.rows, showing: search.menu.selection)
    for (row, index) in window.enumerated() {
      let line = list.line(row)
      if index == search.menu.selection { frame.put(String(frame.glyphs.marks.here), line) }
      frame.put(scene.found[index].text, line, at: 2)
      if index == search.menu.selection { frame.select(line) }
      frame.onClick(line, .chooseRow(index))
    }
  }
}
