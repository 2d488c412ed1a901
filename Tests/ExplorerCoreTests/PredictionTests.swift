import Evaluation
import KSRModel
import ModelTestSupport
import Testing
import Workspace

@testable import ExplorerCore

@Suite("How well viewers are predicted")
struct PredictionTests {
  private let little: LittleData

  init() throws { little = try LittleData() }

  /// The mean NDCG@10 of the interactions left out of training, one by one.
  private func expected(_ history: History) -> Prediction {
    let network = little.session.network
    let states = HistoryStates(network: network, items: history.items)
    let ranks = (1..<history.count)
      .filter { little.session.mark(of: history, step: $0) != .train }
      .map { rank(of: history.items[$0], in: network.scores(states.terms(at: $0 - 1))) }
    return ranks.isEmpty
      ? .nothing
      : .mean(Float(ranks.reduce(0) { $0 + RankingMetrics.gain(rank: $1) } / Double(ranks.count)))
  }

  @Test("means are those of the held-out interactions, past the window, too")
  func means() throws {
    var survey = PredictionSurvey(little.session)
    #expect(survey.known.allSatisfy { $0 == .unknown })
    let idle = survey.work(on: [], thenAll: false)
    #expect(!idle)
    while survey.work(on: [2], thenAll: true) {}
    #expect(survey.known == little.session.users.map(expected))
    #expect(survey.version > 0)
    let again = survey.work(on: Array(survey.known.indices), thenAll: true)
    #expect(!again)
  }

  @Test("the list is put in that order when all is known, and nobody is missing")
  func order() throws {
    let list = try #require(try little.scene("v,C-s,C-s,C-s").users)
    let means = list.rows.map { row -> Float in
      if case .mean(let mean) = list.predictions[row.place] { mean } else { -1 }
    }
    #expect(means == means.sorted(by: >) && Set(means).count > 3)
    #expect(list.rows.map(\.place).sorted() == Array(little.session.users.indices))
  }

  @Test("viewers of whom nothing is known come after the others, those without a mean last")
  func missing() throws {
    let index = UserIndex(little.session)
    var known = [Prediction](repeating: .unknown, count: little.session.users.count)
    known[0] = .nothing
    known[5] = .mean(0)
    known[6] = .mean(0.5)
    let rows = index.list(.init(filter: "", order: .predicted, own: []), own: [], known).rows
    #expect(rows.map(\.place) == [6, 5, 1, 2, 3, 4, 7, 0])
  }

  @Test("only what the list shows is looked at in another order")
  func visible() throws {
    let state = try little.run("v", columns: 80, rows: 6).state
    while little.cache.work(for: state) {}
    let known = try #require(little.cache.scene(for: state).users).predictions
    #expect(known.contains(.unknown))
    let window = ListWindow.rows(
      of: 8, height: UsersMenu().height(on: state.layout), showing: 6)
    for user in 0..<8 { #expect((known[user] == .unknown) == !window.contains(user)) }
  }
}
