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

  @Test("every plot has one printed scale, the present step keeps its shade, and bins are said")
  func plots() throws {
    let screen = try little.text("", columns: 120, rows: 60)
    let lines = screen.split(separator: "\n")
    for title in ["cosine between GRU", "α at each step"] {
      #expect(
        screen.contains(title) || screen.contains("cosine of GRU states"), "\(title): \(screen)")
    }
    let shades = String(String.UnicodeScalarView(Glyphs.unicode.shades))
    #expect(lines.count { $0.contains(shades) } >= 2, "a scale for each plot")
    let state = try little.run("", columns: 120, rows: 60).state
    let canvas = little.frame(state).canvas
    for row in 0..<60 {
      for cell in canvas.row(row) where Glyphs.unicode.shades.dropFirst().contains(cell.base) {
        #expect(!cell.style.emphasis.contains(.reverse), "a hole in row \(row)")
      }
    }
    // A history of 300 steps in a pane of 40 rows: each cell is a square of several steps.
    let random = RandomNetwork(seed: 5)
    let cache = SceneCache(Session(random.model()), name: "m")
    var long = State(size: Size(columns: 120, rows: 36))
    long.own = [OwnUser(name: "me", items: random.history(300).map { "i\($0)" })]
    (long.user, long.step) = (0, 150)
    while cache.work(for: long) {}
    let text = Explorer.render(long, cache.scene(for: long), glyphs: .unicode).canvas.text
    #expect(text.contains(" a cell"), "\(text)")
  }

  @Test("split and part of the metric are words, and a first start says where to go")
  func words() throws {
    let header = try little.text("", columns: 160).prefix { $0 != "\n" }
    #expect(header.contains("step 6/9 test"), "\(header)")
    #expect(header.contains("test NDCG@10") || header.contains("valid NDCG@10"), "\(header)")
    #expect(try little.text("", columns: 200, rows: 60).contains(" test "))
    for (columns, text) in [(40, "t tour"), (64, "New here? t tour"), (80, "one-minute tour")] {
      let toast = Explorer.welcome(Size(columns: columns, rows: 12))
      #expect(toast.text.contains(text) && toast.text.columns <= columns)
    }
    #expect(try little.text("", columns: 40, rows: 12).contains("Tab"))
  }

  @Test("rows that do not fit are counted")
  func counts() {
    var random = RandomNetwork(seed: 5)
    random.relationCount = 30
    let cache = SceneCache(Session(random.model()), name: "m")
    var state = State(size: Size(columns: 80, rows: 24))
    state.own = [OwnUser(name: "me", items: ["i1", "i2", "i3"])]
    (state.user, state.step, state.slot) = (0, 2, 20)
    let text = Explorer.render(state, cache.scene(for: state), glyphs: .unicode).canvas.text
    #expect(text.contains(" of 30"), "\(text)")
    #expect(text.contains("relation 20"), "\(text)")
  }
}
