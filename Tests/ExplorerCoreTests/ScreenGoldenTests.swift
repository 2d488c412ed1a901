import Testing
import Workspace

@testable import ExplorerCore

/// A view of the little model that a list of keys leads to.
struct View: Sendable, CustomTestStringConvertible {
  let name: String
  let keys: String
  /// Whether somebody is looked at.
  var hasData = true

  var testDescription: String { name }

  /// Every pane and everything that can lie on top of them.
  static let all = [
    View(name: "panes", keys: ""), View(name: "why", keys: "w"), View(name: "state", keys: "Tab"),
    View(name: "memory", keys: "Tab,Tab"), View(name: "recommended", keys: "BTab,Down"),
    View(name: "plain", keys: "p,w,BTab,Tab"), View(name: "users", keys: "v"),
    View(name: "users-search", keys: "v,text=Psycho"), View(name: "find", keys: "/,text=侍"),
    View(name: "palette", keys: ":"), View(name: "palette-search", keys: ":,text=step"),
    View(name: "card", keys: "Enter"), View(name: "model", keys: "i"),
    View(name: "help", keys: "?"), View(name: "help-search", keys: "?,text=attention,Down"),
    View(name: "own-items", keys: "n,text=ver,Enter,text=psy,Enter,text=s"),
    View(name: "naming", keys: "n,Enter,Escape,text=Zo"),
    View(name: "why-zoom", keys: "w,z"), View(name: "why-relations", keys: "w,b"),
    View(name: "why-facts", keys: "w,b,b"), View(name: "why-check", keys: "w,z,x,x,!"),
    View(name: "why-order", keys: "w,s,s"),
    View(name: "why-step", keys: "w,z,Enter"),
    View(name: "why-relation", keys: "w,z,b,Down,Enter,!"),
    View(name: "why-fact", keys: "w,z,b,b,Enter"),
    View(name: "why-over", keys: "w,V,text=marn,Enter,z"),
    View(name: "why-search", keys: "w,f,text=de"), View(name: "export", keys: "o"),
    View(name: "edit", keys: "e,Up,d,Up,a,text=shin,Enter,s"),
    View(name: "edit-search", keys: "e,Up,a,text=fab"),
    View(name: "edit-recommended", keys: "e,Up,d,s,e,BTab"), View(name: "smallest", keys: "S"),
    View(name: "compare", keys: "c,Left,Left"), View(name: "compare-edit", keys: "c,e,d"),
    View(name: "compare-slots", keys: "c,Left,Left,BTab"),
    View(name: "compare-patched", keys: "c,Left,Left,P"),
    View(name: "map", keys: "m"), View(name: "map-near", keys: "m,s,Tab,Tab,Enter,Tab"),
    View(name: "diagnosis", keys: "d"), View(name: "population", keys: "W,Down"),
    View(name: "population-relations", keys: "W,Tab"),
    View(name: "population-slices", keys: "W,Tab,Tab,Down"),
    View(name: "tour", keys: "t"), View(name: "similar-states", keys: "L"),
    View(name: "similar-slots", keys: "L,Tab"),
    View(name: "tour-second", keys: "t,Right"),
    View(name: "sorted", keys: "s,s,Tab,Tab"), View(name: "unseen", keys: "x,BTab"),
    View(name: "theme", keys: "T"), View(name: "model-plain", keys: "p,i"),
    View(name: "find-nothing", keys: "/,text=zzz"),
    View(name: "empty", keys: "", hasData: false),
    View(name: "empty-items", keys: "n,text=ps", hasData: false),
  ]

  /// The state of the view.
  func state(_ little: LittleData, _ size: Size) throws -> (State, SceneCache) {
    let keys = try KeyScript.parse(self.keys)
    guard hasData else {
      let cache = SceneCache(Session(little.session.model), name: "little")
      return (
        Explorer.run(keys, from: State(size: size), with: cache, glyphs: .unicode).state, cache
      )
    }
    return (
      Explorer.run(keys, from: try little.start(size), with: little.cache, glyphs: .unicode).state,
      little.cache
    )
  }
}

/// Whole screens of the little model, with titles of wide and combining characters.
@Suite("Screens")
struct ScreenGoldenTests {
  static let sizes = [(80, 24), (120, 36), (40, 12)]

  @Test(
    "in three sizes, in Unicode, in ASCII, and by what is told apart without colour",
    arguments: View.all)
  func view(_ view: View) throws {
    let little = try LittleData()
    var text = ""
    for (columns, rows) in [(80, 24), (120, 36), (40, 12)] {
      let (state, cache) = try view.state(little, Size(columns: columns, rows: rows))
      while cache.work(for: state) {}
      let scene = cache.scene(for: state)
      let frame = Explorer.render(state, scene, glyphs: .unicode)
      text += "== \(columns)x\(rows)\n" + frame.canvas.text
      text += "== \(columns)x\(rows) ASCII\n"
      text += Explorer.render(state, scene, glyphs: .ascii).canvas.text
      text += "== \(columns)x\(rows) without colour\n" + ScreenGoldenTests.stress(frame.canvas)
    }
    try expectGolden(text, view.name)
  }

  @Test("on a large screen", arguments: ["", "w", "W"])
  func large(keys: String) throws {
    let little = try LittleData()
    try expectGolden(
      try little.text(keys, columns: 200, rows: 60),
      ["": "large", "w": "large-why", "W": "large-population"][keys] ?? keys)
  }

  @Test("too small for a pane")
  func message() throws {
    let little = try LittleData()
    let texts = try [(40, 5), (19, 12), (12, 3), (6, 2), (1, 1)].map { columns, rows in
      "== \(columns)x\(rows)\n" + (try little.text("w", columns: columns, rows: rows))
    }
    try expectGolden(texts.joined(), "message")
  }

  /// A letter for each cell: the stress that the theme without colours gives it.
  ///
  /// Rows end with their last stressed cell. Cells of a residual have no letter: how many digits it
  /// has differs from build to build.
  private static func stress(_ canvas: Canvas) -> String {
    (0..<canvas.size.rows).map { row in
      let cells = canvas.row(row).filter { $0.width > 0 }
      let text = String(cells.map { Character($0.base) }).replacing(/\ ?[+−]?[0-9]e-[0-9]+/) {
        String(repeating: "\u{0}", count: $0.output.count)
      }
      var line = zip(cells, text).map { cell, sign in
        sign == "\u{0}" ? "." : letter(Theme.mono.look(of: cell.style).emphasis)
      }
      while line.last == "." { line.removeLast() }
      return String(line) + "\n"
    }.joined()
  }

  /// A letter for each kind of stress: what can be told apart without colour.
  private static func letter(_ emphasis: Emphasis) -> Character {
    if emphasis.contains(.reverse) { return emphasis.contains(.bold) ? "R" : "r" }
    if emphasis.contains(.underline) { return emphasis.contains(.bold) ? "U" : "u" }
    if emphasis.contains(.bold) { return "B" }
    return emphasis.contains(.dim) ? "d" : "."
  }
}
