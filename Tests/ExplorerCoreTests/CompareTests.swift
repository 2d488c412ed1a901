import AtomicFiles
import Explanation
import KSRModel
import KSRNumerics
import ModelTestSupport
import Randomness
import TestSupport
import Testing
import Text
import Workspace

@testable import ExplorerCore

@Suite("Compare")
struct CompareTests {
  private let little: LittleData

  init() throws { little = try LittleData() }

  @Test("c pins the view; keys change the other side until c or Esc ends it")
  func pinning() throws {
    let pinned = try little.run("c").state
    #expect(pinned.pin == .view(PinnedView(user: pinned.user ?? -1, step: 5, edits: [])))
    let next = try little.run("Right", from: pinned).state
    #expect(next.pin == pinned.pin && next.step == 6)
    for key in ["c", "Escape", "w"] { #expect(try little.run(key, from: next).state.pin == nil) }
    #expect(try little.run("w", from: next).state.showsWhy)
    #expect(try little.run("c,v,text=bo,Enter", from: next).state.pin == nil)
    let other = try little.run("v,text=bo,Enter", from: next).state
    let scene = try #require(little.cache.scene(for: other).comparison)
    #expect(scene.pinned.title == "viewer guest0, step 6" && scene.live.title.contains("viewer bo"))
    #expect(try little.run("C").state.toast?.text.contains("--compare MODEL") == true)
    #expect(try little.run("c,t").state.pin == nil)
    let nobody = Explorer.run(
      [.character("c")], from: State(size: Size(columns: 80, rows: 24)), with: little.cache,
      glyphs: .unicode)
    #expect(nobody.state.pin == nil && nobody.state.toast != nil)
  }

  @Test("where relations do not all fit, the edited one stays and the others are counted")
  func tooMany() throws {
    var random = RandomNetwork(seed: 5)
    random.relationCount = 30
    let cache = SceneCache(Session(random.model()), name: "m")
    var state = State(size: Size(columns: 80, rows: 24))
    state.own = [OwnUser(name: "me", items: ["i1", "i2", "i3"])]
    (state.user, state.step) = (0, 2)
    for slot in [4, 17] {
      var edited = Explorer.run([.character("c")], from: state, with: cache, glyphs: .unicode).state
      edited.edits.edits = [.silence(relation: "r\(slot)")]
      let text = Explorer.render(edited, cache.scene(for: edited), glyphs: .unicode).canvas.text
      #expect(text.contains("relation \(slot) "), "\(text)")
      #expect(text.contains(" more, of less"), "\(text)")
    }
  }

  @Test("a view compared with itself has no difference")
  func same() throws {
    let scene = try #require(try little.scene("c").comparison)
    #expect(scene.attentionDistance == 0 && scene.shared.count == 10)
    for relation in scene.relations {
      #expect(relation.difference == 0)
      #expect(abs((relation.cosine ?? 0) - 1) < 1e-5)
    }
    for item in scene.live.step.recommendations { #expect(scene.ranks[item.item] == item.rank) }
    #expect(scene.truths.map(\.side) == [nil])
  }

  @Test("ranks, overlap, slots and what came next are those of the two runs")
  func numbers() throws {
    let state = try little.run("c,Left,Left").state
    let scene = try #require(little.cache.scene(for: state).comparison)
    let network = little.session.network
    let items = try #require(little.session.users.first { $0.user == "guest0" }).items
    let states = HistoryStates(network: network, items: items)
    let (a, b) = (
      network.scores(states.terms(at: 5)), network.scores(states.terms(at: 3))
    )
    for item in scene.live.step.recommendations {
      #expect(scene.ranks[item.item] == rank(of: item.item, in: a))
      #expect(item.rank == rank(of: item.item, in: b))
    }
    let first = Set(topItems(a, count: 10).map(\.item))
    #expect(scene.shared == first.intersection(topItems(b, count: 10).map(\.item)))
    #expect(scene.truths.map(\.side) == ["B", "A"])
    #expect(scene.truths[0].pinned == rank(of: items[4], in: a))
    #expect(scene.truths[1].live == rank(of: items[6], in: b))
    let (pinned, live) = (states.pass(through: 5), states.pass(through: 3))
    for (slot, relation) in scene.relations.enumerated() {
      let expected = cosine(
        pinned.trace.slot(slot, at: pinned.row), live.trace.slot(slot, at: live.row))
      #expect(abs((relation.cosine ?? 0) - expected) < 1e-6)
      #expect(
        relation.difference
          == live.trace.attention[live.row, slot] - pinned.trace.attention[pinned.row, slot])
    }
  }

  @Test("an edited history is compared with the one before the edits")
  func edited() throws {
    let scene = try #require(try little.scene("c,e,d,s").comparison)
    #expect(scene.live.title == "viewer guest0, step 5, 2 edits")
    #expect(scene.pinned.title == "viewer guest0, step 6")
    #expect(scene.truths.map(\.side) == [nil], "the same film came next")
    #expect(scene.relations[0].live?.attention == 0)
  }

  /// The little model with its items in another order, one of them and one relation missing.
  private func other() throws -> TrainedModel {
    let model = little.session.model
    var settings = model.settings
    settings.gamma = 1
    let order = [0] + (1..<model.items.count - 1).reversed().map { $0 }
    let slots = [1, 0]
    var parameters = KSRParameters(
      settings: settings, itemCount: order.count, relationCount: slots.count)
    parameters.gru = model.parameters.gru
    parameters.dense = model.parameters.dense
    parameters.denseLayerU = model.parameters.denseLayerU
    parameters.denseLayerI = model.parameters.denseLayerI
    func rows(_ matrix: Matrix, _ order: [Int]) -> Matrix {
      Matrix(
        rows: order.count, columns: matrix.columns, values: order.flatMap { Array(matrix.row($0)) })
    }
    parameters.itemEmbedding = rows(model.parameters.itemEmbedding, order)
    parameters.entityEmbedding = rows(model.parameters.entityEmbedding, order)
    parameters.relationMatrix = rows(model.parameters.relationMatrix, slots)
    return TrainedModel(
      settings: settings, parameters: parameters, items: Vocabulary(order.map { model.items[$0] }),
      itemNames: NameList(order.map { model.itemNames[$0] }),
      relations: Vocabulary(slots.map { model.relations[$0] }),
      relationNames: slots.map { model.relationNames[$0] },
      tails: KnownTails(itemCount: order.count, relationCount: slots.count),
      provenance: model.provenance)
  }

  private func cache(comparedWith model: TrainedModel) -> SceneCache {
    SceneCache(
      little.session, name: "little", command: ["ksr-tui"],
      compared: ComparedModel(
        model, name: "second", path: "second.safetensors", with: little.session.model))
  }

  @Test("a second model is matched by token and name, and what it lacks is said")
  func models() throws {
    let model = try other()
    let cache = cache(comparedWith: model)
    let start = try little.start(Size(columns: 120, rows: 30)).comparingModels()
    let scene = try #require(cache.scene(for: start).comparison)
    #expect(scene.pinned.title == "model second" && scene.live.title == "model little")
    let note = try #require(scene.note)
    #expect(note.contains("1 of 12 items are unknown to second"))
    #expect(note.contains("1 relations exist in only one model"))
    let history = try #require(little.session.users.first { $0.user == "guest0" }).items[...5]
    let tokens = history.map { little.session.model.items[Int($0)] }
    let known = tokens.compactMap { model.items.id(of: $0).map { Int32($0) } }
    let network = KSRNetwork(model)
    let states = HistoryStates(network: network, items: known)
    let scores = network.scores(states.terms(at: known.count - 1))
    for item in scene.live.step.recommendations {
      let there = model.items.id(of: little.session.model.items[Int(item.item)])
      #expect(scene.ranks[item.item] == there.map { rank(of: Int32($0), in: scores) })
    }
    let (trace, row) = states.pass(through: known.count - 1)
    #expect(scene.relations[0].pinned?.attention == trace.attention[row, 1])
    #expect(scene.relations[1].pinned?.attention == trace.attention[row, 0])
    #expect(scene.relations[2].pinned == nil && scene.relations[2].cosine == nil)
    #expect(scene.relations[0].cosine != nil, "the keys are the same, so the spaces are")
    // What is edited is edited in both, as far as the second model has it.
    let edited = Explorer.run(
      [.character("e"), .character("s")], from: start, with: cache, glyphs: .unicode
    ).state
    let both = try #require(cache.scene(for: edited).comparison)
    #expect(both.relations[0].pinned?.attention == 0 && both.relations[0].live?.attention == 0)
    let copied = Explorer.run([.character("y")], from: start, with: cache, glyphs: .unicode)
    #expect(copied.effects.contains { "\($0)".contains("--compare second.safetensors") })
    let ended = Explorer.run([.character("C")], from: start, with: cache, glyphs: .unicode).state
    #expect(ended.pin == nil)
    #expect(
      Explorer.run([.character("C")], from: ended, with: cache, glyphs: .unicode).state.pin
        == .model)
    for glyphs in [Glyphs.unicode, .ascii] {
      for (columns, rows) in [(120, 36), (80, 24), (40, 12), (20, 6)] {
        let sized = Explorer.reduce(
          start, .resize(Size(columns: columns, rows: rows)), in: cache.scene(for: start)
        ).state
        #expect(
          Explorer.render(sized, cache.scene(for: sized), glyphs: glyphs).canvas.size == sized.size)
      }
    }
  }

  @Test("a model that knows no film up to, or has no memory")
  func strangers() throws {
    var random = RandomNetwork(seed: 2)
    random.settings.memory = .none
    let cache = cache(comparedWith: random.model())
    let start = try little.start(Size(columns: 120, rows: 30)).comparingModels()
    let scene = cache.scene(for: start)
    #expect(scene.comparison == nil)
    let text = Explorer.render(start, scene, glyphs: .unicode).canvas.text
    #expect(text.contains("knows no film up to"))
    var same = try other()
    same.settings.memory = .none
    let bare = self.cache(comparedWith: same).scene(for: start)
    #expect(bare.comparison?.relations.allSatisfy { $0.pinned == nil } == true)
  }

  @Test("pins read back as they were written", arguments: 0..<50)
  func pins(seed: Int) throws {
    var random = SeededGenerator(seed: UInt64(seed))
    let signs: [Character] = ["a", "7", ":", ",", "%", " ", "é", "侍", "*"]
    let user = String((0...random.integer(below: 5)).map { _ in signs[random.integer(below: 9)] })
    let pin = PinRequest(
      user: user, step: random.integer(below: 60),
      script: EditScript(seed % 2 == 0 ? [] : [.delete(step: 2), .insert(at: 0, item: "a:b,c")]))
    #expect(try PinRequest(parsing: pin.text) == pin, "\(pin.text)")
  }

  @Test(
    "what is no pin is said in a sentence",
    arguments: [
      ("42", "expected USER:STEP"), (":3", "expected USER:STEP"), ("42:x", "is no step"),
      ("42:0", "count from 1"), ("42:3:foo", "character 1"),
    ])
  func failures(text: String, part: String) throws {
    let failure = try #require(throws: UserError.self) { try PinRequest(parsing: text) }
    #expect(failure.description.contains(part), "\(failure)")
  }

  @Test("P reads B with A's GRU state or slot as one more edit, and gives it back")
  func patching() throws {
    let start = try little.run("c,v,text=bo,Enter")
    let state = try little.run("P", from: start.state).state
    #expect(state.edits.text.hasPrefix("gru:guest0:"))
    func scores(_ state: State) throws -> (a: [Float], b: [Float]) {
      let comparison = try #require(little.cache.scene(for: state).comparison)
      return (
        comparison.pinned.step.recommendations.map(\.score),
        comparison.live.step.recommendations.map(\.score)
      )
    }
    let (before, after) = (try scores(start.state), try scores(state))
    #expect(before.a == after.a && before.b != after.b)
    #expect(try little.run("P", from: state).state.edits.edits.isEmpty)
    #expect(try little.run("u", from: state).state.edits.edits.isEmpty)
    var memory = start.state
    memory.focus = .memory
    let slot = try little.run("P", from: memory).state
    #expect(slot.edits.text.hasPrefix("slot:"))
    let chosen = try #require(slot.slot)
    let relation = try #require(little.cache.scene(for: slot).comparison?.relations[chosen])
    #expect(relation.cosine.map { $0 > 0.9999 } != false)
    #expect(relation.pinned?.reading.facts.map(\.name) == relation.live?.reading.facts.map(\.name))
    let copied = try little.run("y", from: slot)
    #expect(copied.effects.contains { "\($0)".contains("slot:") && "\($0)".contains("--pin") })
  }

  @Test("a pinned view is reproduced by the command line")
  func reproduced() throws {
    let end = try little.run("e,Up,d,Escape,c,v,text=bo,Enter,y")
    #expect(
      end.effects.contains {
        "\($0)".contains("--viewer bo") && "\($0)".contains("--pin guest0:5:-5")
      })
    let again = try little.cache.pinning(
      State(size: end.state.size, user: end.state.user, step: end.state.step),
      PinRequest(parsing: "guest0:5:-5"))
    #expect(again.pin == end.state.pin)
    let (a, b) = (little.cache.scene(for: again), little.cache.scene(for: end.state))
    #expect(a.comparison?.ranks == b.comparison?.ranks)
    for (text, part) in [
      ("nobody:1", "no user \"nobody\""), ("gues0:1", "the nearest is \"guest0\""),
      ("bo:99", "steps 1 to 8"), ("bo:1:-99", "--pin edit, character 1"),
    ] {
      let error = try #require(throws: UserError.self) {
        try little.cache.pinning(again, PinRequest(parsing: text))
      }
      #expect(error.description.contains(part), "\(error)")
    }
  }
}
