import Explanation
import Randomness
import Testing
import Text

@testable import ExplorerCore

@Suite("Map")
struct MapTests {
  private let little: LittleData

  init() throws { little = try LittleData() }

  private func view(_ keys: String, columns: Int = 100) throws -> MapView {
    // The plane must be there before keys can move over it.
    let open = try little.run("m", columns: columns).state
    while little.cache.work(for: open) {}
    let state = try little.run(keys, from: open).state
    guard let view = state.view(MapView.self) else {
      Issue.record("no map")
      return MapView()
    }
    return view
  }

  @Test("items are coloured by a relation's tails, with a key, and the next one on b")
  func colours() throws {
    let open = try little.run("m", columns: 120, rows: 60).state
    while little.cache.work(for: open) {}
    let scene = little.cache.scene(for: open)
    let groups = try #require(scene.map?.groups)
    let others = MapGroups.slots(scene.model).compactMap { MapGroups($0, little.session.model) }
    #expect(others.allSatisfy { $0.covered <= groups.covered })
    for (item, group) in groups.group.enumerated() {
      let tails = little.session.model.tails.of(item: item, slot: groups.slot)
        .map { little.session.model.tails.names[Int($0)] }
      if let group { #expect(tails.contains(groups.tails[group].name)) }
      if group == nil { #expect(groups.tails.allSatisfy { !tails.contains($0.name) }) }
    }
    let frame = little.frame(open)
    #expect(frame.canvas.text.contains("\(groups.tails[0].name) \(groups.tails[0].count)"))
    let roles = (0..<60).flatMap { frame.canvas.row($0).map(\.style.role) }
    #expect(roles.contains(MapGroups.roles[0]))
    #expect(try view("b").colouring == .slot(groups.slot + 1) || view("b").colouring == .off)
    let off = try view(Array(repeating: "b", count: others.count + 1).joined(separator: ","))
    #expect([.off, .slot(0)].contains(off.colouring))
    let request = try MapRequest(parsing: "colour=2,row=1")
    #expect(request.text == "colour=2,row=1" && request.view(of: nil).colouring == .slot(1))
    #expect(throws: UserError.self) { try MapRequest(parsing: "colour=x") }
  }

  @Test("the colours have a key at every size, and letters where there are no colours")
  func keys() throws {
    for (columns, rows) in [(80, 24), (120, 36), (200, 60), (40, 12), (100, 16)] {
      var state = try little.run("m", columns: columns, rows: rows).state
      while little.cache.work(for: state) {}
      let groups = try #require(little.cache.scene(for: state).map?.groups)
      func words(_ frame: Frame) -> [(text: String, role: Role)] {
        (0..<rows).flatMap { row in
          frame.canvas.row(row).split { $0.base == " " || $0.base == "│" }.map {
            (
              text: String(String.UnicodeScalarView($0.flatMap(\.scalars))),
              role: $0.first?.style.role ?? .text
            )
          }
        }
      }
      let shown = words(little.frame(state))
      for (tail, role) in zip(groups.tails, MapGroups.roles) {
        #expect(
          shown.contains { $0.role == role && $0.text.hasPrefix(tail.name.prefix(1)) },
          "\(columns)x\(rows) \(tail.name)")
      }
      state.hasColors = false
      let letters = little.frame(state).canvas
      #expect(words(little.frame(state)).contains { $0.text == "a" }, "\(columns)x\(rows)")
      #expect(!letters.text.isEmpty)
      let off = try little.run(
        Array(repeating: "b", count: 9).joined(separator: ","), from: state
      ).state
      if off.view(MapView.self)?.colouring == .off {
        #expect(!words(little.frame(off)).contains { $0.text == "a" })
      }
    }
  }

  @Test("names lie inside, beside their points, and never on each other or on a point")
  func labels() {
    var random = SeededGenerator(seed: 4)
    for _ in 0..<300 {
      let room = Rect(
        column: random.integer(below: 5), row: random.integer(below: 5),
        columns: random.integer(below: 60), rows: random.integer(below: 20))
      var placer = LabelPlacer(room)
      guard !room.isEmpty else {
        #expect(placer.place([.init(anchor: Point(column: 1, row: 1), columns: 3)]) == [nil])
        continue
      }
      let labels = (0..<30).map { _ in
        LabelPlacer.Label(
          anchor: Point(
            column: room.column + random.integer(below: room.columns),
            row: room.row + random.integer(below: room.rows)),
          columns: 1 + random.integer(below: 20))
      }
      for label in labels { placer.block(label.anchor) }
      let places = placer.place(labels)
      var taken: Set<Point> = Set(labels.map(\.anchor))
      for (label, place) in zip(labels, places) {
        guard let place else { continue }
        // A name in another row has a corner in the column of its point.
        let isBeside = place.row == label.anchor.row
        #expect(place.columns == label.columns + (isBeside ? 0 : 1) && place.rows == 1)
        if !isBeside {
          #expect([place.column, place.endColumn - 1].contains(label.anchor.column))
        }
        // No other point or name is as near to it in its row.
        let gap = place.column >= label.anchor.column ? place.endColumn : place.column - 1
        #expect(!taken.contains(Point(column: gap, row: place.row)))
        #expect(place.intersection(room) == place)
        #expect(abs(place.row - label.anchor.row) <= 1)
        for column in place.column..<place.endColumn {
          #expect(taken.insert(Point(column: column, row: place.row)).inserted)
        }
      }
    }
  }

  @Test("a name goes to the right where there is room, else to the left")
  func sides() {
    var placer = LabelPlacer(Rect(column: 0, row: 0, columns: 20, rows: 3))
    let places = placer.place([
      .init(anchor: Point(column: 2, row: 1), columns: 5),
      .init(anchor: Point(column: 18, row: 1), columns: 5),
    ])
    #expect(places[0] == Rect(column: 4, row: 1, columns: 5, rows: 1))
    #expect(places[1] == Rect(column: 12, row: 1, columns: 5, rows: 1))
  }

  @Test("dots: four lines of two in braille, two of one in ASCII; outside nothing happens")
  func dots() {
    let room = Rect(column: 3, row: 2, columns: 2, rows: 1)
    var braille = DotGrid(room, glyphs: .unicode)
    #expect(braille.columns == 4 && braille.rows == 4)
    braille.set(0, 0)
    braille.set(1, 3)
    braille.set(-1, 0)
    braille.set(4, 0)
    #expect(braille.sign(column: 0, row: 0) == "⢁")
    #expect(braille.sign(column: 1, row: 0) == nil)
    braille.line(from: (0, 0), to: (3, 0))
    #expect(braille.sign(column: 1, row: 0) == "⠉")
    var ascii = DotGrid(room, glyphs: .ascii)
    ascii.set(0, 0)
    ascii.set(1, 1)
    #expect(ascii.sign(column: 0, row: 0) == "'" && ascii.sign(column: 1, row: 0) == ".")
    ascii.line(from: (0, 0), to: (1_000_000_000, 5))
    ascii.line(from: (0, 1), to: (0, 1))
    #expect(ascii.sign(column: 0, row: 0) == ":")
  }

  @Test("every item lies on the whole map, and a cell's middle lies in the cell")
  func geometry() throws {
    let open = try little.run("m").state
    while little.cache.work(for: open) {}
    let plane = try #require(little.cache.scene(for: open).map?.plane)
    for (columns, rows) in [(120, 36), (80, 24), (40, 12), (21, 7)] {
      for glyphs in [Glyphs.unicode, .ascii] {
        let geometry = MapGeometry(
          plane, MapView(), on: Size(columns: columns, rows: rows), glyphs: glyphs)
        for point in plane.points.dropFirst() { #expect(geometry.cell(point) != nil) }
        for row in geometry.room.row..<geometry.room.endRow {
          for column in geometry.room.column..<geometry.room.endColumn {
            let cell = Point(column: column, row: row)
            #expect(geometry.cell(geometry.point(at: cell)) == cell)
          }
        }
      }
    }
  }

  @Test("m opens and closes; Esc closes; steps go on meanwhile")
  func opening() throws {
    #expect(try little.run("m,m").state.fullView == nil)
    #expect(try little.run("m,Escape").state.fullView == nil)
    #expect(try little.run("m,q").effects == [.quit])
    #expect(try little.run("m,Comma,Comma,.").state.step == 4)
    #expect(try little.run("m,g").state.step == 0)
    #expect(try little.run("m,]").state.context == .map)
    #expect(try little.run("m,d").state.context == .diagnosis)
    #expect(try little.run("m,z").state.toast?.text.contains("z does nothing here") == true)
    #expect(try little.run("m,?,text=zoom in,Enter").state.context == .map)
    #expect(try little.run("m,v,Enter").state.context == .map)
  }

  @Test("arrows pan, + and - zoom, 0 shows everything again")
  func moving() throws {
    let start = try view("0")
    #expect(start.centre == .everything && start.zoom == 0)
    func centre(_ keys: String) throws -> PlanePoint {
      guard case .point(let point) = try view(keys).centre else { throw CancellationError() }
      return point
    }
    let right = try centre("Right")
    let left = try centre("h")
    #expect(right.x > left.x && right.y == left.y)
    let up = try centre("k")
    let down = try centre("Down")
    #expect(up.y > down.y && up.x == down.x)
    #expect(try view("+,+,-").zoom == 1)
    #expect(try view("Right,+,0") == start)
    #expect(try view(Array(repeating: "+", count: 40).joined(separator: ",")).zoom == 16)
    #expect(try view(Array(repeating: "-", count: 40).joined(separator: ",")).zoom == -4)
  }

  @Test("the wheel zooms around the cell it is turned over")
  func wheel() throws {
    let open = try little.run("m", columns: 100).state
    while little.cache.work(for: open) {}
    let place = Point(column: 12, row: 7)
    func point(_ state: State) throws -> PlanePoint {
      guard let view = state.view(MapView.self) else { throw CancellationError() }
      let plane = little.cache.scene(for: state).map?.plane
      return MapGeometry(plane, view, on: state.size, glyphs: .unicode).point(at: place)
    }
    let before = try point(open)
    let after = try point(try little.run("WheelUp@12:7,WheelUp@12:7", from: open).state)
    #expect(abs(before.x - after.x) < 1e-3 && abs(before.y - after.y) < 1e-3)
    let back = try little.run("WheelUp@12:7,WheelDown@12:7", from: open).state
    guard let view = back.view(MapView.self) else { return }
    #expect(view.zoom == 0)
  }

  @Test("names: Tab goes through them, Enter takes one into the middle, Backspace goes back")
  func names() throws {
    let map = try #require(try little.scene("m").map)
    let first = map.recommendations[0].item
    #expect(map.subject?.item == first)
    #expect(try view("Tab").row == 0)
    #expect(try view("BTab").row == map.rows.count - 1)
    let taken = try view("Tab,Tab,Enter")
    #expect(taken.item == map.rows[1].item && taken.row == nil && taken.zoom == 2)
    #expect(taken.centre == .item(map.rows[1].item))
    #expect(try view("Tab,Tab,Enter,BSpace").item == nil)
    #expect(try view("BSpace").item == nil)
    #expect(try view("Enter").row == nil)
    let far = try view("BTab,Enter,BTab,Enter,BSpace")
    #expect(far.item == map.rows[map.rows.count - 1].item)
  }

  @Test("nearest by cosine or by dot product, in all dimensions")
  func likeness() throws {
    let map = try #require(try little.scene("m").map)
    let nearest = NearestItems(little.session.network)
    let subject = try #require(map.subject?.item)
    #expect(map.neighbours.map(\.item) == nearest.nearest(to: subject, count: 10).map(\.item))
    #expect(try view("s").likeness == .dotProduct)
    #expect(try view("s,s").likeness == .cosine)
    let dot = try #require(try little.scene("m,s").map)
    #expect(
      dot.neighbours.map(\.item)
        == nearest.nearest(to: subject, by: .dotProduct, count: 10).map(\.item))
    #expect(try little.text("m,s", columns: 120).contains("dot product, all 8 dimensions"))
  }

  @Test("a click takes the item that lies there into the middle")
  func clicks() throws {
    let open = try little.run("m", columns: 100).state
    while little.cache.work(for: open) {}
    let plane = try #require(little.cache.scene(for: open).map?.plane)
    let geometry = MapGeometry(plane, MapView(), on: open.size, glyphs: .unicode)
    for item in Int32(1)...12 {
      let cell = try #require(geometry.cell(plane.points[Int(item)]))
      let state = try little.run("Click@\(cell.column):\(cell.row)", from: open).state
      guard let view = state.view(MapView.self), let taken = view.item else {
        Issue.record("nothing taken")
        continue
      }
      // Two items may share a cell.
      #expect(geometry.cell(plane.points[Int(taken)]) == cell)
    }
    #expect(try little.run("Click@2:0", from: open).state.fullView == open.fullView)
  }

  @Test("without a viewer the map still shows the items")
  func withoutUser() throws {
    let cache = SceneCache(.init(little.session.model), name: "m")
    var state = State(size: Size(columns: 100, rows: 30))
    state = Explorer.run([.character("m")], from: state, with: cache, glyphs: .unicode).state
    while cache.work(for: state) {}
    let map = try #require(cache.scene(for: state).map)
    #expect(map.recommendations.isEmpty && map.neighbours.count == 10 && map.path.isEmpty)
    #expect(
      Explorer.render(state, cache.scene(for: state), glyphs: .unicode).canvas.text
        .contains("Nearest to"))
  }

  @Test(
    "the map that y copies is the one on the screen",
    arguments: [
      "m", "m,+,+", "m,Tab,Tab", "m,Tab,Enter", "m,Tab,Enter,Right,Right,-,Up",
      "m,s,BTab,Enter,Tab", "m,Tab,Enter,0", "m,Tab,Enter,BSpace", "m,Left,-,-", "w,m,+",
      "x,m,BTab,Enter,s",
    ])
  func copied(keys: String) throws {
    let start = try little.run("Resize@80x24").state
    while little.cache.work(for: try little.run("m", from: start).state) {}
    var state = try little.run(keys, from: start).state
    state.toast = nil
    let scene = little.cache.scene(for: state)
    let words = Explorer.commandLine(state, scene).split(separator: " ")
    func option(_ name: Substring) -> String? {
      words.lastIndex(of: name).map { String(words[$0 + 1].filter { $0 != "'" }) }
    }
    var again = try little.run(option("--keys") ?? "", from: start).state
    if let map = option("--map") {
      again = try little.cache.mapping(again, MapRequest(parsing: map))
    }
    again.toast = nil
    #expect(little.frame(again).canvas.text == little.frame(state).canvas.text)
    guard var view = state.view(MapView.self), var other = again.view(MapView.self) else {
      Issue.record("no map: \(words)")
      return
    }
    // The way back is shorter.
    (view.trail, other.trail) = ([], [])
    #expect(view == other)
    #expect((keys == "m") == (option("--map") == nil))
  }

  @Test("y copies on the map and of the model as a whole, too")
  func copies() throws {
    #expect(
      try little.run("m,Tab,y").effects == [
        .copy("ksr-tui 'little model' --viewer guest0 --step 6 --map row=1")
      ])
    #expect(
      try little.run("d,y").effects == [
        .copy("ksr-tui 'little model' --viewer guest0 --step 6 --keys d")
      ])
  }

  @Test(
    "a map that cannot be understood is refused with what was expected",
    arguments: [
      ("of", "an item after of="), ("of=", "an item"), ("zoom=99", "from -4 to 16"),
      ("zoom=x", "a number"), ("at=1", "0.5:-1"), ("at=nan:0", "two numbers"), ("by=likes", "dot"),
      ("row=0", "from 1"), ("to=3", "of=ITEM"), ("zoom=1,,far", "of=ITEM"),
    ])
  func refused(text: String, sentence: String) {
    let failure = #expect(throws: UserError.self) { try MapRequest(parsing: text) }
    #expect(failure?.description.hasPrefix("--map, \"") == true)
    #expect(failure?.description.contains(sentence) == true, "\(failure as Any)")
  }

  @Test("an item that the map cannot show is named; a row past the end is the last")
  func asked() throws {
    let start = try little.start(Size(columns: 80, rows: 24))
    let failure = #expect(throws: UserError.self) {
      try little.cache.mapping(start, MapRequest(parsing: "of=psyco"))
    }
    #expect(failure?.description.contains("Psycho") == true)
    let state = try little.cache.mapping(start, MapRequest(parsing: "of=psycho,row=1000"))
    guard let view = state.view(MapView.self) else { return }
    #expect(view.row == (little.cache.scene(for: state).map?.rows.count ?? 0) - 1)
    #expect(try MapRequest(parsing: "").text.isEmpty)
    let text = "of=a%2Cb,zoom=-2,at=0.25:-1.5e-07,by=dot,row=3"
    #expect(try MapRequest(parsing: text).text == text)
  }
}
