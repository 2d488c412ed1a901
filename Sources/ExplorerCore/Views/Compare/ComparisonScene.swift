import Explanation
import KSRModel
import Text

/// Two runs side by side: the pinned one, A, and the live one, B.
package struct ComparisonScene: Sendable {
  struct Side: Sendable {
    /// Whose history, where in it, with how many edits, or which model.
    let title: String
    let shortTitle: String
    let step: StepScene
    let hasProbabilities: Bool
  }

  struct Relation: Sendable {
    let name: String
    let pinned: StepScene.Slot?
    let live: StepScene.Slot?
    /// The cosine of the two values, over facts of m by tail; nil where one is missing or they lie in different spaces.
    let cosine: Float?

    /// α of the live side less that of the pinned one.
    var difference: Float { (live?.attention ?? 0) - (pinned?.attention ?? 0) }
  }

  /// What really came next on a side, and where both put it.
  struct Truth: Sendable {
    let title: String
    let pinned: Double?
    let live: Double?
    /// Nil where it came next on both sides.
    let side: String?
  }

  let pinned: Side
  let live: Side
  let relations: [Relation]
  let truths: [Truth]
  /// By live item: its rank on the pinned side; nil for an item that the pinned model lacks.
  let ranks: [Int32: Double]
  /// Pinned items (in the pinned model's numbers) that are among the first places on the live side.
  let shared: Set<Int32>
  let k: Int
  /// What to know about the two models.
  let note: String?

  /// Half of Σ|Δα|: 0 for the same attention, 1 for none in common.
  var attentionDistance: Float { relations.reduce(0) { $0 + abs($1.difference) } / 2 }
}

/// One side as it is computed: the states, and how its items are numbered.
struct ComparedRun {
  let states: HistoryStates
  let step: StepScene
  let scores: [Float]
  /// What really came next, in its own numbers.
  let truth: Int32?

  init(_ states: HistoryStates, _ step: StepScene) {
    self.states = states
    self.step = step
    scores = states.scores(at: step.step)
    truth = step.recommendations.first { $0.isTruth }?.item
  }
}

extension CompareView {
  static func export(_ state: State, _ scene: Scene) -> ViewExport {
    guard let user = scene.user, let step = scene.step, !step.recommendations.isEmpty else {
      return .withoutUser
    }
    var export = ViewExport(
      title: "A and B side by side", name: [user.name, "step\(step.step + 1)", "compared"])
    export.json = { cache throws(UserError) in
      guard let comparison = scene.comparison else { return nil }
      let other = state.pin == .model ? cache.compared?.session.model : nil
      return try JSON.text(
        ComparisonDocument(
          comparison, live: cache.session.model, pinned: other ?? cache.session.model))
    }
    export.svg = { _ in scene.comparison.map(figure) }
    return export
  }

  private static func figure(_ comparison: ComparisonScene) -> String {
    let (a, b) = ("A \(comparison.pinned.title)", "B \(comparison.live.title)")
    var figure = RowFigure(
      title: "Two runs side by side",
      notes: [a, b] + [comparison.note].compactMap { $0 }
        + (comparison.relations.isEmpty
          ? [] : ["total variation of α \(decimal(comparison.attentionDistance))"]))
    if !comparison.relations.isEmpty {
      figure.add(
        "a", "attention α", .pair, key: ("A", "B"), numbers: "α in A, in B",
        comparison.relations.map { relation in
          let (old, new) = (relation.pinned?.attention, relation.live?.attention)
          return .init(
            name: relation.name, value: (old ?? new).map(Double.init),
            second: old == nil ? nil : new.map(Double.init),
            text: [old, new].map { $0.map { decimal($0, places: 3) } ?? "none" }
              .joined(separator: ", "))
        })
    }
    let sides = [comparison.pinned, comparison.live].map { $0.step.recommendations.prefix(20) }
    func texts(_ side: Int) -> [String] {
      sides[side].map { item in
        let number = "\(Int(item.rank.rounded(.up)))"
        let mark = item.isTruth ? " ● came next" : ""
        return side == 0 ? "\(item.title)\(mark)  \(number)" : "\(number)  \(item.title)\(mark)"
      }
    }
    let pairs = sides[1].enumerated().compactMap { place, item -> (Int, Int)? in
      guard let rank = comparison.ranks[item.item] else { return nil }
      return sides[0].firstIndex { $0.rank == rank }.map { ($0, place) }
    }
    figure.add(
      comparison.relations.isEmpty ? "a" : "b", "recommended; lines join the same item",
      heads: (a, b), (texts(0), texts(1)), pairs: pairs)
    return figure.text
  }
}

/// A comparison as JSON; the keys are the names of these properties, absent where there is nothing.
struct ComparisonDocument: Encodable {
  struct Item: Encodable {
    let token, name: String
    let rank: Double
    let score: Float
    let probability: Float?
    let isSeen, cameNext: Bool
    /// Its rank on the other side; of B's items only.
    let rankInA: Double?
  }

  struct Side: Encodable {
    let title: String
    let step: Int
    let recommendations: [Item]
  }

  struct Held: Encodable {
    let name: String
    let weight: Float
  }

  struct Relation: Encodable {
    let name: String
    let attentionA, attentionB: Float?
    let difference: Float
    /// Of the two values of the slot, over facts of m by tail.
    let cosine: Float?
    let heldInA, heldInB: [Held]
  }

  /// What really came next, and where both put it.
  struct Next: Encodable {
    let name: String
    let rankInA, rankInB: Double?
    /// `A` or `B` where it came next on that side only.
    let onlyIn: String?
  }

  let a, b: Side
  let relations: [Relation]
  let next: [Next]
  /// How many of the first `places` are in both.
  let overlap, places: Int
  /// Half of Σ|Δα|.
  let attentionDistance: Float
  let note: String?

  init(_ scene: ComparisonScene, live: TrainedModel, pinned: TrainedModel) {
    func side(
      _ side: ComparisonScene.Side, _ model: TrainedModel, _ ranks: [Int32: Double]
    ) -> Side {
      Side(
        title: side.title, step: side.step.step + 1,
        recommendations: side.step.recommendations.map {
          Item(
            token: model.items[Int($0.item)], name: $0.title, rank: $0.rank, score: $0.score,
            probability: $0.probability, isSeen: $0.isSeen, cameNext: $0.isTruth,
            rankInA: ranks[$0.item])
        })
    }
    func held(_ slot: StepScene.Slot?) -> [Held] {
      (slot?.reading.facts ?? []).map { Held(name: $0.name, weight: $0.weight) }
    }
    a = side(scene.pinned, pinned, [:])
    b = side(scene.live, live, scene.ranks)
    relations = scene.relations.map {
      Relation(
        name: $0.name, attentionA: $0.pinned?.attention, attentionB: $0.live?.attention,
        difference: $0.difference, cosine: $0.cosine, heldInA: held($0.pinned),
        heldInB: held($0.live))
    }
    next = scene.truths.map {
      Next(name: $0.title, rankInA: $0.pinned, rankInB: $0.live, onlyIn: $0.side)
    }
    (overlap, places) = (scene.shared.count, scene.k)
    attentionDistance = scene.attentionDistance
    note = scene.note
  }
}
