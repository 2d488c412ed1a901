import Evaluation
import Foundation
import Randomness
import Workspace

/// The metrics of one kind of cases, for popularity, the model and those it is compared with.
struct EvaluationSection: Encodable {
  /// One line of the table.
  struct Row: Encodable {
    let name: String
    let metrics: [String: Double]
    /// NDCG@10 of the model minus this one's, with the interval of the paired bootstrap.
    let difference: Interval?
  }

  /// A mean with a 95 % interval.
  struct Interval: Encodable {
    let mean: Double
    let low: Double
    let high: Double

    init(_ interval: BootstrapInterval) {
      (mean, low, high) = (interval.mean, interval.low, interval.high)
    }
  }

  let name: String
  let caseCount: Int
  let rows: [Row]

  init(
    name: String, cases: [RankingCase], session: Session, others: [(String, Session)],
    model: String, threads: Int
  ) {
    let split = session.model.provenance.split
    let popularity = Popularity(
      itemCount: session.model.items.count,
      sequences: session.viewers.map {
        $0.items.prefix(split.trainingCount(of: $0.count, isHeldOut: $0.isHeldOut))
      })
    func ranks(_ session: Session) -> [Double] {
      Ranker(settings: session.model.settings, parameters: session.model.parameters)
        .ranks(cases, threads: threads)
    }
    let own = ranks(session)
    func row(_ name: String, _ ranks: [Double], isOwn: Bool = false) -> Row {
      // The same resamples for every comparison.
      var generator = SeededGenerator(seed: 1)
      let difference = BootstrapInterval(
        zip(own, ranks).map { RankingMetrics.gain(rank: $0) - RankingMetrics.gain(rank: $1) },
        users: cases.map(\.user), generator: &generator)
      let metrics = RankingMetrics(ranks: ranks).named.map { ($0.name, $0.value) }
      return Row(
        name: name, metrics: Dictionary(uniqueKeysWithValues: metrics),
        difference: isOwn ? nil : Interval(difference))
    }
    self.name = name
    caseCount = cases.count
    rows =
      [row("popularity", popularity.ranks(cases)), row(model, own, isOwn: true)]
      + others.map { row($0.0, ranks($0.1)) }
  }

  static func json(_ sections: [EvaluationSection]) -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
    let data = (try? encoder.encode(sections)) ?? Data()
    return String(decoding: data, as: UTF8.self)
  }

  static func text(_ sections: [EvaluationSection]) -> String {
    let names = RankingMetrics(ranks: []).named.map(\.name)
    let width = max(12, sections.flatMap(\.rows).map(\.name.count).max() ?? 0)
    return sections.map { section in
      var lines = ["\(section.name), \(section.caseCount) cases"]
      lines.append(
        pad("", width) + names.map { pad($0, 13, left: true) }.joined()
          + "   NDCG@10 of the model minus this (95 %)")
      for row in section.rows {
        let values = names.map { pad(fixed(row.metrics[$0] ?? .nan), 13, left: true) }.joined()
        let difference =
          row.difference.map {
            String(format: "   %+.4f (%+.4f … %+.4f)", $0.mean, $0.low, $0.high)
          } ?? ""
        lines.append(pad(row.name, width) + values + difference)
      }
      return lines.joined(separator: "\n")
    }.joined(separator: "\n\n")
  }

  private static func pad(_ text: String, _ width: Int, left: Bool = false) -> String {
    let space = String(repeating: " ", count: max(0, width - text.count))
    return left ? space + text : text + space
  }
}
