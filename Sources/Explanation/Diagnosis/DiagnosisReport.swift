import Evaluation

/// The model as a whole, as far as ``ModelDiagnosis`` has counted.
public struct DiagnosisReport: Sendable, Encodable {
  /// A mean with its 95 % interval from resampling viewers.
  public struct Interval: Sendable, Equatable, Encodable {
    /// The mean over the cases.
    public let mean: Double
    /// The lower end.
    public let low: Double
    /// The upper end.
    public let high: Double
  }

  /// One relation of the memory.
  public struct Relation: Sendable, Encodable {
    /// What to call it.
    public let name: String
    /// The mean of α over all steps read.
    public let meanAttention: Double
    /// The share of those steps at which no other slot has a larger α.
    public let leads: Double
    /// The mean of α by the step's place in what the model reads: ``DiagnosisReport/placeBins``
    /// parts of L; nil where no history is that long.
    public let attentionByPlace: [Double?]
    /// The mean of the write gate z over all steps read.
    public let meanGate: Double
    /// NDCG@10 with the slot silenced, α shared out among the others, less NDCG@10 as it is.
    public let change: Interval
    /// The share of the cases whose target gets another rank without the slot.
    public let moved: Double
    /// Whether the slot never leads, and of 100 targets not one is ranked otherwise without it.
    public let neverMatters: Bool
  }

  /// The metrics of some of the cases.
  public struct Slice: Sendable, Encodable {
    /// Which cases.
    public let name: String
    /// How many.
    public let caseCount: Int
    /// The share of targets among the first ten.
    public let hit: Double
    /// NDCG@10.
    public let ndcg: Interval
  }

  /// How well one viewer is predicted.
  public struct Viewer: Sendable, Equatable, Encodable {
    /// The viewer's place among those of the session.
    public let viewer: Int
    /// The viewer's token.
    public let user: String
    /// Steps kept from training.
    public let caseCount: Int
    /// The mean NDCG@10 of those.
    public let ndcg: Double
  }

  /// Into how many parts the places of steps are put together.
  public static let placeBins = 16

  /// Viewers counted, and all that have steps kept from training.
  public let viewerCount: Int
  /// All viewers with steps kept from training.
  public let viewerTotal: Int
  /// Steps read by the model, of which attention and gates are means.
  public let stepCount: Int
  /// The mean entropy of α in nats, and the largest there can be.
  public let meanEntropy: Double
  /// ln R.
  public let largestEntropy: Double
  /// All cases: interactions kept from training, validation and test.
  public let all: Slice
  /// The relations in the order of the slots; none for a model without memory.
  public let relations: [Relation]
  /// Short and long histories, popular and rare targets, with and without facts.
  public let slices: [Slice]
  /// Viewers with fewer steps than this are listed neither among the best nor the worst.
  public let leastSteps: Int
  /// The best predicted viewers, the best first.
  public let best: [Viewer]
  /// The worst predicted viewers, the worst first.
  public let worst: [Viewer]
  /// Items of the catalogue.
  public let itemCount: Int
  /// Items without a known fact under any relation of the memory.
  public let itemsWithoutFacts: Int
}

extension DiagnosisReport.Interval {
  init(_ interval: BootstrapInterval) {
    self.init(mean: interval.mean, low: interval.low, high: interval.high)
  }
}
