import AtomicFiles
import KSRModel
import TestSupport
import Workspace

@testable import ExplorerCore

/// The small model and data of Tests/Fixtures/explorer, and pictures of them.
struct LittleData {
  let session: Session
  let cache: SceneCache

  init() throws {
    let folder = try AtomicFolder(path: TestEnvironment.fixture("explorer/little"))
    let model = try TrainedModel.read(path: folder.file("safetensors"))
    session = try Session(model, folder: folder)
    cache = SceneCache(session, name: "little", command: ["ksr-tui", "little model"])
  }

  /// The state in which everything begins: user "guest0" after the sixth of nine interactions.
  func start(_ size: Size, theme: Theme = .standard) throws -> State {
    let user = session.users.firstIndex { $0.user == "guest0" }
    return State(size: size, user: user, step: 5, theme: theme)
  }

  /// What keys lead to.
  func run(_ keys: String, columns: Int = 120, rows: Int = 30) throws -> Explorer.Transition {
    Explorer.run(
      try KeyScript.parse(keys), from: try start(Size(columns: columns, rows: rows)), with: cache,
      glyphs: .unicode)
  }

  /// What further keys lead to.
  func run(_ keys: String, from state: State) throws -> Explorer.Transition {
    Explorer.run(try KeyScript.parse(keys), from: state, with: cache, glyphs: .unicode)
  }

  /// The picture of a state when all that is missing has been computed.
  func frame(_ state: State, glyphs: Glyphs = .unicode) -> Frame {
    while cache.work(for: state) {}
    return Explorer.render(state, cache.scene(for: state), glyphs: glyphs)
  }

  /// What the screen shows after some keys.
  func text(
    _ keys: String, columns: Int = 120, rows: Int = 30, glyphs: Glyphs = .unicode
  ) throws -> String {
    frame(try run(keys, columns: columns, rows: rows).state, glyphs: glyphs).canvas.text
  }

  /// What the model has to say about where some keys lead.
  func scene(_ keys: String) throws -> Scene {
    let state = try run(keys).state
    while cache.work(for: state) {}
    return cache.scene(for: state)
  }
}
