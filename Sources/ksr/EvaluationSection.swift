import Evaluation
import KSRNumerics
import Randomness
import Text
import Workspace

/// The metrics of one kind of cases, for the baselines, the model and those it is compared with.
struct EvaluationSection: Encodable {
  struct Row: Encodable {
    let name: String
    let metrics: [String: Double]
    /// NDCG at the first k with the interval of the bootstrap.
    let interval: MeanInterval
    /// The same of the model minus this one's, with the interval of the paired bootstrap.
    let difference: MeanInterval?
    /// The rank of each case's target.
    let ranks: [Double]

    enum CodingKeys: String, CodingKey { case name, metrics, interval, difference }
  }

  /// What is asked of all sections.
  struct Request {
    var mode = CandidateMode.full
    var masksHistory = false
    var seed: UInt64 = 2020
    var listLengths = [10]
    var threads = 1
  }

  let name: String
  let caseCount: Int
  /// What the targets were ranked among.
  let mode: String
  let masksHistory: Bool
  let rows: [Row]
  private let cases: [RankingCase]
  private let listLengths: [Int]

  enum CodingKeys: String, CodingKey {
    case name, mode, rows
    case caseCount = "cases"
    case masksHistory = "history_masked"
  }

  init(
    name: String, cases: [RankingCase], session: Session, others: [(String, Session)],
    model: String, _ request: Request
  ) {
    let split = session.model.provenance.split
    let training = session.users.map { $0.items.prefix(split.trainingCount(of: $0)) }
    let itemCount = session.model.items.count
    let threads = request.threads
    let candidates = Candidates(
      request.mode, for: cases, itemCount: itemCount, training: training,
      masking: request.masksHistory ? session.users : nil, seed: request.seed)
    func ranks(_ session: Session, _ cases: [RankingCase]) -> [Double] {
      Ranker(settings: session.model.settings, parameters: session.model.parameters)
        .ranks(cases, among: candidates, threads: threads)
    }
    let k = request.listLengths[0]
    func gains(_ ranks: [Double]) -> [Double] { ranks.map { RankingMetrics.gain(rank: $0, k: k) } }
    func interval(_ values: [Double]) -> MeanInterval {
      // The same resamples for every comparison.
      var generator = SeededGenerator(seed: 1)
      return MeanInterval(values, users: cases.map(\.user), generator: &generator)
    }
    let own = ranks(session, cases)
    func row(_ name: String, _ ranks: [Double], isOwn: Bool = false) -> Row {
      let metrics = request.listLengths.flatMap { RankingMetrics(ranks: ranks, k: $0).named }
      return Row(
        name: name, metrics: Dictionary(uniqueKeysWithValues: metrics.map { ($0.name, $0.value) }),
        interval: interval(gains(ranks)),
        difference: isOwn ? nil : interval(zip(gains(own), gains(ranks)).map { $0 - $1 }),
        ranks: ranks)
    }
    self.name = name
    caseCount = cases.count
    mode = request.mode.text
    masksHistory = request.masksHistory
    self.cases = cases
    listLengths = request.listLengths
    rows =
      [
        row(
          "popularity",
          Popularity(itemCount: itemCount, sequences: training).ranks(cases, among: candidates)),
        row(
          "item-kNN",
          ItemNeighbours(itemCount: itemCount, sequences: training)
            .ranks(cases, among: candidates, threads: threads)),
        row(model, own, isOwn: true),
      ]
      + others.map { path, other in
        // Each model reads as much of the history as it was trained to.
        let length = other.model.settings.maxItemListLength
        let own = cases.map {
          RankingCase(
            user: $0.user, history: other.users[$0.user].items, step: $0.step, maxLength: length)
        }
        let name = other.model.settings.memory == .none ? "\(path) (memory: none)" : path
        return row(name, ranks(other, own))
      }
  }

  static func json(_ sections: [EvaluationSection], data: String, model: String) throws -> String {
    struct Report: Encodable {
      let data: String
      let model: String
      let tests: [EvaluationSection]
    }
    return try JSON.text(Report(data: data, model: model, tests: sections))
  }

  static func text(_ sections: [EvaluationSection]) -> String {
    let width = max(12, sections.flatMap(\.rows).map(\.name.count).max() ?? 0)
    return sections.map { $0.text(width: width) }.joined(separator: "\n\n")
  }

  private func text(width: Int) -> String {
    let among = mode == "full" ? "all items" : "the target and \(mode.dropFirst(3)) drawn (\(mode))"
    var lines = [
      "\(name), \(caseCount) cases, ranked among \(among)"
        + (masksHistory ? ", history left out" : "")
    ]
    for (place, k) in listLengths.enumerated() {
      let names = RankingMetrics(ranks: [], k: k).named.map(\.name)
      var table = TextTable(
        [.left(width: width)] + names.map { .right($0, width: 12) }
          + [.left(place > 0 ? "" : "  NDCG@\(k) of the model, and the model minus this (95 %)")],
        gap: 1)
      for row in rows {
        let interval = row.difference ?? row.interval
        let text = fixed(
          (interval.mean, interval.low, interval.high), signed: row.difference != nil)
        table.add(
          [row.name] + names.map { fixed(row.metrics[$0] ?? .nan) } + [place > 0 ? "" : "  " + text]
        )
      }
      lines += table.lines
    }
    return lines.joined(separator: "\n")
  }

  /// Every case with its target and the rank that each row of the table gives it, as a TSV table.
  static func perUser(_ sections: [EvaluationSection], _ session: Session) -> String {
    let names = sections.first?.rows.map(\.name) ?? []
    func field(_ text: String) -> String { printable(text) }
    var text =
      (["user_id", "step", "item_id", "held_out"] + names.map(field)).joined(separator: "\t") + "\n"
    for section in sections {
      for (place, question) in section.cases.enumerated() {
        let history = session.users[question.user]
        let ranks = section.rows.map { row in
          let rank = row.ranks[place]
          return rank == rank.rounded() ? "\(Int(rank))" : "\(rank)"
        }
        let item = session.model.items[Int(question.target)]
        text +=
          ([field(history.user), "\(question.step + 1)", field(item), "\(history.isHeldOut)"]
          + ranks)
          .joined(separator: "\t") + "\n"
      }
    }
    return text
  }

  private static func printable(_ text: String) -> String {
    String(
      String.UnicodeScalarView(
        text.unicodeScalars.map { $0.properties.generalCategory == .control ? " " : $0 }))
  }
}
