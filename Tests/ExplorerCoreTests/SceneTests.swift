import KSRModel
import ModelTestSupport
import Testing
import Workspace

@testable import ExplorerCore

@Suite("Scenes")
struct SceneTests {
  private let little: LittleData

  init() throws { little = try LittleData() }

  @Test("ranks are those of the model before each interaction, past the window, too")
  func ranks() throws {
    let user = try #require(try little.scene("").user)
    let states = HistoryStates(
      network: little.session.network, items: user.rows.map(\.item))
    #expect(user.ranks[0] == nil)
    #expect(states.count > little.session.model.settings.maxItemListLength)
    for step in 1..<states.count {
      let scores = states.network.scores(states.terms(at: step - 1))
      #expect(user.ranks[step] == rank(of: states.items[step], in: scores))
      let (trace, row) = states.pass(through: step)
      let attention = Array(trace.attention.row(row))
      #expect(user.leaders[step] == attention.firstIndex(of: attention.max() ?? 0))
    }
    #expect(user.similarity?.steps == 0..<states.count)
  }

  @Test("the parts on the screen add up to the score over the average")
  func parts() throws {
    for keys in ["Home", "", "End", "x", "r", "r,r"] {
      let step = try #require(try little.scene(keys).step)
      for item in step.recommendations {
        let lines = ScorePartsView.lines(item.parts, little.cache.model, .plain, limit: .max)
        let sum = lines.reduce(Float(0)) { $0 + $1.amount } + item.parts.residual
        #expect(abs(sum - item.parts.score) < 1e-5)
        let fewer = ScorePartsView.lines(item.parts, little.cache.model, .plain, limit: 4)
        #expect(fewer.count <= lines.count)
        #expect(abs(fewer.reduce(Float(0)) { $0 + $1.amount } - sum) < 1e-5)
      }
    }
  }

  @Test("recommendations are the ranking; what came next is marked, wherever it is")
  func recommendations() throws {
    let scene = try little.scene("")
    let step = try #require(scene.step)
    #expect(step.recommendations.map(\.rank) == (1...12).map(Double.init))
    #expect(
      zip(step.recommendations, step.recommendations.dropFirst()).allSatisfy {
        $0.score >= $1.score
      })
    let truth = try #require(step.recommendations.first { $0.isTruth })
    #expect(truth.rank == scene.user?.ranks[6])
    let probability = step.recommendations.reduce(Float(0)) { $0 + ($1.probability ?? 0) }
    #expect(probability > 0.9 && probability < 1, "all but that of the padding item")
    let hidden = try #require(try little.scene("x").step)
    #expect(hidden.recommendations.count == 6 && hidden.hiddenCount == 6)
    #expect(!hidden.recommendations.contains { $0.isSeen })
    #expect(
      hidden.recommendations.map(\.item) == step.recommendations.filter { !$0.isSeen }.map(\.item))
    let last = try #require(try little.scene("End").step)
    #expect(last.recommendations.allSatisfy { !$0.isTruth })
  }

  @Test("slots come in every order, and the selection stays with its slot")
  func slots() throws {
    let step = try #require(try little.scene("").step)
    for order in SlotOrder.allCases {
      #expect(step.slots(by: order).map(\.slot).sorted() == [0, 1, 2])
    }
    let byAttention = step.slots(by: .attention).map(\.attention)
    #expect(byAttention == byAttention.sorted(by: >))
    #expect(step.slots.reduce(0) { $0 + $1.attention } > 0.999)
    let state = try little.run("Tab,Tab,Down,s").state
    #expect(state.slot != nil && state.slotOrder == .attention)
    #expect(try little.run("Tab,Tab,Down,s,s,Right").state.slot == state.slot)
  }

  @Test("a model of random numbers without memory or probabilities is shown, too")
  func otherModels() throws {
    for memory in MemoryKind.allCases {
      var random = RandomNetwork(seed: 3)
      random.settings.memory = memory
      random.settings.loss = .bpr
      random.settings.hasPadRelation = true
      let cache = SceneCache(Session(random.model()), name: "random")
      for size in [Size(columns: 120, rows: 30), Size(columns: 30, rows: 8)] {
        let state = State(size: size)
        let keys = try KeyScript.parse("Right,w,v,Escape,s,x,i,Escape,Enter,r,],Space,/,Tab,Down")
        let last = Explorer.run(keys, from: state, with: cache, glyphs: .unicode).state
        #expect(last.user == nil && !cache.work(for: last))
      }
    }
  }
}
