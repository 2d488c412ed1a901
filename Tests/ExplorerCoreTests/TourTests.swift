import Testing
import Workspace

@testable import ExplorerCore

@Suite("Tour")
struct TourTests {
  private let little: LittleData

  init() throws { little = try LittleData() }

  private func run(_ keys: String, columns: Int = 80, rows: Int = 24) throws -> State {
    try little.run(keys, columns: columns, rows: rows).state
  }

  @Test("t begins it; right, Enter and the space bar go on, left goes back")
  func walk() throws {
    let stops = little.cache.tour()
    #expect(stops.count >= 4)
    #expect(try run("t").tour == Tour(stops: stops))
    for (keys, place) in [("Right", 1), ("Enter,Space", 2), ("Right,Left", 0), ("Left", 0)] {
      #expect(try run("t,\(keys)").tour?.place == place, "\(keys)")
    }
    let rights = Array(repeating: "Right", count: stops.count - 1).joined(separator: ",")
    #expect(try run("t,\(rights)").tour?.place == stops.count - 1)
    let end = try run("t,\(rights),Right")
    #expect(end.tour == nil && end.toast?.text.contains("The tour ends here") == true)
    #expect(end.step == stops.last?.step, "it stays where the tour stood")
  }

  @Test("every stop shows its viewer, step and pane")
  func stops() throws {
    for (place, stop) in little.cache.tour().enumerated() {
      let keys = ["x", "t"] + Array(repeating: "Right", count: place)
      let state = try run(keys.joined(separator: ","))
      #expect(state.user == stop.user && state.step == stop.step && state.focus == stop.pane)
      #expect(state.recommendation == stop.recommendation && state.slot == stop.slot)
      #expect(state.showsWhy == (stop.pane == .why))
      #expect(!state.hidesSeen, "places are those in the whole ranking")
      #expect(state.layout.placement(of: stop.pane) != nil)
    }
  }

  @Test("any other key or a click ends it where it stands; a new size does not")
  func end() throws {
    let there = try run("t,Right")
    for key in ["Escape", "z", "w", "q", "Click@4:5"] {
      let state = try run("t,Right,\(key)")
      #expect(state.tour == nil, "\(key)")
      #expect(state.user == there.user, "\(key)")
    }
    #expect(try run("t,Right,w").showsWhy == there.showsWhy, "the key does nothing else")
    #expect(try run("t,Right,Resize@50x10").tour?.place == 1)
    #expect(try run("t,Right,C-l").tour?.place == 1)
    #expect(try run("t,:").overlay == nil)
  }

  @Test(
    "the sentence stands below the panes and takes nothing from them",
    arguments: [1, 5, 6, 7, 9, 12, 15, 16, 24, 40])
  func room(rows: Int) throws {
    for columns in [19, 20, 40, 79, 80, 100, 120, 200] {
      for place in little.cache.tour().indices {
        let keys = ["t"] + Array(repeating: "Right", count: place) + ["Resize@\(columns)x\(rows)"]
        let state = try run(keys.joined(separator: ","))
        let tour = try #require(state.tour)
        let below = TourBox.rows(of: tour, isPlain: false, on: state.size)
        #expect(state.layout.size.rows + below == rows)
        let form = Layout.form(for: state.size)
        #expect(state.layout.form == form, "\(columns)x\(rows)")
        #expect(rows - below >= min(rows, 7))
        let frame = Explorer.render(state, little.cache.scene(for: state), glyphs: .unicode)
        if form != .message {
          #expect(frame.canvas.text.contains("Tour \(place + 1)/"), "\(columns)x\(rows)")
        }
      }
    }
  }

  @Test("without data or with too little of it, a sentence says so")
  func nothing() throws {
    let cache = SceneCache(Session(little.session.model), name: "m")
    let empty = State(size: Size(columns: 80, rows: 24))
    let asked = Explorer.run([.character("t")], from: empty, with: cache, glyphs: .unicode).state
    #expect(asked.tour == nil)
    #expect(asked.toast?.text == "No tour: the model was opened without data")
    let none = Explorer.reduce(empty, .tour([]), in: cache.scene(for: empty)).state
    #expect(none.toast?.text == "There is too little in this data for a tour")
  }

  @Test("is looked for in portions that a key can interrupt")
  func portions() throws {
    let cache = SceneCache(little.session, name: "little")
    let start = try little.start(Size(columns: 80, rows: 24))
    let scene = cache.scene(for: start)
    let waiting = Explorer.reduce(start, .command(.tour), in: scene).state
    #expect(waiting.awaitsTour && waiting.tour == nil)
    var portions = 0
    while cache.foundTour == nil, cache.work(for: waiting) { portions += 1 }
    #expect(portions > 20, "no single portion does it all")
    #expect(
      cache.foundTour == little.cache.tour(), "the stops are those of a search without breaks")
    let resized = Explorer.reduce(waiting, .resize(Size(columns: 90, rows: 30)), in: scene).state
    #expect(resized.awaitsTour && resized.toast != nil)
    #expect(!Explorer.reduce(waiting, .command(.stepForward), in: scene).state.awaitsTour)
    let back = Explorer.reduce(waiting, .command(.back), in: scene).state
    #expect(!back.awaitsTour && back.overlay == nil, "Esc gives up the tour and nothing else")
    let begun = Explorer.reduce(waiting, .tour(try #require(cache.foundTour)), in: scene).state
    #expect(!begun.awaitsTour && begun.tour?.place == 0 && begun.toast == nil)
  }
}
