import AtomicFiles
import Foundation
import KSRModel
import ModelTestSupport
import Randomness
import TestSupport
import Testing
import Workspace

@testable import ExplorerCore

/// A kind of model with data to look at: users of 1, 2, 8 and 300 interactions, or none.
struct ModelKind: Sendable, CustomTestStringConvertible {
  var name: String
  var random = RandomNetwork(seed: 5)
  var hasData = true
  var hasNames = true
  var imported: String?

  private static func kind(
    _ name: String, layers: Int = 1, _ change: (inout RandomNetwork) -> Void = { _ in }
  ) -> ModelKind {
    var random = RandomNetwork(seed: 5, layers: layers)
    change(&random)
    return ModelKind(name: name, random: random)
  }

  static let all: [ModelKind] = {
    var withoutData = kind("without data") { $0.settings.memory = .facts }
    withoutData.hasData = false
    var withoutNames = kind("without names")
    withoutNames.hasNames = false
    return [
      kind("linear"),
      kind("facts, repeat bias") {
        ($0.settings.memory, $0.settings.repeatBias) = (.facts, true)
      },
      kind("facts without null slot") {
        ($0.settings.memory, $0.settings.nullSlot) = (.facts, false)
      },
      kind("none") { $0.settings.memory = .none },
      kind("[PAD]") { $0.settings.hasPadRelation = true },
      kind("BPR") { $0.settings.loss = .bpr },
      kind("two layers", layers: 2), kind("three layers", layers: 3),
      kind("one relation") { $0.relationCount = 1 },
      kind("thirty relations") { $0.relationCount = 30 },
      kind("no facts") { $0.factsPerSlot = 0 },
      kind("two items") { $0.itemCount = 3 },
      kind("scores that are no numbers") { $0.overflows = true },
      withoutData, withoutNames,
      ModelKind(name: "KSR of RecBole", imported: "KSR-recbole-1.2.1.pth"),
      ModelKind(name: "GRU4Rec of RecBole", imported: "GRU4Rec-recbole-1.2.1.pth"),
    ]
  }()

  var testDescription: String { name }

  /// The model, its data, and another model to compare with.
  func cache() throws -> SceneCache {
    let session = try session()
    var other = RandomNetwork(seed: 6)
    other.settings.memory = session.model.settings.memory == .facts ? .linear : .facts
    other.itemCount = 30
    let compared = ComparedModel(other.model(), name: "other", path: "o", with: session.model)
    return SceneCache(session, name: "model", command: ["ksr-tui"], compared: compared)
  }

  private func session() throws -> Session {
    if let imported {
      let folder = TestEnvironment.fixture("recbole-tiny/recbole/")
      let data = try AtomicFolder(path: folder + "tiny-ksr")
      return try Session(
        RecBoleFile(path: folder + imported).imported(with: data).model, folder: data)
    }
    var model = random.model()
    if !hasNames { model.itemNames = NameList(model.items.tokens) }
    guard hasData else { return Session(model) }
    model.provenance.split.heldOutUsers = ["u2", "u3"]
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("ksr-walk-\(UUID().uuidString)/walk")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder.deletingLastPathComponent()) }
    var rows = ["user_id:token\titem_id:token\ttimestamp:float"]
    for (user, length) in [1, 2, 8, 300].enumerated() {
      for (step, item) in random.history(length, stream: UInt64(user)).enumerated() {
        rows.append("u\(user)\ti\(item)\t\(step)")
      }
    }
    try (rows.joined(separator: "\n") + "\n").write(
      to: folder.appendingPathComponent("walk.inter"), atomically: true, encoding: .utf8)
    return try Session(model, folder: AtomicFolder(path: folder.path))
  }
}

/// Keys pressed on a model, and what every picture on the way must be.
private struct Walker {
  let cache: SceneCache
  var state: State
  /// The keys so far, so that a failure can be walked again.
  var path: [String] = []

  init(_ cache: SceneCache, _ state: State) { (self.cache, self.state) = (cache, state) }

  /// Presses a key as the program does, and looks at the picture before it.
  mutating func press(_ key: Key, works: Int) throws {
    path.append(KeyScript.name(of: key))
    let frame = try look(works: works)
    guard let action = Explorer.action(for: key, in: state, frame: frame) else { return }
    var next = Explorer.reduce(state, action, in: cache.scene(for: state))
    if next.state.awaitsTour {
      next = Explorer.reduce(next.state, .tour(cache.tour()), in: cache.scene(for: next.state))
    }
    for case .export(let format) in next.effects {
      // Numbers that are none have no word in JSON.
      _ = try? cache.export(of: next.state, as: format, glyphs: .unicode)
    }
    if !next.effects.contains(.quit) { state = next.state }
  }

  /// Draws the screen, when a few portions of what it misses have been computed.
  @discardableResult func look(works: Int) throws -> Frame {
    for _ in 0..<works where !cache.work(for: state) { break }
    let frame = Explorer.render(state, cache.scene(for: state), glyphs: .unicode)
    let canvas = frame.canvas
    try #require(canvas.size == state.size, "\(path)")
    try #require(canvas.flaw == nil, "\(path): \(canvas.flaw ?? "")")
    // Nothing is written over the frame around the panes.
    let layout = state.layout
    if layout.form == .wide || layout.form == .split, state.overlay == nil {
      for row in 1..<max(1, layout.size.rows - 1) {
        let line = canvas.row(row)
        let edges = [line.first, line.last].compactMap { $0?.base }
        try #require(edges.allSatisfy { "│├┤".unicodeScalars.contains($0) }, "\(path), row \(row)")
      }
    }
    return frame
  }
}

@Suite("Every view on every kind of model")
struct WalkTests {
  private static let sizes = [
    Size(columns: 120, rows: 36), Size(columns: 80, rows: 24), Size(columns: 40, rows: 12),
    Size(columns: 200, rows: 60), Size(columns: 23, rows: 7),
  ]

  /// The keys of every place, the place opened by each key that opens one: of the keys a third, others
  /// for each kind of model; `KSR_FUZZ=3` presses all of them.
  @Test("has a sound picture, and every key there does something sound", arguments: ModelKind.all)
  func everything(_ kind: ModelKind) throws {
    let cache = try kind.cache()
    let openers: [[Key]] = [
      [], ["w"], ["w", "z"], ["e"], ["e", "x"], ["c", .right], ["C"], ["m"], ["d"], ["W"], ["v"],
      ["N"], ["i"], ["I"], ["o"], ["/"], ["f"], ["V"], [":"], ["?"], ["t"], ["w", "S"],
      [.tab], [.tab, .tab], [.backTab],
    ]
    let users = cache.session.users.indices.map { Optional($0) } + [nil]
    let stride = max(1, 60 / TestEnvironment.fuzzCount(20))
    let turn = ModelKind.all.firstIndex { $0.name == kind.name } ?? 0
    for (number, opener) in openers.enumerated() {
      // Without optimisation, of the users only those of that place.
      let all = TestEnvironment.fuzzCount(20) > 1
      for (place, user) in users.enumerated() where all || place == number % users.count {
        let size = Self.sizes[(number + place) % Self.sizes.count]
        var start = Walker(cache, State(size: size, user: user, step: 4 * place))
        for key in opener { try start.press(key, works: 3) }
        try start.look(works: all ? 20 : 5)
        // All keys for one of the users, a different one for each place.
        guard place == number % users.count else { continue }
        for (row, binding) in Bindings.of(start.state.context).enumerated() {
          guard let key = binding.keys.first, binding.command != .quit,
            (row + turn + number) % stride == 0
          else { continue }
          var walker = start
          try walker.press(key, works: 1)
          try walker.look(works: 1)
          for again in [key, .enter, .down] { try walker.press(again, works: 1) }
          try walker.look(works: 2)
        }
      }
    }
  }

  /// `KSR_FUZZ=20` walks twenty times as often.
  @Test("stays sound on random walks", arguments: ModelKind.all)
  func walks(_ kind: ModelKind) throws {
    let cache = try kind.cache()
    let keys =
      Array(Set(Bindings.all.flatMap(\.keys))).sorted {
        KeyScript.name(of: $0) < KeyScript.name(of: $1)
      }
    for seed in 0..<TestEnvironment.fuzzCount(2000) / ModelKind.all.count + 1 {
      var random = SeededGenerator(seed: UInt64(seed), stream: 7)
      let users = cache.session.users.count
      var walker = Walker(
        cache,
        State(
          size: Self.sizes[random.integer(below: Self.sizes.count)],
          user: users > 0 ? random.integer(below: users) : nil, step: random.integer(below: 12)))
      for _ in 0..<1 + random.integer(below: 14) {
        let key: Key =
          switch random.integer(below: 16) {
          case 0: .resize(Self.sizes[random.integer(below: Self.sizes.count)])
          case 1:
            .click(Point(column: random.integer(below: 120), row: random.integer(below: 36)))
          default: keys[random.integer(below: keys.count)]
          }
        try walker.press(key, works: random.integer(below: 3))
      }
      try walker.look(works: 3)
    }
  }
}
