import Evaluation
import KSRNumerics

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

  /// The metrics of some of the cases.
  package struct Slice: Sendable, Encodable {
    package let name: String
    package let caseCount: Int
    /// The share of targets among the first ten.
    package let hit: Double
    /// NDCG@10.
    package let ndcg: MeanInterval
  }

  /// How well one viewer is predicted.
  package struct Viewer: Sendable, Equatable, Encodable {
    /// The viewer's place among those of the session.
    package let viewer: Int
    package let user: String
    /// Steps kept from training.
    package let caseCount: Int
    /// The mean NDCG@10 of those.
    package let ndcg: Double
  }

  /// Into how many parts the places of steps are put together.
  package static let placeBins = 16

  /// Viewers counted, and all that have steps kept from training.
  package let viewerCount: Int
  /// All viewers with steps kept from training.
  package let viewerTotal: Int
  /// Steps read by the model, of which attention and gates are means.
  package let stepCount: Int
  /// The mean entropy of α in nats, and the largest there can be.
  package let meanEntropy: Double
  package let largestEntropy: Double
  /// All cases: interactions kept from training, validation and test.
  package let all: Slice
  /// The relations in the order of the slots; none for a model without memory.
  package let relations: [Relation]
  /// Short and long histories, popular and rare targets, with and without facts.
  package let slices: [Slice]
  /// Viewers with fewer steps than this are listed neither among the best nor the worst.
  package let leastSteps: Int
  /// The best predicted viewers, the best first.
  package let best: [Viewer]
  /// The worst predicted viewers, the worst first.
  package let worst: [Viewer]
  /// Items of the catalogue.
  package let itemCount: Int
  /// Items without a known fact under any relation of the memory.
  package let itemsWithoutFacts: Int
}
