import AtomicFiles
import Foundation
import KnowledgeGraph

extension EmbeddingReport {
  /// The report as a table: all questions, those for heads and for tails, then each relation.
  var text: String {
    var lines = [
      "\(scores.questions) questions about \(source), filtered, ranked among \(entities) entities",
      row("", "questions", "MRR", "Hits@1", "Hits@3", "Hits@10", "mean rank"),
      row("all", scores), row("heads", heads), row("tails", tails),
    ]
    let shown = relations.prefix(Self.relationsShown)
    lines += shown.map { row($0.relation, $0.scores) }
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

  private func row(_ name: String, _ scores: LinkPredictionScores) -> String {
    row(
      name, "\(scores.questions)", fixed(scores.mrr), fixed(scores.hits1), fixed(scores.hits3),
      fixed(scores.hits10), String(format: "%.1f", scores.meanRank))
  }

  private func row(_ name: String, _ values: String...) -> String {
    let printed = printable(name, limit: 1000)
    // The end of a relation's path says most.
    let label = printed.count > 44 ? "…" + printed.suffix(43) : printed
    return label.padding(toLength: 44, withPad: " ", startingAt: 0)
      + values.map { String(repeating: " ", count: max(1, 10 - $0.count)) + $0 }.joined()
  }
}
