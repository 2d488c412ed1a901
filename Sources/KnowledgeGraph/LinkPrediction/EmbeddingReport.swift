/// What a training of graph vectors came to: how it was made, and how well the vectors answer.
package struct EmbeddingReport: Sendable, Encodable {
  package struct Relation: Sendable, Encodable {
    package var relation: String
    package var scores: LinkPredictionScores
  }

  /// Which triples were asked about.
  package enum Measured: String, Sendable, Encodable {
    /// Triples that a file holds out for this.
    case test
    /// Triples by which the best epoch was chosen.
    case validation
    /// Triples that were learned from, which says how they fit, not what would be predicted.
    case training
  }

  package var entities: Int
  package var trainingTriples: Int
  package var settings: [String: String]
  package var epochs: Int
  /// The epoch whose vectors were taken.
  package var bestEpoch: Int
  /// The mean loss of a triple in the last epoch.
  package var loss: Double?
  /// The time of the training with its validations.
  package var seconds: Double
  /// Training triples used in a second.
  package var triplesPerSecond: Double
  /// Which triples were asked about.
  package var measured: Measured
  package var scores: LinkPredictionScores
  package var heads: LinkPredictionScores
  package var tails: LinkPredictionScores
  /// Those with the most questions first.
  package var relations: [Relation]
  package var files: [String] = []

  enum CodingKeys: String, CodingKey {
    case entities, settings, epochs, loss, seconds, measured, scores, heads, tails, relations, files
    case trainingTriples = "training_triples"
    case bestEpoch = "best_epoch"
    case triplesPerSecond = "triples_per_second"
  }

  /// At most so many training triples are asked about where nothing is held out.
  package static let trainingSample = 5000

  /// Asks about the test triples, or, where there are none, those of the validation or some of the
  /// training.
  package init(
    _ trainer: EmbeddingTrainer, _ vectors: TransE, epochs: Int, bestEpoch: Int, loss: Double?,
    seconds: Double
  ) {
    let data = trainer.data
    let asked: TripleColumns
    if data.test.count > 0 {
      (measured, asked) = (.test, data.test)
    } else if data.validation.count > 0 {
      (measured, asked) = (.validation, data.validation)
    } else {
      let every = (data.train.count + Self.trainingSample - 1) / Self.trainingSample
      (measured, asked) = (
        .training, data.train.at(stride(from: 0, to: data.train.count, by: every))
      )
    }
    let ranks = LinkPrediction(data, asking: asked, norm: trainer.settings.norm)
      .ranks(vectors, threads: trainer.threads)
    entities = data.entities.count
    trainingTriples = data.train.count
    settings = Dictionary(uniqueKeysWithValues: trainer.settings.keyValues.map { ($0, $1) })
    (self.epochs, self.bestEpoch) = (epochs, bestEpoch)
    (self.loss, self.seconds) = (loss, seconds)
    triplesPerSecond = Double(epochs * data.train.count) / max(seconds, 1e-9)
    scores = ranks.scores
    heads = LinkPredictionScores(ranks: ranks.heads)
    tails = LinkPredictionScores(ranks: ranks.tails)
    relations = ranks.byRelation.map {
      Relation(relation: data.relations[$0.relation], scores: $0.scores)
    }
  }
}
