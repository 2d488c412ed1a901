import Evaluation
import KSRModel
import Workspace

/// How well the model predicts a user's interactions that were left out of training.
package enum Prediction: Sendable, Equatable {
  case unknown
  /// Nothing was left out of training.
  case nothing
  /// The mean NDCG@10.
  case mean(Float)
}

/// Finds out how well the model predicts each user, a portion at a time.
struct PredictionSurvey {
  private(set) var known: [Prediction]
  /// Grows when so much has become known that a list in this order should be made anew.
  private(set) var version = 0

  private let session: Session
  private var current: Current?
  /// All users before this one are known.
  private var firstUnknown = 0
  private var count = 0
  private var countAtVersion = 0

  private struct Current {
    let user: Int
    let states: HistoryStates
    var left: ArraySlice<Int>
    var ranks: [Double] = []
  }

  init(_ session: Session) {
    self.session = session
    known = Array(repeating: .unknown, count: session.users.count)
  }

  /// Does a portion of the work on some users, then on all; false if there was none to do.
  mutating func work(on users: [Int], thenAll: Bool) -> Bool {
    var left = UserSurvey.portion
    var hasWorked = false
    while left > 0, let user = next(users, thenAll: thenAll) {
      hasWorked = true
      look(at: user, &left)
    }
    return hasWorked
  }

  private mutating func next(_ users: [Int], thenAll: Bool) -> Int? {
    if let user = users.first(where: { known[$0] == .unknown }) { return user }
    guard thenAll else { return nil }
    while firstUnknown < known.count, known[firstUnknown] != .unknown { firstUnknown += 1 }
    return firstUnknown < known.count ? firstUnknown : nil
  }

  private mutating func look(at user: Int, _ left: inout Int) {
    let history = session.users[user]
    var work: Current
    if let current, current.user == user {
      work = current
    } else {
      let steps = (1..<max(1, history.count)).filter {
        session.mark(of: history, step: $0) != .train
      }
      guard !steps.isEmpty else {
        left -= 1000
        return finish(user, .nothing)
      }
      work = Current(
        user: user, states: HistoryStates(network: session.network, items: history.items),
        left: steps[...])
      left -= session.network.passCost
    }
    let window = session.network.settings.maxItemListLength
    while left > 0, let step = work.left.popFirst() {
      left -= session.network.scoringCost
      // Past the window every step has a pass of its own, which is not kept.
      let terms: ScoreTerms
      if step > window {
        left -= session.network.passCost
        let trace = session.network.trace(Array(history.items[work.states.window(at: step - 1)]))
        terms = session.network.terms(
          trace, row: trace.count - 1, history: history.items[..<step])
      } else {
        terms = work.states.terms(at: step - 1)
      }
      work.ranks.append(rank(of: history.items[step], in: session.network.scores(terms)))
    }
    if work.left.isEmpty {
      current = nil
      finish(user, .mean(Float(RankingMetrics(ranks: work.ranks).ndcg)))
    } else {
      current = work
    }
  }

  private mutating func finish(_ user: Int, _ prediction: Prediction) {
    known[user] = prediction
    count += 1
    guard count >= countAtVersion + max(16, countAtVersion / 4) || count == known.count else {
      return
    }
    version += 1
    countAtVersion = count
  }
}
