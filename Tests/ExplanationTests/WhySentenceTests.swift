import KSRModel
import KSRNumerics
import ModelTestSupport
import Testing

@testable import Explanation

@Suite("The sentence says no more than the amounts")
struct WhySentenceTests {
  @Test("A group that is more than half of what helps is mostly the reason")
  func mostly() {
    #expect(
      sentence(groups: [(1, 7, [(1, 2), (2, 1)])], other: [(3, 1)], relations: [0, 1, 3, 0])
        == "Mostly because of Item 1 and Item 2, which share relation 1 Tail 7 with it "
        + "(known facts); strongest slot: relation 2.")
    #expect(
      sentence(groups: [(1, 7, [(4, 2)])], other: [(3, 1)], relations: [0, 1, 3, 0])
        == "Mostly because of Item 4, which shares relation 1 Tail 7 with it (known facts); "
        + "strongest slot: relation 2.")
  }

  @Test("A group that is at most half is partly the reason; films against it are not named")
  func partly() {
    #expect(
      sentence(
        groups: [(1, 7, [(1, 2), (2, 1), (3, 1), (5, 0.5), (4, -2.5)]), (0, 2, [(6, 1)])],
        other: [(3, 1)], relations: [0, 0, -1, 0])
        == "Partly because of Item 1, Item 2 and 2 more, which share relation 1 Tail 7 with it "
        + "(known facts); no slot speaks for it.")
  }

  @Test("What shares nothing, or is constant, comes first where it is the most")
  func others() {
    #expect(
      sentence(groups: [(1, 7, [(1, 1)])], other: [(3, 4), (2, -1)], relations: [0, 1, 0, 0])
        == "Mostly because of Item 3, which shares no known fact with it; then Item 1, which "
        + "shares relation 1 Tail 7 with it (known facts); strongest slot: relation 1.")
    #expect(
      sentence(groups: [], other: [(3, 4), (2, 2)], relations: [0, 1, 0, 0], sequence: 2)
        == "Mostly because of Item 3 and Item 2, which share no known fact with it; "
        + "strongest part: sequence; strongest slot: relation 1.")
    #expect(
      sentence(groups: [(1, 7, [(1, -1)])], other: [(3, -1)], bias: 3, relations: [0, 1, 0, 0])
        == "Mostly because of the constant part, which no history changes; it shares no known fact "
        + "that helps it; strongest slot: relation 1.")
  }

  @Test("What would be missed most is named first, what would not be missed is not named")
  func missed() {
    let groups: [(slot: Int, tail: Int32, steps: [(Int32, Float)])] = [
      (1, 7, [(1, 2), (2, 1), (3, 0.5)])
    ]
    let facts = facts(groups: groups, other: [], relations: [0, 1, 0, 0])
    let model = model(.linear)
    let values: [Int: Float] = [1: -0.4, 2: 0.1, 3: 0.3]
    let sentence = facts.whySentence(in: model) { values[$0] }
    #expect(
      sentence.hasPrefix("Mostly because of Item 3 and Item 2, which share relation 1 Tail 7"))
    #expect(facts.namedStep { values[$0] }?.item == 3)
    // Where none would be missed, those that were written are named.
    #expect(
      facts.whySentence(in: model) { _ in -1 }.hasPrefix("Mostly because of Item 1, Item 2 and"))
    // Each form names the item and the fact.
    for form in facts.whySentences(in: model, missed: { values[$0] }) {
      #expect(form.contains("Item 3") && form.contains("relation 1 Tail 7"))
    }
  }

  @Test("Nothing that helps is said to be nothing")
  func nothing() {
    #expect(
      sentence(groups: [(1, 7, [(1, -1)])], other: [(3, -1)], relations: [0, 0, 0, 0])
        == "Nothing in the history speaks for it; no slot speaks for it.")
  }

  @Test("The other item, the item itself and a model without memory are named")
  func special() {
    #expect(
      sentence(
        groups: [(1, 7, [(20, 2)])], other: [], relations: [0, 0, 0, 0], over: .item(9),
        memory: .none)
        == "Over Item 9: mostly because of Item 20 itself, which shares relation 1 Tail 7 with it "
        + "(known facts); the model has no memory.")
  }

  /// The sentence about item 20 for groups (slot, tail, steps) and steps (item, amount).
  private func sentence(
    groups: [(slot: Int, tail: Int32, steps: [(Int32, Float)])], other: [(Int32, Float)],
    bias: Float = 0, relations: [Float], sequence: Float = 0,
    over contrast: Contrast = .catalogueMean,
    memory: MemoryKind = .linear
  ) -> String {
    facts(
      groups: groups, other: other, bias: bias, relations: relations, sequence: sequence,
      over: contrast, memory: memory
    ).whySentence(in: model(memory))
  }

  private func model(_ memory: MemoryKind) -> TrainedModel {
    var random = RandomNetwork()
    random.settings.memory = memory
    return random.model()
  }

  private func facts(
    groups: [(slot: Int, tail: Int32, steps: [(Int32, Float)])], other: [(Int32, Float)],
    bias: Float = 0, relations: [Float], sequence: Float = 0,
    over contrast: Contrast = .catalogueMean, memory: MemoryKind = .linear
  ) -> SharedFacts {
    let model = model(memory)
    func steps(_ amounts: [(Int32, Float)]) -> [SharedFacts.StepAmount] {
      amounts.map { .init(step: Int($0), item: $0, amount: $1) }
    }
    func sum(_ amounts: [(Int32, Float)]) -> Float { amounts.reduce(0) { $0 + $1.1 } }
    let table = Contributions(
      item: 20, contrast: contrast, score: 0, steps: 0..<1, items: [1], sequence: [sequence],
      itemParts: Matrix(rows: 1, columns: 4, values: relations),
      relationParts: Matrix(rows: 1, columns: 4), bias: bias, repeated: 0,
      isOfFacts: memory == .facts, factCells: [])
    return SharedFacts(
      contributions: table,
      groups: groups.map {
        .init(
          slot: $0.slot, tail: $0.tail, name: model.tails.names[Int($0.tail)],
          amount: sum($0.steps), steps: steps($0.steps))
      }, other: sum(other), otherSteps: steps(other))
  }
}
