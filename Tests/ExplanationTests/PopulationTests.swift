import Foundation
import KSRModel
import KSRNumerics
import ModelTestSupport
import Testing
import Workspace

@testable import Explanation

@Suite("Explanations over many users")
struct PopulationTests {
  private let session: Session

  init() throws { session = try SmallSession(RandomNetwork(seed: 3), users: 14).session() }

  private func whole() -> PopulationSurvey {
    var survey = PopulationSurvey(session)
    while survey.work() {}
    return survey
  }

  private func logProbability(_ scores: [Float], _ item: Int32) -> Double {
    let most = Double(scores.max() ?? 0)
    let sum = scores.reduce(0.0) { $0 + exp(Double($1) - most) }
    return Double(scores[Int(item)]) - most - log(sum)
  }

  @Test("what is lost is what running the model again without each step and slot says")
  func losses() throws {
    let survey = whole()
    #expect(survey.evaluated == survey.userTotal && survey.cases.count == session.users.count)
    for one in survey.cases {
      let items = session.users[one.user].items
      let last = items.count - 1
      let states = HistoryStates(network: session.network, items: items)
      let scores = states.scores(at: last)
      #expect(one.item == topItems(scores, count: 1).first?.item && one.length == items.count)
      let before = logProbability(scores, one.item)
      #expect(one.steps.count == min(items.count, session.network.settings.maxItemListLength))
      for (age, lost) in one.steps.enumerated() {
        var kept = items
        kept.remove(at: last - age)
        let after =
          kept.isEmpty
          ? session.network.scores(session.network.emptyTerms)
          : HistoryStates(network: session.network, items: kept).scores(at: kept.count - 1)
        #expect(abs(Double(lost) - (before - logProbability(after, one.item))) < 1e-4)
      }
      #expect(one.relations.count == session.network.relationCount)
      let runs = AblationRuns(states, step: last)
      for (slot, lost) in one.relations.enumerated() {
        let after = logProbability(runs.scoresWithout(relation: slot), one.item)
        #expect(abs(Double(lost) - (before - after)) < 1e-4)
      }
      let table = Contributions(states, step: last, item: one.item)
      let cells = table.sequence.indices.map { row in
        let memory = (0..<table.relationCount).map { table.cell(row: row, relation: $0) }
        return abs(table.sequence[row]) + abs(memory.reduce(0, +))
      }
      let shares = cells.reversed().map { $0 / cells.reduce(0, +) }
      for (age, share) in shares.enumerated() {
        #expect(abs(one.sequence[age] + one.memory[age] - share) < 1e-5)
      }
    }
  }

  @Test("rows are means and quartiles of the users, and a slice's of its own")
  func report() throws {
    let survey = whole()
    var writer = PopulationReport.Writer(survey)
    while writer.work() {}
    let report = writer.report
    for (age, row) in report.ages.enumerated() {
      let values = survey.cases.compactMap { $0.steps.dropFirst(age).first }
      let mean = values.reduce(0.0) { $0 + Double($1) } / Double(values.count)
      #expect(row.name == "\(age + 1)" && row.lost.users == values.count)
      #expect(abs(row.lost.mean - mean) < 1e-9 && row.lost.sorted == values.sorted())
      #expect(row.lost.lowerQuartile <= row.lost.median)
      #expect(row.lost.median <= row.lost.upperQuartile)
      if let low = row.lost.low, let high = row.lost.high { #expect(low <= mean && mean <= high) }
    }
    #expect(report.relations.count == session.network.relationCount)
    #expect(report.slices.first?.name == "all" && report.slices.first?.users == 14)
    let lengths = report.slices.filter { $0.name.hasPrefix("history") }
    #expect(lengths.map(\.users).reduce(0, +) == 14)
    for slice in report.slices where slice.users > 0 && slice.users < 14 {
      var part = PopulationReport.Writer(survey, slice: slice.name)
      while part.work() {}
      #expect(part.report.slice == slice.name)
      #expect(part.report.ages.first?.lost.users == slice.users)
      #expect(abs((part.report.ages.first?.lost.mean ?? 0) - (slice.last ?? .nan)) < 1e-6)
      let most = part.report.relations.max { $0.lost.mean < $1.lost.mean }
      #expect(most?.name == slice.relation)
    }
  }

  @Test("the same, whatever was done in one portion; every number has a cell")
  func cells() throws {
    let (a, b) = (whole(), whole())
    #expect(a.cases == b.cases)
    let lost = try #require(LossDistribution([-3, -1, 0, 0, 0.5, 0.99, 1, 9]))
    #expect(lost.counts(in: -1...1, cells: 4) == [2, 0, 2, 4])
    #expect(lost.counts(in: -1...1, cells: 1) == [8] && lost.counts(in: -1...1, cells: 0).isEmpty)
    #expect(LossDistribution([]) == nil && LossDistribution([2])?.low == nil)
  }
}
