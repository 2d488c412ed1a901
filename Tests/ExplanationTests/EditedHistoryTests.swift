import KSRModel
import ModelTestSupport
import Randomness
import Testing
import Text

@testable import Explanation

@Suite("Edited runs")
struct EditedHistoryTests {
  private func edited(
    _ text: String, _ items: [Int32], _ model: TrainedModel
  ) throws -> EditedHistory {
    try EditedHistory(items, EditScript(parsing: text), in: EditNames(model))
  }

  @Test("edits apply in order, each to what the ones before have left")
  func order() throws {
    let model = RandomNetwork().model()
    func items(_ text: String) throws -> [Int32] { try edited(text, [1, 2, 3, 4, 5], model).items }
    #expect(try items("") == [1, 2, 3, 4, 5])
    #expect(try items("-2") == [1, 3, 4, 5])
    #expect(try items("-2,-2") == [1, 4, 5])
    #expect(try items("+1:i9") == [9, 1, 2, 3, 4, 5])
    #expect(try items("+6:i9") == [1, 2, 3, 4, 5, 9])
    #expect(try items("=3:item 9,+3:i8") == [1, 2, 8, 9, 4, 5], "by name, too")
    #expect(try items(">4:2") == [1, 4, 2, 3, 5])
    #expect(try items(">2:4") == [1, 3, 4, 2, 5])
    #expect(try items("cut:2,+3:i7") == [1, 2, 7])
    let all = try edited("=1:Item 7,silence:RELATION 1,force:relation 2,boost:r2*3", [1], model)
    #expect(EditScript(all.edits).text == "=1:i7,silence:r1,force:r2,boost:r2*3")
  }

  @Test(
    "what cannot be done is named with its place and what can be had",
    arguments: [
      ("-6", 1, "1 to 5"), ("-1,-5", 4, "the history has 4 at this point, so 1 to 4"),
      ("+7:i1", 1, "1 to 6"), (">1:6", 1, "1 to 5"), ("cut:9", 1, "1 to 5"),
      ("-1,-1,-1,-1,-1", 13, "one must stay"), ("+1:i99", 1, "The nearest"),
      ("+1:[PAD]", 1, "knows no item"), ("silence:r9", 1, "the nearest is r"),
      ("silence:genre", 1, "It has r0, r1, r2, r3."),
    ])
  func refusals(text: String, position: Int, part: String) throws {
    let model = RandomNetwork().model()
    let failure = try #require(throws: UserError.self) {
      try edited(text, [1, 2, 3, 4, 5], model)
    }
    #expect(
      failure.description.hasPrefix("edit, character \(position), ")
        && failure.description.contains(part), "\(failure)")
  }

  @Test("a model without memory refuses edits of the memory and takes the others")
  func noMemory() throws {
    var random = RandomNetwork()
    random.settings.memory = .none
    for text in ["silence:r1", "force:r1", "boost:r1*2", "gamma:1"] {
      let failure = try #require(throws: UserError.self) {
        try edited(text, [1, 2], random.model())
      }
      #expect(failure.description.contains("no memory"))
    }
    #expect(try edited("-1", [1, 2], random.model()).items == [2])
    var empty: UserError?
    do { _ = try edited("-1", [], random.model()) } catch let error as UserError { empty = error }
    #expect(empty?.description.contains("+1:ITEM begins one") == true)
    #expect(try edited("+1:i3", [], random.model()).items == [3])
  }

  @Test("the unedited step is the one with the same future")
  func future() throws {
    let model = RandomNetwork().model()
    let items: [Int32] = [1, 2, 3, 4, 5]
    func future(_ text: String, _ step: Int) throws -> (Int?, Int32?) {
      let history = try edited(text, items, model)
      return (history.unedited(at: step), history.next(after: step))
    }
    #expect(try future("", 2) == (2, 4))
    #expect(try future("-3", 1) == (2, 4), "without the step itself")
    #expect(try future("-1", 1) == (2, 4))
    #expect(try future("+3:i9", 2) == (1, 3))
    #expect(try future("+1:i9", 0) == (nil, 1))
    #expect(try future("=2:i9", 0) == (0, 2), "what came next really, not what took its place")
    #expect(try future(">3:2", 2) == (2, 4))
    #expect(try future("-5", 3) == (4, nil))
    #expect(try future("cut:3", 2) == (2, 4))
    #expect(try future("cut:3,+4:i9", 3) == (2, 4))
  }

  @Test("of an unchanged history no bit is another", arguments: NetworkCase.all)
  func unchanged(test: NetworkCase) throws {
    let model = test.random.model()
    let network = test.random.network()
    let items = test.random.history(14)
    let plain = HistoryStates(network: network, items: items)
    let token = model.items[Int(items[4])]
    var texts = ["", ">5:3,>3:5", "-5,+5:\(token)", "=5:\(token)"]
    if test.memory == .linear { texts.append("boost:r1*2,boost:r1*0.5") }
    for text in texts {
      let run = try edited(text, items, model)
      #expect(run.reading.isNone && run.items == run.original)
      let states = run.states(network)
      for step in [0, 5, 8, 9, 13] {
        #expect(
          network.scores(states.terms(at: step)) == network.scores(plain.terms(at: step)))
      }
    }
  }

  @Test("silence, boost, force and γ are what they say", arguments: NetworkCase.all)
  func reading(test: NetworkCase) throws {
    guard test.memory == .linear else { return }
    let model = test.random.model()
    let network = test.random.network()
    let items = test.random.history(12)
    let plain = HistoryStates(network: network, items: items)
    for step in [3, 11] {
      let (trace, row) = plain.pass(through: step)
      let logits = trace.queries.mapped(by: network.parameters.relationMatrix).row(row)
        .map(Double.init)
      func expected(_ gamma: Float, _ factors: [Double]) -> [Double] {
        let most = logits.map { $0 * Double(gamma) }.max() ?? 0
        let weights = zip(logits, factors).map { exp2((Double(gamma) * $0 - most) / log2) * $1 }
        let sum = weights.reduce(0, +)
        return weights.map { sum > 0 ? $0 / sum : 0 }
      }
      let own = network.settings.gamma
      for (text, weights) in [
        ("silence:r1", expected(own, [1, 0, 1, 1])), ("boost:r2*3", expected(own, [1, 1, 3, 1])),
        ("force:r3", [0, 0, 0, 1]), ("gamma:0", [0.25, 0.25, 0.25, 0.25]),
        ("gamma:2,boost:r2*3,silence:r3", expected(2, [1, 1, 3, 0])),
        ("silence:r1,force:r1", [0, 1, 0, 0]), ("force:r1,silence:r1", [0, 0, 0, 0]),
        ("boost:r3*2,boost:r3*2,gamma:1", expected(1, [1, 1, 1, 4])),
      ] {
        let texts = test.pad ? text.replacing("r0", with: "[PAD]") : text
        let states = try edited(texts, items, model).states(network)
        let (changed, at) = states.pass(through: step)
        for (a, weight) in weights.enumerated() {
          #expect(abs(Double(changed.attention[at, a]) - weight) < 1e-5, "\(text) \(a)")
        }
        // What is written and the state of the GRU do not depend on what is read.
        #expect(changed.slots.row(at) == trace.slots.row(row))
        #expect(changed.states.row(at) == trace.states.row(row))
        for k in 0..<5 {
          let read = (0..<4).reduce(0.0) {
            $0 + weights[$1]
              * Double(trace.slot($1, at: row)[trace.slot($1, at: row).startIndex + k])
          }
          #expect(abs(Double(changed.memoryReads[at, k]) - read) < 1e-4)
        }
      }
      // The same as leaving the slot out of one run.
      let silent = try edited("silence:r2", items, model).states(network)
      let scores = AblationRuns(plain, step: step).scoresWithout(relation: 2)
      for (a, b) in zip(network.scores(silent.terms(at: step)), scores) {
        #expect(abs(a - b) < 1e-4 * (1 + abs(b)))
      }
      let both = try edited("silence:r2,silence:r3", items, model).states(network)
      let without = AblationRuns(silent, step: step).scoresWithout(relation: 3)
      for (a, b) in zip(network.scores(both.terms(at: step)), without) {
        #expect(abs(a - b) < 1e-4 * (1 + abs(b)))
      }
    }
  }

  private let log2 = 0.6931471805599453

  private func exp2(_ x: Double) -> Double {
    var (result, term) = (1.0, 1.0)
    // e^(x ln 2) by squaring, so that the reference shares nothing with the kernel.
    let halvings = 30
    let small = x * log2 / Double(1 << halvings)
    for n in 1..<12 {
      term *= small / Double(n)
      result += term
    }
    for _ in 0..<halvings { result *= result }
    return result
  }

  @Test("the reasons of an edited run add up to its score", arguments: NetworkCase.all)
  func reasons(test: NetworkCase) throws {
    let model = test.random.model()
    let network = test.random.network()
    var texts = ["-3", "+2:i9,>7:1", "=1:i30,cut:10"]
    if test.memory == .linear {
      texts += ["silence:r1", "boost:r2*5,-1", "force:r3,-2", "gamma:0.5", "force:r1,silence:r1"]
    }
    for text in texts {
      let states = try edited(text, test.random.history(14), model).states(network)
      let step = states.count - 1
      let scores = network.scores(states.terms(at: step))
      for item: Int32 in [1, 22, 40] {
        let table = Contributions(states, step: step, item: item, over: .none)
        #expect(table.addsUp)
        #expect(abs(table.score - scores[Int(item)]) < 1e-5 * (1 + abs(table.score)))
        let parts = StepParts(states, step: step).scoreParts(of: item)
        #expect(abs(parts.residual) < 1e-4 * (1 + abs(parts.score)))
      }
    }
  }

  @Test("gradient × input of an edited run equals its differences")
  func gradient() throws {
    var random = RandomNetwork(seed: 4)
    random.settings.gamma = 2
    let network = random.network()
    let run = try edited("boost:r2*3,gamma:1.5", [4, 17, 9], random.model())
    let states = run.states(network)
    let found = GradientTimesInput(states, step: 2, item: 21, over: .none)
    let vector = Array(network.itemVectors.row(21))
    for t in 0..<3 {
      func score(_ factor: Float) -> Double {
        var parameters = network.parameters
        for k in 0..<6 { parameters.itemEmbedding[Int(run.items[t]), k] *= factor }
        let trace = KSRNetwork(settings: network.settings, parameters: parameters)
          .trace(run.items, reading: run.reading)
        return zip(trace.preferences.row(2), vector).reduce(0.0) {
          $0 + Double($1.0) * Double($1.1)
        }
      }
      let h: Float = 0x1p-7
      let slope = (score(1 + h) - score(1 - h)) / Double(2 * h)
      #expect(abs(Double(found.embedding[t]) - slope) < 2e-3 * (1 + abs(slope)))
    }
  }

  @Test("ranks in both runs, what came in and what is gone", arguments: 0..<20)
  func changes(seed: Int) {
    var random = SeededGenerator(seed: UInt64(seed))
    // Few different scores, so that there are ties.
    let before = (0..<30).map { _ in Float(random.integer(below: 20)) }
    let after = (0..<30).map { _ in Float(random.integer(below: 20)) }
    let changes = RankChanges(before: before, after: after, items: 1..<30, k: 5)
    for item in Int32(1)..<30 {
      let change = changes.changes[item]
      #expect(change?.rankBefore == rank(of: item, in: before))
      #expect(change?.rankAfter == rank(of: item, in: after))
    }
    let first = topItems(before, count: 5).map(\.item)
    #expect(changes.gone.map(\.item) == first.filter { rank(of: $0, in: after) > 5 })
    #expect(changes.overlap + changes.gone.count == 5)
  }
}
