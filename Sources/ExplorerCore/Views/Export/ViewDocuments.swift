import Explanation
import KSRModel

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

  /// A known tail and its share of a slot.
  struct Held: Encodable {
    let name: String
    let weight: Float
  }

  struct Relation: Encodable {
    let name: String
    let attentionA, attentionB: Float?
    let difference: Float
    /// Of the two values of the slot.
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

/// The map as JSON: where every item lies, what is named, and what is nearest.
struct MapDocument: Encodable {
  struct Item: Encodable {
    let token, name: String
    let x, y: Float
  }

  /// A step of the viewer's path.
  struct Step: Encodable {
    let step: Int
    let token: String
    let x, y: Float
  }

  struct Named: Encodable {
    let token, name: String
    /// A probability or score, or the likeness to `subject`.
    let value: Float
    let isSeen, cameNext: Bool
  }

  /// The components of the item vectors, of which the map shows two.
  let dimensions: Int
  /// The share of the variance along x and along y.
  let explainedVariance: [Double]
  let items: [Item]
  let path: [Step]
  let recommendations: [Named]
  /// The item whose neighbours are listed.
  let subject: String?
  /// `cosine` or `dot product`, of all components.
  let likeness: String
  let neighbours: [Named]

  /// Nil while the map is being found.
  init?(_ scene: MapScene, _ view: MapView, _ model: TrainedModel) {
    guard let plane = scene.plane else { return nil }
    func named(_ item: MapScene.Item) -> Named {
      Named(
        token: model.items[Int(item.item)], name: item.title, value: item.value,
        isSeen: item.isSeen, cameNext: item.isTruth)
    }
    dimensions = scene.width
    explainedVariance = plane.explained
    items = plane.points.indices.dropFirst().map {
      Item(
        token: model.items[$0], name: model.itemNames[$0], x: plane.points[$0].x,
        y: plane.points[$0].y)
    }
    path = scene.path.enumerated().map { place, item in
      let point = plane.points[Int(item)]
      return Step(step: place + 1, token: model.items[Int(item)], x: point.x, y: point.y)
    }
    recommendations = scene.recommendations.map(named)
    subject = scene.subject.map { model.items[Int($0.item)] }
    likeness = view.likeness.rawValue
    neighbours = scene.neighbours.map(named)
  }
}

/// The model as a whole as JSON, as `ksr evaluate --diagnose --json` prints it.
struct DiagnosisDocument: Encodable {
  /// What the names of items and entities say of the links.
  struct Links: Encodable {
    let compared, different: Int
    /// Titles of some that look wrong.
    let titles: [String]
  }

  let model: DiagnosisReport
  let links: Links?

  /// Nil before anything has been counted.
  init?(_ scene: DiagnosisScene) {
    guard let report = scene.report else { return nil }
    model = report
    if case .compared(let compared, let different, let titles) = scene.links {
      links = Links(compared: compared, different: different, titles: titles)
    } else {
      links = nil
    }
  }
}
