import Evaluation
import Glibc
import KSRModel
import Randomness
import Workspace

extension ModelDiagnosis {
  /// The best and the worst predicted viewers that are listed.
  static let listedViewers = 5

  /// What has been counted so far, with all intervals.
  public var report: DiagnosisReport {
    var writer = DiagnosisWriter(self)
    while writer.work() {}
    return writer.report
  }
}

/// Writes the report of a ``ModelDiagnosis``, one interval at a time, as each takes many resamples.
public struct DiagnosisWriter: Sendable {
  /// The cases of a slice or of a relation, whose interval is to be found.
  private struct Row: Sendable {
    let values: [Double]
    let users: [Int]
  }

  private let diagnosis: ModelDiagnosis
  private var cases: [ModelDiagnosis.Case] { diagnosis.cases }
  private let slices: [(name: String, cases: [ModelDiagnosis.Case])]
  private let rows: [Row]
  private let resamples: Int
  private var intervals: [DiagnosisReport.Interval] = []

  /// The report of what has been counted when this is made.
  public init(_ diagnosis: ModelDiagnosis) {
    self.diagnosis = diagnosis
    let cases = diagnosis.cases
    slices = Self.slices(cases, diagnosis.session)
    func gain(_ rank: Double) -> Double { RankingMetrics.gain(rank: rank) }
    let users = cases.map(\.viewer)
    rows =
      slices.map { slice in
        Row(values: slice.cases.map { gain($0.rank) }, users: slice.cases.map(\.viewer))
      }
      + diagnosis.reading.gates.indices.map { slot in
        Row(values: cases.map { gain($0.silenced[slot]) - gain($0.rank) }, users: users)
      }
    // One interval is a portion of work: of many viewers fewer resamples are drawn.
    resamples = max(200, min(2000, 1_000_000 / max(1, diagnosis.viewerCount)))
  }

  /// Finds one more interval; false if all were known.
  public mutating func work() -> Bool {
    guard intervals.count < rows.count else { return false }
    // The same resamples for every row.
    var generator = SeededGenerator(seed: 1)
    let row = rows[intervals.count]
    intervals.append(
      .init(
        BootstrapInterval(
          row.values, users: row.users, resamples: resamples, generator: &generator)))
    return true
  }

  /// The report; intervals that have not been found yet are missing their rows.
  public var report: DiagnosisReport {
    let session = diagnosis.session
    let known = slices.indices.prefix(intervals.count).map { slice($0) }
    let empty = DiagnosisReport.Slice(
      name: "all", caseCount: 0, hit: 0, ndcg: .init(mean: 0, low: 0, high: 0))
    let steps = diagnosis.reading.steps.reduce(0, +)
    let (viewers, leastSteps) = scoredViewers
    let count = min(ModelDiagnosis.listedViewers, viewers.count / 2)
    let tails = session.model.tails
    let items = session.model.items.count
    return DiagnosisReport(
      viewerCount: diagnosis.viewerCount, viewerTotal: diagnosis.viewerTotal, stepCount: steps,
      meanEntropy: steps > 0 ? diagnosis.reading.entropy / Double(steps) : 0,
      largestEntropy: log(Double(max(1, diagnosis.reading.gates.count))),
      all: known.first ?? empty, relations: relations(steps), slices: Array(known.dropFirst()),
      leastSteps: leastSteps, best: Array(viewers.prefix(count)),
      worst: viewers.suffix(count).reversed(),
      itemCount: items - 1,
      itemsWithoutFacts: (1..<max(1, items)).count { item in
        (0..<tails.relationCount).allSatisfy { tails.of(item: item, slot: $0).isEmpty }
      })
  }

  private func slice(_ index: Int) -> DiagnosisReport.Slice {
    let own = slices[index].cases
    return DiagnosisReport.Slice(
      name: slices[index].name, caseCount: own.count,
      hit: RankingMetrics(ranks: own.map(\.rank)).hit, ndcg: intervals[index])
  }

  private func relations(_ steps: Int) -> [DiagnosisReport.Relation] {
    let reading = diagnosis.reading
    let names = diagnosis.session.model.relationNames
    return reading.gates.indices.filter { slices.count + $0 < intervals.count }.map { slot in
      let places = reading.steps.count
      let bins = min(DiagnosisReport.placeBins, places)
      var all = 0.0
      let byPlace = (0..<bins).map { bin -> Double? in
        let range = bin * places / bins..<(bin + 1) * places / bins
        let sum = range.reduce(0.0) { $0 + reading.attention[$1, slot] }
        let count = range.reduce(0) { $0 + reading.steps[$1] }
        all += sum
        return count > 0 ? sum / Double(count) : nil
      }
      func share(_ value: Double) -> Double { steps > 0 ? value / Double(steps) : 0 }
      let moved = cases.count { $0.silenced[slot] != $0.rank }
      return DiagnosisReport.Relation(
        name: names[slot], meanAttention: share(all), leads: share(Double(reading.leads[slot])),
        attentionByPlace: byPlace, meanGate: share(reading.gates[slot]),
        change: intervals[slices.count + slot],
        moved: cases.isEmpty ? 0 : Double(moved) / Double(cases.count))
    }
  }

  /// The viewers counted, the best predicted first.
  ///
  /// Of equal ones those with more steps are nearer to the ends of the list. Where enough viewers
  /// have five steps, only those: one or two are luck.
  private var scoredViewers: (viewers: [DiagnosisReport.Viewer], leastSteps: Int) {
    var sums: [Int: (gain: Double, count: Int)] = [:]
    for one in cases {
      sums[one.viewer, default: (0, 0)].gain += RankingMetrics.gain(rank: one.rank)
      sums[one.viewer, default: (0, 0)].count += 1
    }
    let all = sums.map { viewer, sum in
      DiagnosisReport.Viewer(
        viewer: viewer, user: diagnosis.session.viewers[viewer].user, caseCount: sum.count,
        ndcg: sum.gain / Double(sum.count))
    }
    let long = all.filter { $0.caseCount >= 5 }
    let isEnough = long.count >= 4 * ModelDiagnosis.listedViewers
    let viewers = isEnough ? long : all
    let middle = viewers.map(\.ndcg).reduce(0, +) / Double(max(1, viewers.count))
    let sorted = viewers.sorted {
      if $0.ndcg != $1.ndcg { return $0.ndcg > $1.ndcg }
      if $0.caseCount != $1.caseCount {
        // Towards both ends of the list come those with more steps.
        return ($0.ndcg >= middle) == ($0.caseCount > $1.caseCount)
      }
      return $0.viewer < $1.viewer
    }
    return (sorted, isEnough ? 5 : 1)
  }

  // MARK: Slices

  /// Histories with at most so many items before the target are short.
  static let shortHistory = 5
  /// Histories with more items than this before the target are long.
  static let longHistory = 20

  private static func slices(
    _ cases: [ModelDiagnosis.Case], _ session: Session
  ) -> [(name: String, cases: [ModelDiagnosis.Case])] {
    let popular = popularItems(session)
    let tails = session.model.tails
    func hasFacts(_ item: Int32) -> Bool {
      (0..<tails.relationCount).contains { !tails.of(item: Int(item), slot: $0).isEmpty }
    }
    func own(
      _ name: String, _ belongs: (ModelDiagnosis.Case) -> Bool
    ) -> (name: String, cases: [ModelDiagnosis.Case]) { (name, cases.filter(belongs)) }
    return [
      ("all", cases),
      own("\(shortHistory) items watched or fewer") { $0.step <= shortHistory },
      own("\(shortHistory + 1) to \(longHistory) items watched") {
        $0.step > shortHistory && $0.step <= longHistory
      },
      own("more than \(longHistory) items watched") { $0.step > longHistory },
      own("popular target (first 20 %)") { popular[Int($0.target)] },
      own("rare target (other 80 %)") { !popular[Int($0.target)] },
      own("target with known facts") { hasFacts($0.target) },
      own("target without facts") { !hasFacts($0.target) },
    ]
  }

  /// Whether each item is among the fifth that was watched most.
  private static func popularItems(_ session: Session) -> [Bool] {
    let popularity = session.popularity
    let order = popularity.indices.dropFirst().sorted {
      popularity[$0] != popularity[$1] ? popularity[$0] > popularity[$1] : $0 < $1
    }
    var result = [Bool](repeating: false, count: popularity.count)
    for item in order.prefix((order.count + 4) / 5) { result[item] = true }
    return result
  }
}
