import AtomicFiles
import KSRModel
import KSRNumerics
import ModelTestSupport
import TestSupport
import Testing
import Workspace

@testable import Explanation

@Suite("Contributions add up to the score")
struct ContributionsTests {
  @Test("Random networks, histories longer than the window included", arguments: NetworkCase.all)
  func random(test: NetworkCase) {
    let network = test.random.network()
    let states = HistoryStates(network: network, items: test.random.history(20))
    for step in 0..<states.count {
      for contrast in [Contrast.none, .catalogueMean, .rivals, .item(7)] {
        expectSums(states, step: step, item: Int32(1 + step), over: contrast)
      }
    }
  }

  @Test("RecBole's networks", arguments: Fixture.tiny)
  func recBole(path: String) throws {
    let file = try SafetensorsFile(path: path)
    let network = try RecBoleFixture.network(file, prefix: "param.")
    let expected = try file.floats("trace.scores")
    let sequences = try Fixture.sequences(file, items: "item_seq", lengths: "item_seq_len")
    for (row, items) in sequences.enumerated() {
      let states = HistoryStates(network: network, items: items)
      for item in 0..<network.itemCount {
        let table = Contributions(states, step: items.count - 1, item: Int32(item), over: .none)
        let sum = table.stepSums.reduce(table.bias, +)
        let score = expected[row * network.itemCount + item]
        #expect(abs(sum - score) <= 1e-4 * max(abs(score), table.magnitude))
      }
      expectSums(states, step: items.count - 1, item: 5, over: .catalogueMean)
    }
  }

  @Test(
    "RecBole's network of MovieLens",
    .enabled(if: TestEnvironment.fixtures != nil, "KSR_FIXTURES is not set"))
  func movieLens() throws {
    let folder = try #require(TestEnvironment.fixtures) + "/recbole-ksr-ml-100k/"
    let network = try RecBoleFixture.network(
      SafetensorsFile(path: folder + "model.safetensors"), prefix: "")
    let cases = try SafetensorsFile(path: folder + "cases.safetensors")
    let sequences = try Fixture.sequences(
      cases, items: "trace.item_seq", lengths: "trace.item_seq_len")
    let expected = try cases.floats("trace.scores")
    for (row, items) in sequences.enumerated() {
      let states = HistoryStates(network: network, items: items)
      for item in stride(from: 1, to: network.itemCount, by: 97) {
        let table = Contributions(states, step: items.count - 1, item: Int32(item), over: .none)
        let sum = table.stepSums.reduce(table.bias, +)
        let score = expected[row * network.itemCount + item]
        #expect(abs(sum - score) <= 1e-4 * max(abs(score), table.magnitude))
        expectSums(states, step: items.count - 1, item: Int32(item), over: .item(1))
      }
    }
  }

  @Test("The bundled model, on histories longer than its window")
  func bundled() throws {
    let model = try TrainedModel.read(path: TestEnvironment.root + "/assets/cinema.safetensors")
    let network = KSRNetwork(model)
    let items = (0..<60).map { Int32(1 + $0 * 37 % (network.itemCount - 1)) }
    let states = HistoryStates(network: network, items: items)
    for step in [0, 1, 20, 49, 50, 59] {
      for contrast in [Contrast.none, .catalogueMean, .rivals, .item(7)] {
        for item: Int32 in [1, 300, 900] {
          expectSums(states, step: step, item: item, over: contrast)
        }
      }
    }
  }

  @Test("Trained models without [PAD] and RecBole's with it, at every step of real histories")
  func realHistories() throws {
    let folder = TestEnvironment.fixture("explorer/little")
    let model = try TrainedModel.read(path: folder + "/little.safetensors")
    let session = try Session(model, folder: AtomicFolder(path: folder))
    #expect(!model.settings.hasPadRelation && model.settings.layerCount == 1)
    for user in session.users {
      let states = HistoryStates(network: session.network, items: user.items)
      for step in 0..<states.count {
        for item in 1..<Int32(session.network.itemCount) {
          expectSums(states, step: step, item: item, over: .catalogueMean)
        }
      }
    }
    for path in Fixture.tiny {
      let file = try SafetensorsFile(path: path)
      let network = try RecBoleFixture.network(file, prefix: "param.")
      #expect(network.settings.hasPadRelation)
      let sequences = try Fixture.sequences(file, items: "item_seq", lengths: "item_seq_len")
      for items in sequences {
        let states = HistoryStates(network: network, items: items)
        for step in 0..<states.count {
          for contrast in [Contrast.none, .rivals, .item(3)] {
            expectSums(states, step: step, item: 7, over: contrast)
          }
        }
      }
    }
  }

  @Test("Rows are the window; what is before it is unseen")
  func window() {
    let random = RandomNetwork()
    let states = HistoryStates(network: random.network(), items: random.history(20))
    for step in 0..<20 {
      let table = Contributions(states, step: step, item: 3)
      #expect(table.steps == Range(states.window(at: step)))
      #expect(table.unseen == 0..<states.window(at: step).lowerBound)
      #expect(table.items == Array(states.items[states.window(at: step)]))
      #expect(table.sequence.count == table.items.count)
    }
  }

  @Test("A cell is α c q·W_um (e + r), and its film and relation parts are those of e and r")
  func cells() {
    let network = RandomNetwork(seed: 4).network()
    let items: [Int32] = [3, 9, 3, 27, 14]
    let trace = network.trace(items)
    let table = Contributions(network: network, trace: trace, row: 4, item: 11, over: .none)
    let p = network.parameters
    let map = p.denseLayerU.weight.columns(7..<12)
    for (t, item) in items.enumerated() {
      for a in 0..<4 {
        // What the later writes left of this one, written out.
        var held = trace.writeGates[t, a]
        for later in t + 1..<max(t + 1, items.count) { held *= 1 - trace.writeGates[later, a] }
        func part(_ vector: [Float]) -> Float {
          trace.attention[4, a] * held
            * dotProduct(network.itemVectors.row(11), map.applied(to: vector))
        }
        let (e, r) = (Array(p.entityEmbedding.row(Int(item))), Array(p.relationMatrix.row(a)))
        #expect(abs(table.itemParts[t, a] - part(e)) < 1e-5)
        #expect(abs(table.relationParts[t, a] - part(r)) < 1e-5)
        #expect(abs(table.cell(row: t, relation: a) - part(zip(e, r).map(+))) < 1e-5)
      }
    }
    #expect(!table.itemParts.values.allSatisfy { abs($0) < 1e-3 })
  }

  @Test("Without memory all relation cells are zero", arguments: 1...3)
  func memoryNone(layers: Int) {
    var random = RandomNetwork(layers: layers)
    random.settings.memory = .none
    let states = HistoryStates(network: random.network(), items: random.history(6))
    let table = Contributions(states, step: 5, item: 2)
    #expect(table.relationCount == 4)
    #expect((table.itemParts.values + table.relationParts.values).allSatisfy { $0 == 0 })
    #expect(StepParts(states, step: 5).scoreParts(of: 2).relations == [0, 0, 0, 0])
  }

  @Test("A contrast is the difference of two tables")
  func contrasts() {
    let random = RandomNetwork(seed: 8)
    let network = random.network()
    let states = HistoryStates(network: network, items: random.history(7))
    let parts = StepParts(states, step: 6)
    let own = parts.scoreParts(of: 5, over: .none)
    let other = parts.scoreParts(of: 9, over: .none)
    let both = parts.scoreParts(of: 5, over: .item(9))
    #expect(abs(both.score - (own.score - other.score)) < 1e-5)
    #expect(abs(both.sequence - (own.sequence - other.sequence)) < 1e-5)
    for a in 0..<4 {
      #expect(abs(both.relations[a] - (own.relations[a] - other.relations[a])) < 1e-5)
    }
    // Over all items, what each has over the mean adds up to nothing.
    let all = parts.scoreParts(of: 1..<Int32(network.itemCount), over: .catalogueMean)
    let size = all.reduce(Float(0)) { max($0, abs($1.score)) }
    #expect(size > 0.1)
    #expect(abs(all.reduce(Float(0)) { $0 + $1.score }) < 1e-4 * size * Float(all.count))
    #expect(abs(all.reduce(Float(0)) { $0 + $1.bias }) < 1e-4 * size * Float(all.count))
    #expect(parts.scoreParts(of: 5, over: .item(5)).score == 0)
  }

  @Test("A score without contrast is the network's own, to the bit", arguments: NetworkCase.all)
  func sameScore(test: NetworkCase) {
    let network = test.random.network()
    let states = HistoryStates(network: network, items: test.random.history(12))
    let scores = network.scores(states.terms(at: 11))
    for parts in StepParts(states, step: 11).scoreParts(of: 0..<41, over: .none) {
      #expect(parts.score == scores[Int(parts.item)])
    }
  }

  private func expectSums(
    _ states: HistoryStates, step: Int, item: Int32, over contrast: Contrast
  ) {
    let table = Contributions(states, step: step, item: item, over: contrast)
    let tolerance = 1e-4 * max(abs(table.score), table.magnitude)
    let network = states.network
    let scores = network.scores(states.terms(at: step))
    var score = scores[Int(item)]
    switch contrast {
    case .none: break
    case .catalogueMean:
      score -= scores.dropFirst().reduce(0, +) / Float(network.itemCount - 1)
    case .rivals: score -= dotProduct(probabilities(scores), scores)
    case .item(let other): score -= scores[Int(other)]
    }
    let sum = table.stepSums.reduce(table.bias + table.repeated, +)
    #expect(abs(sum - score) <= tolerance)
    #expect(abs(table.score - score) <= tolerance)
    #expect(table.addsUp && abs(table.residual - (table.score - sum)) <= tolerance)
    let columns = table.relationSums.reduce(table.sequenceSum + table.bias + table.repeated, +)
    #expect(abs(columns - score) <= tolerance)

    let parts = StepParts(states, step: step).scoreParts(of: item, over: contrast)
    #expect(parts.score == table.score)
    #expect(abs(parts.residual) <= tolerance)
    #expect(abs(parts.sequence - table.sequenceSum) <= tolerance)
    #expect(abs(parts.bias - table.bias) <= tolerance)
    for (part, sum) in zip(parts.relations, table.relationSums) {
      #expect(abs(part - sum) <= tolerance)
    }
  }
}
