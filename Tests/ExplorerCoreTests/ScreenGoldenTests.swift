import Testing

@testable import ExplorerCore

/// Whole screens of the little model, with titles of wide and combining characters.
@Suite("Screens")
struct ScreenGoldenTests {
  static let sizes = [(80, 24), (120, 36), (40, 12)]

  @Test("panes", arguments: sizes)
  func panes(columns: Int, rows: Int) throws {
    try expectGolden(
      try LittleData().text("", columns: columns, rows: rows), "panes-\(columns)x\(rows)")
  }

  @Test("reasons", arguments: sizes)
  func reasons(columns: Int, rows: Int) throws {
    try expectGolden(
      try LittleData().text("w", columns: columns, rows: rows), "why-\(columns)x\(rows)")
  }

  @Test("reasons in all their forms", arguments: sizes)
  func reasonForms(columns: Int, rows: Int) throws {
    let little = try LittleData()
    for (keys, name) in [
      ("w,z", "zoom"), ("w,b", "relations"), ("w,b,b", "facts"), ("w,z,!,!", "check"),
      ("w,z,Enter", "step"), ("w,z,b,Down,Enter,!", "relation"), ("w,z,b,b,Enter", "fact"),
      ("w,V,text=marn,Enter,z", "over"), ("w,f,text=de", "search"),
    ] {
      try expectGolden(
        try little.text(keys, columns: columns, rows: rows), "why-\(name)-\(columns)x\(rows)")
    }
  }

  @Test("reasons in ASCII")
  func reasonsInASCII() throws {
    let little = try LittleData()
    for (keys, name) in [("w,z,!", "check"), ("w,z,Enter", "step")] {
      try expectGolden(
        try little.text(keys, columns: 80, rows: 24, glyphs: .ascii), "why-ascii-\(name)-80x24")
    }
  }

  @Test("panes in ASCII", arguments: sizes)
  func ascii(columns: Int, rows: Int) throws {
    try expectGolden(
      try LittleData().text("w", columns: columns, rows: rows, glyphs: .ascii),
      "why-ascii-\(columns)x\(rows)")
  }

  @Test("one pane after the other on a small screen")
  func single() throws {
    let little = try LittleData()
    for (keys, name) in [
      ("n,text=ver,Enter,text=psy,Enter", "films"), ("Tab", "state"), ("Tab,Tab", "memory"),
      ("BTab", "recommended"),
    ] {
      try expectGolden(try little.text(keys, columns: 40, rows: 12), "\(name)-40x12")
    }
  }

  @Test("lists and cards on top")
  func overlays() throws {
    let little = try LittleData()
    for (keys, name) in [
      ("v", "viewers"), ("v,text=Psycho", "viewers-search"), ("/,text=侍", "find"),
      ("Enter", "card"), ("i", "model"), ("?", "help"),
      ("n,text=ver,Enter,text=psy,Enter,text=s", "films"), ("n,Enter,Escape,text=Zo", "name"),
    ] {
      try expectGolden(try little.text(keys, columns: 80, rows: 24), "\(name)-80x24")
    }
  }

  @Test("the roles of the cells, as a screen without colours shows them")
  func mono() throws {
    let little = try LittleData()
    let canvas = little.frame(try little.run("w", columns: 120, rows: 36).state).canvas
    var text = ""
    for row in 0..<canvas.size.rows {
      for cell in canvas.row(row) where cell.width > 0 {
        text += ScreenGoldenTests.letter(Theme.mono.look(of: cell.style).emphasis)
      }
      text += "\n"
    }
    try expectGolden(text, "why-mono-120x36")
  }

  /// A letter for each kind of stress: what can be told apart without colour.
  private static func letter(_ emphasis: Emphasis) -> String {
    if emphasis.contains(.reverse) { return emphasis.contains(.bold) ? "R" : "r" }
    if emphasis.contains(.underline) { return emphasis.contains(.bold) ? "U" : "u" }
    if emphasis.contains(.bold) { return "B" }
    return emphasis.contains(.dim) ? "d" : "."
  }
}
