import AtomicFiles
import Foundation
import KSRModel
import TestSupport
import Testing
import Workspace

@testable import ExplorerCore

@Suite("Watching a training run")
struct WatchTests {
  private static let table = EpochTable(
    metricNames: ["Hit@10", "NDCG@10"],
    rows: (1...14).map { epoch in
      let score = epoch < 10 ? Double(epoch) / 50 : 0.17
      return .init(
        number: epoch, loss: 6 - log(Double(epoch)), metrics: [score * 2, score],
        learningRate: 0.01, recoveries: 0, seconds: 0.5, isBest: epoch < 10)
    })

  /// A folder of its own for a run, removed again.
  private func withRun(_ body: (_ path: String, _ bytes: [UInt8]) throws -> Void) throws {
    let folder = NSTemporaryDirectory() + "ksr-watch-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let little = TestEnvironment.fixture("explorer/little/little.safetensors")
    try body(folder + "/m.safetensors", Array(try Data(contentsOf: URL(fileURLWithPath: little))))
  }

  private func write(_ text: String, _ path: String) throws { try writeAtomically(text, to: path) }

  /// Looks once, and compares what comes of it.
  private func look(
    _ watcher: inout RunWatcher, finds: Bool, problem: String?,
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let model = watcher.look()
    #expect((model != nil) == finds, sourceLocation: sourceLocation)
    #expect(model.map { $0.items.count == 13 } != false, sourceLocation: sourceLocation)
    if let problem {
      #expect(watcher.status.problem?.contains(problem) == true, sourceLocation: sourceLocation)
    } else {
      #expect(watcher.status.problem == nil, sourceLocation: sourceLocation)
    }
  }

  @Test("waits for the model, reads it when it is there, and again only when it is another one")
  func model() throws {
    try withRun { path, bytes in
      var watcher = RunWatcher(path: path)
      try look(&watcher, finds: false, problem: nil)
      try writeAtomically(bytes, to: path)
      try look(&watcher, finds: true, problem: nil)
      try look(&watcher, finds: false, problem: nil)
      try writeAtomically(bytes, to: path)
      try look(&watcher, finds: true, problem: nil)
      try look(&watcher, finds: false, problem: nil)
    }
  }

  @Test("a broken, half-written or vanished model is a sentence, and the next good one is read")
  func broken() throws {
    try withRun { path, bytes in
      var watcher = RunWatcher(path: path)
      try writeAtomically(Array(bytes.prefix(bytes.count / 2)), to: path)
      try look(&watcher, finds: false, problem: "m.safetensors")
      #expect(watcher.status.problem?.contains("stays") == false)
      try writeAtomically(bytes, to: path)
      try look(&watcher, finds: true, problem: nil)
      try write("no model at all", path)
      try look(&watcher, finds: false, problem: "The last one stays: m.safetensors: ")
      unlink(path)
      try look(&watcher, finds: false, problem: "m.safetensors is gone; the last one stays")
      try writeAtomically(bytes, to: path)
      try look(&watcher, finds: true, problem: nil)
    }
  }

  @Test("the history is read as it grows; a broken one leaves the old one with a sentence")
  func history() throws {
    try withRun { path, _ in
      let history = EpochTable.path(besideModel: path)
      var watcher = RunWatcher(path: path)
      _ = watcher.look()
      #expect(watcher.status.epochs == nil)
      for count in [1, 2, 14] {
        let table = EpochTable(
          metricNames: Self.table.metricNames, rows: Array(Self.table.rows.prefix(count)))
        try write(table.text, history)
        _ = watcher.look()
        #expect(watcher.status.epochs?.rows.count == count && watcher.status.problem == nil)
      }
      try write("epoch,lo", history)
      _ = watcher.look()
      #expect(watcher.status.epochs?.rows.count == 14)
      #expect(watcher.status.problem?.contains("m.safetensors.history.csv") == true)
      try write(Self.table.text, history)
      _ = watcher.look()
      #expect(watcher.status.problem == nil)
    }
  }

  @Test("another model keeps the viewer, the step and the view")
  func carry() throws {
    let little = try LittleData()
    var parameters = little.session.model
    for i in parameters.parameters.itemEmbedding.values.indices {
      parameters.parameters.itemEmbedding.values[i] *= -1
    }
    let session = try little.session.reading(parameters)
    #expect(session.users == little.session.users)
    let next = SceneCache(session, name: "little")
    for keys in ["", "w,Right", "m,Tab,Enter,+", "d,Down", "v,text=1,Enter"] {
      let state = try little.run(keys).state
      let carried = Explorer.carry(state, from: little.cache, to: next)
      #expect(carried.user == state.user && carried.step == state.step)
      #expect(carried.context == state.context && carried.showsWhy == state.showsWhy)
      let (old, new) = (little.cache.scene(for: state), next.scene(for: carried))
      #expect(old.step?.recommendations.map(\.score) != new.step?.recommendations.map(\.score))
      #expect(old.user?.name == new.user?.name)
    }
    // A user that the other data does not have is left; own ones are counted after those there.
    let alone = SceneCache(.init(parameters), name: "alone")
    let state = try little.run("").state
    #expect(Explorer.carry(state, from: little.cache, to: alone).user == nil)
    var own = state
    own.user = little.session.users.count + 1
    #expect(Explorer.carry(own, from: little.cache, to: alone).user == 1)
  }

  @Test("what is new of the run leaves a message and a tour where they are")
  func status() throws {
    let little = try LittleData()
    let status = try self.status(problem: nil)
    let state = try little.run("z").state
    let next = Explorer.reduce(state, .watch(status), in: little.cache.scene(for: state)).state
    #expect(next.watch == status && next.toast == state.toast)
    let tour = try little.run("t").state
    #expect(
      Explorer.reduce(tour, .watch(status), in: little.cache.scene(for: tour)).state.tour
        == tour.tour)
  }

  /// The status of a run with curves, as a watcher has it.
  private func status(problem: String?) throws -> WatchStatus {
    var found: WatchStatus?
    try withRun { path, bytes in
      try writeAtomically(bytes, to: path)
      try write(Self.table.text, EpochTable.path(besideModel: path))
      var watcher = RunWatcher(path: path)
      _ = watcher.look()
      if let problem { watcher.refuse(because: problem) }
      found = watcher.status
    }
    return try #require(found)
  }

  @Test("the strip below the panes", arguments: ScreenGoldenTests.sizes)
  func strip(columns: Int, rows: Int) throws {
    let little = try LittleData()
    for (glyphs, suffix) in [(Glyphs.unicode, ""), (.ascii, "-ascii")]
    where suffix.isEmpty || rows == 24 {
      var state = try little.start(Size(columns: columns, rows: rows))
      state.watch = try status(problem: nil)
      try expectGolden(
        little.frame(state, glyphs: glyphs).canvas.text, "watch\(suffix)-\(columns)x\(rows)")
    }
    var state = try little.start(Size(columns: columns, rows: rows))
    state.watch = try status(problem: "m.safetensors: it ends in the middle of a tensor.")
    #expect(little.frame(state).canvas.text.contains("it ends in the middle"))
  }

  @Test("the screen that waits", arguments: ScreenGoldenTests.sizes)
  func waiting(columns: Int, rows: Int) throws {
    let size = Size(columns: columns, rows: rows)
    let text = WaitingScreen.render(
      WatchStatus(path: "runs/m.safetensors"), on: size, glyphs: .unicode
    ).text
    try expectGolden(text, "waiting-\(columns)x\(rows)")
    let status = try status(problem: "m.safetensors: it is half a file.")
    let problem = WaitingScreen.render(status, on: size, glyphs: .ascii).text
    #expect(problem.contains("it is half a file."))
    #expect(!problem.unicodeScalars.contains { !$0.isASCII })
  }

  @Test("strip and waiting screen at any size")
  func sizes() throws {
    let little = try LittleData()
    let status = try status(problem: "x")
    for columns in stride(from: 1, through: 130, by: 7) {
      for rows in 1...26 {
        let size = Size(columns: columns, rows: rows)
        #expect(WaitingScreen.render(status, on: size, glyphs: .ascii).size == size)
        for view in [nil] + Views.full.map({ OpenView(view: $0.init()) }) {
          var state = try little.start(size)
          state.watch = status
          state.fullView = view
          let scene = little.cache.scene(for: state)
          #expect(Explorer.render(state, scene, glyphs: .unicode).canvas.size == size)
        }
      }
    }
  }
}
