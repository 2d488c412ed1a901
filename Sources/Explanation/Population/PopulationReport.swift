import KSRModel
import Text
import Workspace

/// What one number is over many users.
package struct LossDistribution: Sendable, Encodable, Equatable {
  package let users: Int
  package let mean: Double
  /// The 95 % interval of the mean, by its standard error; nil for one user.
  package let low, high: Double?
  /// The numbers at a quarter, a half and three quarters of the users, nearest rank.
  package let lowerQuartile, median, upperQuartile: Double
  /// All of them, ascending.
  package let sorted: [Float]

  private enum CodingKeys: String, CodingKey {
    case users, mean, low, high, lowerQuartile, median, upperQuartile
  }

  /// Nil without users.
  init?(_ values: [Float]) {
    guard !values.isEmpty else { return nil }
    users = values.count
    let (sum, count) = (values.reduce(0.0) { $0 + Double($1) }, Double(values.count))
    mean = sum / count
    if users > 1 {
      var squares = 0.0
      for value in values { squares += (Double(value) - mean) * (Double(value) - mean) }
      let half = 1.96 * (squares / (count - 1) / count).squareRoot()
      (low, high) = (mean - half, mean + half)
    } else {
      (low, high) = (nil, nil)
    }
    let sorted = values.sorted()
    self.sorted = sorted
    func quantile(_ share: Double) -> Double { Double(Self.quantile(share, of: sorted)) }
    (lowerQuartile, median, upperQuartile) = (quantile(0.25), quantile(0.5), quantile(0.75))
  }

  static func quantile(_ share: Double, of sorted: [Float]) -> Float {
    sorted[Int((share * Double(sorted.count - 1)).rounded())]
  }

  /// How many of the numbers lie in each of some equal cells; what lies outside is in the cell at the
  /// end.
  package func counts(in range: ClosedRange<Double>, cells: Int) -> [Int] {
    guard cells > 0 else { return [] }
    let width = (range.upperBound - range.lowerBound) / Double(cells)
    var result = [Int](repeating: 0, count: cells)
    var start = 0
    for cell in 0..<cells {
      let end =
        cell == cells - 1
        ? sorted.count : place(of: range.lowerBound + Double(cell + 1) * width, from: start)
      result[cell] = end - start
      start = end
    }
    return result
  }

  /// The first place, from one on, of a number not less than `bound`.
  private func place(of bound: Double, from start: Int) -> Int {
    var (low, high) = (start, sorted.count)
    while low < high {
      let middle = (low + high) / 2
      if Double(sorted[middle]) < bound { low = middle + 1 } else { high = middle }
    }
    return low
  }
}

/// The explanations of many users together: by age of the step, by relation, and by slices.
package struct PopulationReport: Sendable, Encodable {
  /// The step of an age, or a relation.
  package struct Row: Sendable, Encodable, Equatable {
    /// The age, 1 for the last step; or the relation.
    package let name: String
    /// What is lost without it.
    package let lost: LossDistribution
    /// Its part of all absolute contributions, and how much of it comes from the sequence, in the
    /// mean; nil for a relation.
    package var share, sequence: Double?
  }

  package struct Slice: Sendable, Encodable, Equatable {
    package let name: String
    package let users: Int
    /// What is lost without the last step alone, the sum over the four before it, each left out alone,
    /// and over all older ones, in the mean; nil without users.
    package let last, nextFour, older: Double?
    /// The relation without which most is lost, and how much, in the mean.
    package let relation: String?
    package let lostWithoutRelation: Double?
  }

  /// What is lost: log p of the first recommendation after the last step, or its score.
  package let quantity: String
  package let evaluatedUsers: Int
  package let users: Int
  /// The slice that ages and relations are of.
  package let slice: String
  package fileprivate(set) var ages: [Row] = []
  package fileprivate(set) var relations: [Row] = []
  package fileprivate(set) var slices: [Slice] = []

  /// What the strips reach over: all but a hundredth of each row, and 0.
  package static func range(of rows: [Row]) -> ClosedRange<Double> {
    let low = rows.map { Double(LossDistribution.quantile(0.01, of: $0.lost.sorted)) }.min() ?? 0
    let high = rows.map { Double(LossDistribution.quantile(0.99, of: $0.lost.sorted)) }.max() ?? 0
    let range = min(0, low)...max(0, high)
    return range.upperBound - range.lowerBound < 1e-6 ? -1...1 : range
  }

  /// The decimals that numbers about some rows need.
  package static func places(for rows: [Row]) -> Int {
    let range = range(of: rows)
    return range.upperBound - range.lowerBound < 0.5 ? 3 : 2
  }

  /// The least age up to which half of the contributions lie; nil where nothing is known.
  package var half: Int? {
    var sum = 0.0
    return ages.firstIndex { age in
      sum += age.share ?? 0
      return sum >= 0.5
    }.map { $0 + 1 }
  }

  /// Writes the report a row at a time, as the users are many.
  package struct Writer: Sendable {
    package private(set) var report: PopulationReport
    private let slices: [PopulationSlice]
    private let names: [String]
    private let all: [PopulationSurvey.Case]
    /// Those of the chosen slice.
    private let cases: [PopulationSurvey.Case]

    /// - Parameter slice: whose ages and relations are written; all users if there is no such slice.
    package init(_ survey: PopulationSurvey, slice: String? = nil) {
      all = survey.cases
      slices = PopulationSlice.slices(of: survey)
      let chosen = slices.first { $0.name == slice } ?? .all
      cases = all.filter(chosen.contains)
      names = survey.session.model.relationNames
      let isOfLogProbability = survey.session.model.settings.loss == .crossEntropy
      report = PopulationReport(
        quantity: isOfLogProbability ? "log p" : "score", evaluatedUsers: survey.evaluated,
        users: survey.userTotal, slice: chosen.name)
    }

    /// Writes one more row; false if all are written.
    package mutating func work() -> Bool {
      let age = report.ages.count
      if let lost = LossDistribution(cases.filter { $0.steps.count > age }.map { $0.steps[age] }) {
        var (share, sequence) = (0.0, 0.0)
        for one in cases where one.steps.count > age {
          share += Double(one.sequence[age] + one.memory[age])
          sequence += Double(one.sequence[age])
        }
        let count = Double(lost.users)
        report.ages.append(
          Row(name: "\(age + 1)", lost: lost, share: share / count, sequence: sequence / count))
        return true
      }
      let slot = report.relations.count
      if let lost = LossDistribution(
        cases.filter { $0.relations.count > slot }.map { $0.relations[slot] })
      {
        report.relations.append(Row(name: names[slot], lost: lost))
        return true
      }
      guard report.slices.count < slices.count else { return false }
      report.slices.append(written(slices[report.slices.count]))
      return true
    }

    private func written(_ slice: PopulationSlice) -> Slice {
      let members = all.filter(slice.contains)
      func mean(_ value: (PopulationSurvey.Case) -> Float) -> Double? {
        members.isEmpty
          ? nil : members.reduce(0.0) { $0 + Double(value($1)) } / Double(members.count)
      }
      let slots = members.first?.relations.indices ?? 0..<0
      let byRelation = slots.compactMap { slot in mean { $0.relations[slot] }.map { (slot, $0) } }
      let most = byRelation.max { $0.1 < $1.1 }
      return Slice(
        name: slice.name, users: members.count, last: mean { $0.steps[0] },
        nextFour: mean { $0.steps.dropFirst().prefix(4).reduce(0, +) },
        older: mean { $0.steps.dropFirst(5).reduce(0, +) },
        relation: most.map { names[$0.0] }, lostWithoutRelation: most?.1)
    }
  }
}

/// The report with the numbers of every user, as JSON.
package struct PopulationDocument: Encodable {
  struct Case: Encodable {
    let user, item: String
    let historyLength: Int
    /// What is lost without each step, the last first, and without each relation.
    let steps, relations: [Float]
  }

  let item = "first recommendation after the last step"
  let absent = "a step is removed from the history, a relation is silenced"
  let report: PopulationReport
  let relationNames: [String]
  let cases: [Case]

  package init(_ report: PopulationReport, _ survey: PopulationSurvey) {
    self.report = report
    let session = survey.session
    relationNames = report.relations.map(\.name)
    cases = survey.cases.map {
      Case(
        user: session.users[$0.user].user, item: session.model.items[Int($0.item)],
        historyLength: $0.length, steps: $0.steps, relations: $0.relations)
    }
  }
}
