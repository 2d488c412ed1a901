import AtomicFiles
import Foundation
import Testing

@testable import ExplorerCore

@Suite("State kept between runs")
struct SavedStateTests {
  private let little: LittleData
  private let folder = FileManager.default.temporaryDirectory
    .appendingPathComponent("ksr-kept-\(UUID().uuidString)").path
  private let key = SavedState.ModelKey(path: "/m", digest: "1", data: "little")

  init() throws { little = try LittleData() }

  private var users: [String] { little.session.users.map(\.user) }
  private var file: StateFile { StateFile(path: "\(folder)/a/b/state.json") }

  private func remove() { try? FileManager.default.removeItem(atPath: folder) }

  private func restored(_ kept: SavedState) -> State {
    var state = State(size: Size(columns: 120, rows: 30))
    kept.restore(&state, for: key)
    return state
  }

  @Test("a file that cannot be written is known before anything is kept")
  func unwritable() throws {
    defer { remove() }
    try file.check()
    #expect(FileManager.default.contents(atPath: file.path) == nil, "nothing is written")
    try Data().write(to: URL(fileURLWithPath: "\(folder)/a/file"))
    #expect(throws: DataError.self) { try StateFile(path: "\(folder)/a/file/state.json").check() }
  }

  @Test("what is written is read")
  func roundTrip() throws {
    defer { remove() }
    let state = try little.run(
      "v,C-s,Escape,s,x,w,Tab,Tab,T,n,text=ver,Enter,Enter,Escape,text=Zoë"
    )
    .state
    let named = try little.run("Enter,Left", from: state).state
    try file.remember(named, of: key, users: users)
    let (kept, warning) = file.read()
    #expect(warning == nil && SavedState(text: kept.text) == kept)
    let new = restored(kept)
    #expect(new.own == named.own && new.own.map(\.name) == ["Zoë"])
    #expect(new.slotOrder == .attention && new.userOrder == .length)
    #expect(new.hidesSeen && new.showsWhy && new.focus == .gruState && new.side == .gruState)
    #expect(kept.lastTheme == named.theme && named.theme != .standard)
    let place = try #require(kept.place(for: key, users: users, in: new))
    #expect(place.user == users.count && place.step == 0)
    let text = try String(contentsOfFile: file.path, encoding: .utf8)
    try file.remember(named, of: key, users: users)
    #expect(try String(contentsOfFile: file.path, encoding: .utf8) == text)
  }

  @Test("each model has its own place, found again by the viewer's name")
  func places() throws {
    var kept = SavedState()
    let state = try little.run("").state
    kept.remember(state, of: key, users: users)
    let other = SavedState.ModelKey(path: "/m", digest: "2", data: "little")
    #expect(kept.place(for: other, users: users, in: state) == nil)
    kept.remember(try little.run("v,Home,Enter").state, of: other, users: users)
    let place = try #require(kept.place(for: key, users: users.reversed(), in: state))
    #expect(users.reversed()[place.user] == "guest0" && place.step == 5)
    #expect(kept.place(for: key, users: ["anna"], in: state) == nil, "no longer in the data")
    for number in 0..<200 {
      let key = SavedState.ModelKey(path: "/\(number)", digest: "", data: "")
      kept.remember(state, of: key, users: users)
    }
    #expect(kept.places?.count == SavedState.placeLimit)
  }

  @Test("own viewers of other data stay in the file, and those deleted leave it")
  func otherData() throws {
    var kept = SavedState()
    let state = try little.run("n,Enter").state
    kept.remember(state, of: .init(path: "/o", digest: "", data: "other"), users: users)
    kept.remember(state, of: key, users: users)
    kept.remember(try little.run("").state, of: key, users: users)
    #expect(kept.own == ["other": state.own])
    #expect(restored(kept).own.isEmpty)
  }

  @Test(
    "a broken file stops nothing, and is put aside before another is written",
    arguments: ["", "{", "[]", "null", "{\"own\": 3}", "{\"places\": [{}]}", "\u{0}\u{1}"])
  func broken(text: String) throws {
    defer { remove() }
    let parent = (file.path as NSString).deletingLastPathComponent
    try FileManager.default.createDirectory(
      atPath: parent, withIntermediateDirectories: true)
    try text.write(toFile: file.path, atomically: true, encoding: .utf8)
    let (kept, warning) = file.read()
    #expect(kept == SavedState())
    #expect(warning?.contains(file.asidePath) == true)
    try file.remember(try little.run("").state, of: key, users: users)
    #expect(try String(contentsOfFile: file.asidePath, encoding: .utf8) == text)
    #expect(file.read().warning == nil && file.read().state != SavedState())
  }

  @Test("names of another version and own viewers that cannot be are passed over")
  func unknownNames() throws {
    let kept = try #require(
      SavedState(
        text: """
          {"theme": "no", "slotOrder": "no", "focus": "why", "side": "why", "future": 1,
          "own": {"little": [{"name": "", "films": ["a"]}, {"name": "b", "films": []},
          {"name": "c", "films": ["d"]}, {"name": "c", "films": ["e"]}]}}
          """))
    var expected = State(size: Size(columns: 120, rows: 30))
    expected.own = [OwnUser(name: "c", items: ["d"])]
    #expect(restored(kept) == expected)
    #expect(kept.lastTheme == nil)
  }

  @Test("nothing is kept at first, and a folder in the file's place is a sentence")
  func cannotBeWritten() throws {
    defer { remove() }
    #expect(file.read().state == SavedState() && file.read().warning == nil)
    try FileManager.default.createDirectory(
      atPath: folder, withIntermediateDirectories: true)
    try "".write(toFile: "\(folder)/a", atomically: true, encoding: .utf8)
    let state = try little.run("").state
    #expect(throws: (any Error).self) { try file.remember(state, of: key, users: users) }
  }

  @Test(
    "the file follows from the environment; empty and relative folders do not count",
    arguments: [
      (["XDG_STATE_HOME": "/s", "HOME": "/h"], "/s/ksr-tui/state.json"),
      (["XDG_STATE_HOME": "/s/"], "/s/ksr-tui/state.json"),
      (["XDG_STATE_HOME": "", "HOME": "/h"], "/h/.local/state/ksr-tui/state.json"),
      (["XDG_STATE_HOME": "s", "HOME": "/h"], "/h/.local/state/ksr-tui/state.json"),
      (["HOME": "/h"], "/h/.local/state/ksr-tui/state.json"),
      (["XDG_STATE_HOME": "./s", "HOME": "h"], nil), ([:], nil),
    ] as [([String: String], String?)])
  func path(environment: [String: String], path: String?) {
    #expect(StateFile(environment: environment)?.path == path)
  }
}
