import Evaluation
import Glibc
import KSRModel
import KSRNumerics
import Randomness
import Workspace

extension ModelDiagnosis {
  /// The best and the worst predicted users that are listed.
  static let listedUsers = 5

  /// What has been counted so far, with all intervals.
  package var report: DiagnosisReport {
    var writer = DiagnosisWriter(self)
    while writer.work() {}
    return writer.report
  }
}

/// Writes the report of a ``ModelDiagnosis``, a slice or a relation at a time, as the interval of each
/// takes many resamples.
package struct DiagnosisWriter: Sendable {
  private let diagnosis: ModelDiagnosis
  private let slices: [DiagnosisSlice]
  private let resamples: Int
  private var written: [DiagnosisReport.Slice] = []
  private var changes: [(interval: MeanInterval, moved: Double)] = []

  /// The report of what has been counted when this is made.
  package init(_ diagnosis: ModelDiagnosis) {
    self.diagnosis = diagnosis
    slices = DiagnosisSlice.shown
    // One interval is a portion of work: of many users fewer resamples are drawn.
    resamples = max(200, min(2000, 1_000_000 / max(1, diagnosis.userCount)))
  }

  /// Finds one more slice or relation; false if all were known.
  package mutating func work() -> Bool {
    if written.count < slices.count {
      written.append(slice(slices[written.count]))
    } else if changes.count < diagnosis.reading.gates.count {
      changes.append(change(without: changes.count))
    } else {
      return false
    }
    return true
  }

  /// The report; what has not been found yet is missing in it.
  package var report: DiagnosisReport {
    let session = diagnosis.session
    let none = DiagnosisReport.Slice(
      name: "all", caseCount: 0, hit: 0, ndcg: .init(mean: 0, low: 0, high: 0))
    let steps = diagnosis.reading.steps.reduce(0, +)
    let (users, leastSteps) = scoredUsers
    let count = min(ModelDiagnosis.listedUsers, users.count / 2)
    let items = session.model.items.count
    return DiagnosisReport(
      userCount: diagnosis.userCount, userTotal: diagnosis.userTotal, stepCount: steps,
      meanEntropy: steps > 0 ? diagnosis.reading.entropy / Double(steps) : 0,
      largestEntropy: log(Double(max(1, diagnosis.reading.gates.count))),
      nullSlot: diagnosis.reading.nullSlot.map { $0 / Double(max(1, steps)) },
      all: written.first ?? none, relations: relations(steps),
      slices: Array(written.dropFirst()), leastSteps: leastSteps,
      best: Array(users.prefix(count)), worst: users.suffix(count).reversed(),
      itemCount: items - 1,
      itemsWithoutFacts: (1..<max(1, items)).count { !session.model.tails.hasFacts(about: $0) })
  }

  /// The mean of some values with an interval from resampling the users they belong to.
  private func interval(_ values: [Double], _ users: [Int]) -> MeanInterval {
    // The same resamples for every row.
    var generator = SeededGenerator(seed: 1)
    return MeanInterval(values, users: users, resamples: resamples, generator: &generator)
  }

  private func slice(_ slice: DiagnosisSlice) -> DiagnosisReport.Slice {
    var (ranks, users): ([Double], [Int]) = ([], [])
    for one in diagnosis.cases where slice.contains(one, diagnosis) {
      ranks.append(one.rank)
      users.append(one.user)
    }
    return DiagnosisReport.Slice(
      name: slice.name, caseCount: ranks.count, hit: RankingMetrics(ranks: ranks).hit,
      ndcg: interval(ranks.map { RankingMetrics.gain(rank: $0) }, users))
  }

  private func change(
    without slot: Int
  ) -> (interval: MeanInterval, moved: Double) {
    var (changes, users): ([Double], [Int]) = ([], [])
    var moved = 0
    for one in diagnosis.cases {
      let silenced = one.silenced[slot]
      changes.append(RankingMetrics.gain(rank: silenced) - RankingMetrics.gain(rank: one.rank))
      users.append(one.user)
      if silenced != one.rank { moved += 1 }
    }
    return (interval(changes, users), Double(moved) / Double(max(1, changes.count)))
  }

  private func relations(_ steps: Int) -> [DiagnosisReport.Relation] {
    let reading = diagnosis.reading
    let names = diagnosis.session.model.relationNames
    return changes.indices.map { slot in
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
      let (leads, moved) = (share(Double(reading.leads[slot])), changes[slot].moved)
      return DiagnosisReport.Relation(
        name: names[slot], meanAttention: share(all), leads: leads,
        attentionByPlace: byPlace, meanGate: share(reading.gates[slot]),
        change: changes[slot].interval, moved: moved,
        neverMatters: leads == 0 && moved < 0.01)
    }
  }

  /// The users counted, the best predicted first.
  ///
  /// Of equal ones those with more steps are nearer to the ends of the list. Where enough users
  /// have five steps, only those: one or two are luck.
  private var scoredUsers: (users: [DiagnosisReport.User], leastSteps: Int) {
    var sums: [Int: (gain: Double, count: Int)] = [:]
    for one in diagnosis.cases {
      sums[one.user, default: (0, 0)].gain += RankingMetrics.gain(rank: one.rank)
      sums[one.user, default: (0, 0)].count += 1
    }
    // In order, so that their mean is the same to the last bit.
    let all = sums.sorted { $0.key < $1.key }.map { place, sum in
      DiagnosisReport.User(
        place: place, user: diagnosis.session.users[place].user, caseCount: sum.count,
        ndcg: sum.gain / Double(sum.count))
    }
    let long = all.filter { $0.caseCount >= 5 }
    let isEnough = long.count >= 4 * ModelDiagnosis.listedUsers
    let users = isEnough ? long : all
    let middle = users.map(\.ndcg).reduce(0, +) / Double(max(1, users.count))
    let sorted = users.sorted {
      if $0.ndcg != $1.ndcg { return $0.ndcg > $1.ndcg }
      if $0.caseCount != $1.caseCount {
        // Towards both ends of the list come those with more steps.
        return ($0.ndcg >= middle) == ($0.caseCount > $1.caseCount)
      }
      return $0.place < $1.place
    }
    return (sorted, isEnough ? 5 : 1)
  }
}
