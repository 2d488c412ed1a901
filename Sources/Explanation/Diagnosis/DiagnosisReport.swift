import Evaluation
import KSRModel
import KSRNumerics
import Workspace

/// The model as a whole, as far as ``ModelDiagnosis`` has counted.
package struct DiagnosisReport: Sendable, Encodable {
  package struct Relation: Sendable, Encodable {
    package let name: String
    /// The mean of α over all steps read.
    package let meanAttention: Double
    /// The share of those steps at which no other slot has a larger α.
    package let leads: Double
    /// The mean of α by the step's place in what the model reads: ``DiagnosisReport/placeBins``
    /// parts of L; nil where no history is that long.
    package let attentionByPlace: [Double?]
    /// The mean of the write gate z over all steps read.
    package let meanGate: Double
    /// NDCG@10 with the slot silenced, α shared out among the others, less NDCG@10 as it is.
    package let change: MeanInterval
    /// The share of the cases whose target gets another rank without the slot.
    package let moved: Double
    /// Whether the slot never leads, and of 100 targets not one is ranked otherwise without it.
    package let neverMatters: Bool
  }

  package struct Slice: Sendable, Encodable {
    package let name: String
    package let caseCount: Int
    /// The share of targets among the first ten.
    package let hit: Double
    /// NDCG@10.
    package let ndcg: MeanInterval
  }

  package struct User: Sendable, Equatable, Encodable {
    package let place: Int
    package let user: String
    /// Steps kept from training.
    package let caseCount: Int
    /// The mean NDCG@10 of those.
    package let ndcg: Double
  }

  /// Into how many parts the places of steps are put together.
  package static let placeBins = 16

  /// Users counted, and all that have steps kept from training.
  package let userCount: Int
  /// All users with steps kept from training.
  package let userTotal: Int
  /// Steps read by the model, of which attention and gates are means.
  package let stepCount: Int
  /// The mean entropy of α in nats, and the largest there can be.
  package let meanEntropy: Double
  package let largestEntropy: Double
  /// The mean share of the attention that the null slot takes; nil without one.
  package let nullSlot: Double?
  /// All cases: interactions kept from training, validation and test.
  package let all: Slice
  /// The relations in the order of the slots; none for a model without memory.
  package let relations: [Relation]
  /// Short and long histories, popular and rare targets, with and without facts.
  package let slices: [Slice]
  /// Users with fewer steps than this are listed neither among the best nor the worst.
  package let leastSteps: Int
  /// The best predicted users, the best first.
  package let best: [User]
  /// The worst predicted users, the worst first.
  package let worst: [User]
  package let itemCount: Int
  /// Items without a known fact under any relation of the memory.
  package let itemsWithoutFacts: Int
}

/// Some of the cases of a ``ModelDiagnosis``, put together because of what they have in common.
enum DiagnosisSlice: Sendable {
  case all
  /// Targets with so many items watched before them.
  case watched(ClosedRange<Int>)
  /// Targets among the fifth of the items that was watched most, or among the others.
  case popular(Bool)
  /// Targets about which the graph says something under a relation of the memory, or nothing.
  case known(Bool)

  /// Histories with at most so many items before the target are short.
  private static let short = 5
  /// Histories with more items than this before the target are long.
  private static let long = 20

  /// The slices in the order in which they are shown; those of one kind share no case.
  static let shown: [DiagnosisSlice] = [
    .all, .watched(1...short), .watched(short + 1...long), .watched(long + 1...Int.max - 1),
    .popular(true), .popular(false), .known(true), .known(false),
  ]

  var name: String {
    switch self {
    case .all: "all"
    case .watched(let range) where range.lowerBound == 1:
      "history of \(range.upperBound) or fewer"
    case .watched(let range) where range.lowerBound > Self.long:
      "history of more than \(Self.long)"
    case .watched(let range): "history of \(range.lowerBound) to \(range.upperBound)"
    case .popular(true): "popular target (first 20 %)"
    case .popular(false): "rare target (other 80 %)"
    case .known(true): "target with known facts"
    case .known(false): "target without facts"
    }
  }

  /// Whether a case belongs to the slice.
  func contains(_ one: ModelDiagnosis.Case, _ diagnosis: ModelDiagnosis) -> Bool {
    switch self {
    case .all: true
    case .watched(let range): range.contains(one.step)
    case .popular(let wanted): diagnosis.isPopular[Int(one.target)] == wanted
    case .known(let wanted):
      diagnosis.session.model.tails.hasFacts(about: Int(one.target)) == wanted
    }
  }

  /// Whether each item is among the fifth that was watched most; of items watched equally often
  /// those that come first.
  static func popularItems(_ popularity: [Int32]) -> [Bool] {
    var result = [Bool](repeating: false, count: popularity.count)
    let most = Int(popularity.max() ?? 0)
    // Items by how often they were watched, so that none need be sorted.
    var counts = [Int](repeating: 0, count: most + 1)
    for count in popularity.dropFirst() { counts[Int(count)] += 1 }
    var left = (max(0, popularity.count - 1) + 4) / 5
    var threshold = most
    while threshold > 0, counts[threshold] <= left {
      left -= counts[threshold]
      threshold -= 1
    }
    for item in popularity.indices.dropFirst() {
      let count = Int(popularity[item])
      if count > threshold {
        result[item] = true
      } else if count == threshold, left > 0 {
        result[item] = true
        left -= 1
      }
    }
    return result
  }
}

extension KnownTails {
  /// Whether any fact about an item is known under any slot.
  func hasFacts(about item: Int) -> Bool {
    offsets[(item + 1) * relationCount] > offsets[item * relationCount]
  }
}
