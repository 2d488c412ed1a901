import KSRModel
import KSRNumerics
import Synchronization
import Workspace

/// The GRU states of all users that are most like one: whom the model takes a user for.
///
/// Every step of every history is compared, each state being the model's at that step, from its own
/// window; the user's own steps are not.
package struct SimilarStates: Sendable {
  package struct Found: Sendable, Equatable {
    /// The user, by place in the data.
    package let user: Int
    /// The step, from 0.
    package let step: Int
    package let cosine: Float
    /// The item just read.
    package let item: Int32
    /// What the user chose next; nil after the last step.
    package let next: Int32?
  }

  /// The most alike first; of equals the earlier user and step.
  package private(set) var found: [Found] = []
  /// How many states have been compared, of how many.
  package private(set) var compared = 0
  package let total: Int

  private let index: StateIndex
  private let direction: [Float]
  private let except: Int?
  private let count: Int
  private var next = (user: 0, step: 0)

  /// Nothing compared yet.
  ///
  /// - Parameters:
  ///   - state: h [H].
  ///   - except: whose states are left out, by place in the data.
  package init(_ state: [Float], in index: StateIndex, except: Int? = nil, count: Int = 10) {
    (self.index, self.except, self.count) = (index, except, count)
    let length = norm(state)
    direction = state.map { length > 0 ? $0 / length : 0 }
    total =
      index.users.reduce(0) { $0 + $1.count } - (except.map { index.users[$0].count } ?? 0)
  }

  /// Compares some of the states, for a few milliseconds; false if all were.
  package mutating func work() -> Bool {
    var budget = 20_000
    while budget > 0, next.user < index.users.count {
      let history = index.users[next.user]
      guard next.user != except, next.step < history.count else {
        next = (next.user + 1, 0)
        continue
      }
      let block = index.block(user: next.user, from: next.step, &budget)
      for row in 0..<block.rows {
        let cosine = dotProduct(direction, block.row(row))
        keep(cosine, next.user, next.step + row)
      }
      compared += block.rows
      next.step += block.rows
    }
    return next.user < index.users.count
  }

  private mutating func keep(_ cosine: Float, _ user: Int, _ step: Int) {
    guard cosine.isFinite, found.count < count || cosine > found[count - 1].cosine else { return }
    let items = index.users[user].items
    let state = Found(
      user: user, step: step, cosine: cosine, item: items[step],
      next: step + 1 < items.count ? items[step + 1] : nil)
    found.insert(state, at: found.firstIndex { $0.cosine < cosine } ?? found.count)
    if found.count > count { found.removeLast() }
  }
}

/// The directions of the states of all users, read when they are first asked for and kept as far as
/// there is room.
package final class StateIndex: Sendable {
  package let users: [History]
  private let network: KSRNetwork
  private let kept = Mutex((blocks: [Place: Matrix](), bytes: 0))

  private struct Place: Hashable {
    let user, step: Int
  }

  /// Of late steps, each a pass of its own, a block has few.
  private static let lateSteps = 4
  private static let mostBytes = 256 << 20

  package init(_ session: Session) { (users, network) = (session.users, session.network) }

  /// h/‖h‖ of some steps of a user [steps H], from one on where a block begins.
  ///
  /// - Parameter budget: what it costs is taken off: steps read, fifty for a millisecond, and rows kept.
  fileprivate func block(user: Int, from start: Int, _ budget: inout Int) -> Matrix {
    let place = Place(user: user, step: start)
    if let known = kept.withLock({ $0.blocks[place] }) {
      budget -= known.rows
      return known
    }
    let (items, window) = (users[user].items, network.settings.maxItemListLength)
    let width = network.settings.hiddenSize
    let isLate = start >= window
    let count = min(isLate ? Self.lateSteps : window, items.count - start)
    // A portion of a few milliseconds reads some 300 steps.
    budget -= 60 * (isLate ? count * window : count)
    let states = HistoryStates(network: network, items: Array(items[..<(start + count)]))
    var block = Matrix(rows: count, columns: width)
    for row in 0..<count {
      let state = Array(states.state(at: start + row))
      let length = norm(state)
      for column in 0..<width { block[row, column] = length > 0 ? state[column] / length : 0 }
    }
    let bytes = count * width * MemoryLayout<Float>.size
    kept.withLock { kept in
      guard kept.bytes + bytes <= Self.mostBytes else { return }
      kept.blocks[place] = block
      kept.bytes += bytes
    }
    return block
  }
}
