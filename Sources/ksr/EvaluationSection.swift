import AtomicFiles
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
    /// The path of the model's file; nil for a baseline.
    let path: String?

    enum CodingKeys: String, CodingKey { case name, metrics, interval, difference }
  }

  struct Request {
    var mode = CandidateMode.full
    var masksHistory = false
    var seed: UInt64 = 2020
    var listLengths = [10]
    var threads = 1
    /// The metrics of recommended lists among those asked for.
    var ofLists: [MetricKind] = []
    var tailRatio = RecommendedLists.tailRatio
    /// What is printed in a table of its own beside NDCG; empty for nothing.
    var shown: [MetricKind] = []
  }

  let name: String
  let caseCount: Int
  /// What the targets were ranked among.
  let mode: String
  let masksHistory: Bool
  let rows: [Row]
  private let cases: [RankingCase]
  private let request: Request

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
      masking: request.masksHistory ? Array(session.users) : nil, seed: request.seed)
    let length = request.ofLists.isEmpty ? 0 : request.listLengths.max() ?? 0
    func ranked(_ session: Session, _ cases: [RankingCase]) -> Ranked {
      Ranker(session.network).ranked(cases, among: candidates, listLength: length, threads: threads)
    }
    let k = request.listLengths[0]
    func gains(_ ranks: [Double]) -> [Double] { ranks.map { RankingMetrics.gain(rank: $0, k: k) } }
    func interval(_ values: [Double]) -> MeanInterval {
      // The same resamples for every comparison.
      var generator = SeededGenerator(seed: 1)
      return MeanInterval(values, users: cases.map(\.user), generator: &generator)
    }
    let own = ranked(session, cases)
    func row(_ name: String, _ ranked: Ranked, path: String? = nil, isOwn: Bool = false) -> Row {
      var metrics: [String: Double] = [:]
      for k in request.listLengths {
        for (name, value) in RankingMetrics(ranks: ranked.ranks, k: k).named {
          metrics[name] = value
        }
      }
      if length > 0 {
        let lists = RecommendedLists(
          ranked.lists, itemCount: itemCount, training: training, tailRatio: request.tailRatio)
        for k in request.listLengths {
          for kind in request.ofLists {
            metrics["\(kind.rawValue)@\(k)"] = lists.value(kind, k: k)
          }
        }
      }
      return Row(
        name: name, metrics: metrics, interval: interval(gains(ranked.ranks)),
        difference: isOwn
          ? nil : interval(zip(gains(own.ranks), gains(ranked.ranks)).map { $0 - $1 }),
        ranks: ranked.ranks, path: path)
    }
    self.name = name
    caseCount = cases.count
    mode = request.mode.text
    masksHistory = request.masksHistory
    self.cases = cases
    self.request = request
    let popularity = Popularity(itemCount: itemCount, sequences: training)
    rows =
      [
        row(
          "popularity",
          (
            popularity.ranks(cases, among: candidates),
            length > 0 ? popularity.lists(cases, among: candidates, count: length) : []
          )),
        row(
          "item-kNN",
          ItemNeighbours(itemCount: itemCount, sequences: training)
            .ranked(cases, among: candidates, listLength: length, threads: threads)),
        row(model, own, path: model, isOwn: true),
      ]
      + others.map { path, other in
        // Each model reads as much of the history as it was trained to.
        let length = other.model.settings.maxItemListLength
        let own = cases.map {
          RankingCase(
            user: $0.user, history: other.users[$0.user].items, step: $0.step, maxLength: length)
        }
        let name = other.model.settings.memory == .none ? "\(path) (memory: none)" : path
        return row(name, ranked(other, own), path: path)
      }
  }

  private typealias Ranked = (ranks: [Double], lists: [[Int32]])

  static func json(_ sections: [EvaluationSection], data: String, model: String) throws -> String {
    struct Report: Encodable {
      let data: String
      let model: String
      let tests: [EvaluationSection]
    }
    return try JSON.text(Report(data: data, model: model, tests: sections))
  }

  static func text(_ sections: [EvaluationSection]) -> String {
    sections.map { $0.text.joined(separator: "\n") }.joined(separator: "\n\n")
  }

  // MARK: - Text, at most 80 columns wide

  private static let width = 80

  private var text: [String] {
    let among = mode == "full" ? "all items" : "the target and \(mode.dropFirst(3)) drawn (\(mode))"
    let title =
      "\(name), \(caseCount) cases, ranked among \(among)"
      + (masksHistory ? ", history left out" : "")
    let k = request.listLengths[0]
    var table = TextTable(
      [
        .left(), .right("NDCG@\(k)"), .right("model − this"), .right("95 % interval"),
      ])
    let names = names(width: Self.width - 46)
    for (name, row) in zip(names, rows) {
      func text(_ value: Double) -> String {
        decimal(value, places: 4, signed: row.difference != nil)
      }
      let interval = row.difference ?? row.interval
      table.add([
        name, fixed(row.interval.mean), row.difference.map { text($0.mean) } ?? "",
        "\(text(interval.low)) … \(text(interval.high))",
      ])
    }
    let without = zip(names, rows).filter { $1.name.hasSuffix("(memory: none)") }.map(\.0)
    var lines = title.wrapped(to: Self.width) + table.lines
    lines += without.flatMap { "\($0): memory: none".wrapped(to: Self.width) }
    let ofRanks = request.shown.filter { !$0.isOfLists && MetricKind.different.contains($0) }
    for k in request.listLengths where !request.shown.isEmpty {
      lines += block(ofRanks, k) { "\($0.rawValue)@\(k)" }
      lines += block(request.shown.filter(\.isOfLists), k) { Self.abbreviations[$0] ?? "" }
    }
    if request.shown.contains(where: \.isOfLists) {
      lines += Self.legend.wrapped(to: Self.width)
    }
    if request.shown.contains(where: { !$0.isOfLists }) {
      lines.append("With one target a case: Recall = Hit, MAP = MRR, Precision@k = Hit@k / k.")
    }
    return lines
  }

  /// The names of metrics of lists where their own are too long for a table.
  private static let abbreviations: [MetricKind: String] = [
    .itemCoverage: "ItemCov", .averagePopularity: "AvgPop", .shannonEntropy: "Shannon",
    .giniIndex: "Gini", .tailPercentage: "Tail",
  ]

  private static let legend =
    "ItemCov: ItemCoverage, AvgPop: AveragePopularity, Shannon: ShannonEntropy, Gini: GiniIndex, "
    + "Tail: TailPercentage"

  /// A table of some metrics of the lists of one length; nothing for none.
  private func block(
    _ kinds: [MetricKind], _ k: Int, _ heading: (MetricKind) -> String
  ) -> [String] {
    guard !kinds.isEmpty else { return [] }
    let isOfLists = kinds.contains(where: \.isOfLists)
    var table = TextTable(
      [.left(isOfLists ? "the first \(k) recommended" : "")]
        + kinds.map { .right(heading($0), width: 8) })
    for (name, row) in zip(names(width: Self.width - 10 * kinds.count), rows) {
      table.add([name] + kinds.map { fixed(row.metrics["\($0.rawValue)@\(k)"] ?? .nan) })
    }
    return [""] + table.lines
  }

  /// What to call the rows: files by as much of their path's end as tells them apart, long ones without
  /// their middle.
  private func names(width: Int) -> [String] {
    let paths = rows.compactMap(\.path).map { $0.split(separator: "/") }
    let depth = (1...max(1, paths.map(\.count).max() ?? 1)).first { depth in
      Set(paths.map { $0.suffix(depth) }).count == Set(paths).count
    }
    let whole = rows.map { row in
      row.path.map {
        printable($0.split(separator: "/").suffix(depth ?? 1).joined(separator: "/"), limit: 1000)
      }
    }
    let files = whole.compactMap { $0 }
    func cut(_ name: String) -> String {
      name.count <= width
        ? name : name.prefix((width - 1) / 2) + "…" + name.suffix(width / 2)
    }
    // Where they then look alike, what all begin with goes instead.
    let areTold = Set(files.map(cut)).count == Set(files).count
    let common =
      areTold
      ? 0
      : files.dropFirst().reduce(files.first ?? "") {
        $0.commonPrefix(with: $1)
      }.count
    return zip(rows, whole).map { row, name in
      guard let name else { return row.name }
      return common == 0 ? cut(name) : cut("…" + name.dropFirst(common))
    }
  }

  /// Every case with its target and the rank that each row of the table gives it, as a TSV table.
  static func perUser(_ sections: [EvaluationSection], _ session: Session) -> String {
    let names = sections.first?.rows.map(\.name) ?? []
    func field(_ text: String) -> String { oneLine(text) }
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
}
