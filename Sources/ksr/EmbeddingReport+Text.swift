import AtomicFiles
import KnowledgeGraph
import Text

extension EmbeddingReport {
  /// The report as a table: all questions, those for heads and for tails, then each relation.
  var text: String {
    var table = TextTable(
      [.left(width: 44)]
        + ["questions", "MRR", "Hits@1", "Hits@3", "Hits@10", "mean rank"].map {
          .right($0, width: 9)
        }, gap: 1)
    func add(_ name: String, _ scores: LinkPredictionScores) {
      let printed = printable(name, limit: 1000)
      // The end of a relation's path says most.
      let label = printed.count > 44 ? "…" + printed.suffix(43) : printed
      let shares = [scores.mrr, scores.hits1, scores.hits3, scores.hits10].map(fixed)
      table.add(
        [label, "\(scores.questions)"] + shares + [decimal(scores.meanRank, places: 1)])
    }
    add("all", scores)
    add("heads", heads)
    add("tails", tails)
    let shown = relations.prefix(Self.relationsShown)
    for relation in shown { add(relation.relation, relation.scores) }
    var lines =
      ["\(scores.questions) questions about \(source), filtered, ranked among \(entities) entities"]
      + table.lines
    if relations.count > shown.count {
      lines.append("… \(relations.count - shown.count) more relations; --json has them all")
    }
    return (lines + files).joined(separator: "\n")
  }

  private static let relationsShown = 30

  private var source: String {
    switch measured {
    case .test: "the test triples"
    case .validation: "the validation triples, by which the best epoch was chosen"
    case .training:
      "training triples (how they fit; --set validation_share=0.1 would hold some out)"
    }
  }
}
