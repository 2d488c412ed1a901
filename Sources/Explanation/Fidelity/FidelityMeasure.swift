package enum FidelityMeasure: String, Sendable, CaseIterable, Codable {
  /// The item's probability less that without the k steps named first.
  case deletionProbability
  /// Its gain in NDCG@10 less that without the k steps named first.
  case deletionNDCG
  /// Its probability with the k steps named first and no others.
  case insertionProbability
  /// Its gain in NDCG@10 with the k steps named first and no others.
  case insertionNDCG
  /// Whether an item among the first 10 is no longer there without the k steps named first.
  case necessity
  /// Whether an item among the first 10 is still there with the k steps named first and no others.
  case sufficiency
  /// The share of the k steps named first that are the k most recent: how far an explainer can
  /// differ from recency at all.
  case recentShare
  /// Kendall's τ of the steps' weights with leave-one-out.
  case stepAgreement
  /// The share of steps without which the score moves against the sign of their weight.
  case stepViolations
  /// The item's probability less that without the k slots named first, up to half of them.
  case slotComprehensiveness
  /// The item's probability less that with the k slots named first and no others; small is good.
  case slotSufficiency
  /// Kendall's τ of the slots' weights with leaving a slot out.
  case slotAgreement
  /// The share of slots without which the score moves against the sign of their weight.
  case slotViolations
}
