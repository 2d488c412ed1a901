/// How well answers were ranked.
public struct LinkPredictionScores: Sendable, Equatable, Encodable {
  /// How many questions were asked.
  package var questions: Int
  /// The mean of 1 / rank.
  package var mrr: Double
  package var meanRank: Double
  /// The share of ranks up to 1.
  package var hits1: Double
  /// The share of ranks up to 3.
  package var hits3: Double
  /// The share of ranks up to 10.
  package var hits10: Double

  /// The scores of some ranks; zeros if there are none.
  package init(ranks: some Collection<Double>) {
    questions = ranks.count
    let count = Double(max(1, ranks.count))
    mrr = ranks.reduce(0) { $0 + 1 / $1 } / count
    meanRank = ranks.reduce(0, +) / count
    hits1 = Double(ranks.count { $0 <= 1 }) / count
    hits3 = Double(ranks.count { $0 <= 3 }) / count
    hits10 = Double(ranks.count { $0 <= 10 }) / count
  }

  enum CodingKeys: String, CodingKey {
    case questions, mrr, hits1, hits3, hits10
    case meanRank = "mean_rank"
  }
}

/// The ranks of the true heads and tails of some triples.
package struct LinkPredictionRanks: Sendable {
  /// The relation of each triple.
  package let relation: [Int32]
  /// The rank of each triple's head.
  package let heads: [Double]
  /// The rank of each triple's tail.
  package let tails: [Double]

  init(_ triples: TripleColumns, _ heads: [Double], _ tails: [Double]) {
    relation = triples.relation
    self.heads = heads
    self.tails = tails
  }

  /// Over heads and tails.
  package var scores: LinkPredictionScores { LinkPredictionScores(ranks: heads + tails) }

  /// The relations asked about, each with its scores over heads and tails, those with the most
  /// questions first.
  package var byRelation: [(relation: Int, scores: LinkPredictionScores)] {
    var ranks: [Int32: [Double]] = [:]
    for (place, relation) in relation.enumerated() {
      ranks[relation, default: []] += [heads[place], tails[place]]
    }
    return ranks.map { (Int($0.key), LinkPredictionScores(ranks: $0.value)) }
      .sorted { ($1.scores.questions, $0.relation) < ($0.scores.questions, $1.relation) }
  }
}
