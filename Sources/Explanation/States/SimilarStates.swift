import KSRModel
import KSRNumerics
import Synchronization
import Workspace

/// What of a state is compared with those of others.
package enum StateSubject: Hashable, Sendable {
  /// h of the top GRU layer.
  case gru
  /// What a slot of the memory holds: v_a, in a memory of facts m_aτ over the tails τ.
  case slot(Int)

  /// What the model has of it at a step.
  fileprivate func vector(_ network: KSRNetwork, _ trace: Trace, row: Int) -> StateVector {
    guard case .slot(let slot) = self else { return .dense(Array(trace.states.row(row))) }
    guard let facts = trace.factSlots else { return .dense(Array(trace.slot(slot, at: row))) }
    let places = facts.row(row).filter {
      network.factTable.relation[Int(facts.column[$0])] == slot
    }
    return .facts(places.map { facts.column[$0] }, places.map { facts.held[$0] })
  }
}

/// A vector, or the columns of it that are not 0.
private enum StateVector {
  case dense([Float])
  case facts([Int32], [Float])

  var values: [Float] {
    switch self {
    case .dense(let values), .facts(_, let values): values
    }
  }
}

/// The states of all users that are most like one: whom the model takes a user for.
///
/// Every step of every history is compared, each state being the model's at that step, from its own
/// window; the user's own steps are not. Where nothing is held there is no direction to compare.
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
  /// Whether there is nothing to compare, as the slot is empty.
  package let isEmpty: Bool

  private let index: StateIndex
  private let subject: StateSubject
  /// The direction of the state: [H] or [K], in a memory of facts by column of the table.
  private let direction: [Float]
  private let except: Int?
  private let count: Int
  private var next = (user: 0, step: 0)

  /// Nothing compared yet.
  ///
  /// - Parameters:
  ///   - subject: what is compared; a slot of a model with a memory.
  ///   - except: whose states are left out, by place in the data.
  package init(
    to states: HistoryStates, step: Int, by subject: StateSubject = .gru, in index: StateIndex,
    except: Int? = nil, count: Int = 10
  ) {
    (self.index, self.subject, self.except, self.count) = (index, subject, except, count)
    let (trace, row) = states.pass(through: step)
    let vector = subject.vector(states.network, trace, row: row)
    let length = norm(vector.values)
    isEmpty = !(length > 0)
    let values = vector.values.map { length > 0 ? $0 / length : 0 }
    if case .facts(let columns, _) = vector {
      var all = [Float](repeating: 0, count: states.network.factTable.tail.count)
      for (column, value) in zip(columns, values) { all[Int(column)] = value }
      direction = all
    } else {
      direction = values
    }
    total =
      index.users.reduce(0) { $0 + $1.count } - (except.map { index.users[$0].count } ?? 0)
  }

  /// Compares some of the states, for a few milliseconds; false if all were.
  package mutating func work() -> Bool {
    guard !isEmpty else {
      compared = total
      return false
    }
    var budget = 20_000
    while budget > 0, next.user < index.users.count {
      let history = index.users[next.user]
      guard next.user != except, next.step < history.count else {
        next = (next.user + 1, 0)
        continue
      }
      let block = index.block(subject, user: next.user, from: next.step, &budget)
      for row in 0..<block.rows {
        if let cosine = block.cosine(of: row, direction) {
          keep(cosine, next.user, next.step + row)
        }
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

/// The directions of what some steps hold.
private struct DirectionBlock: Sendable {
  /// Where each row's values start; one more than rows.
  private var starts = [0]
  private var values: [Float] = []
  /// The column of each value; none where rows are whole.
  private var columns: [Int32] = []

  var rows: Int { starts.count - 1 }
  var bytes: Int { 4 * (values.count + columns.count) + 8 * starts.count }

  /// Adds a row; an empty one where all of it is 0.
  mutating func append(_ vector: StateVector) {
    let length = norm(vector.values)
    if length > 0 {
      values += vector.values.map { $0 / length }
      if case .facts(let columns, _) = vector { self.columns += columns }
    }
    starts.append(values.count)
  }

  /// Nil where nothing is held.
  func cosine(of row: Int, _ direction: [Float]) -> Float? {
    let places = starts[row]..<starts[row + 1]
    guard !places.isEmpty else { return nil }
    if columns.isEmpty { return dotProduct(direction, values[places]) }
    return places.reduce(0) { $0 + values[$1] * direction[Int(columns[$1])] }
  }
}

/// The directions of the states of all users, read when they are first asked for and kept as far as
/// there is room.
package final class StateIndex: Sendable {
  package let users: Histories
  private let network: KSRNetwork
  private let kept = Mutex(Kept())

  private struct Place: Hashable {
    let user, step: Int
  }

  /// What is asked for last has all of the room.
  private struct Kept {
    var subject = StateSubject.gru
    var blocks: [Place: DirectionBlock] = [:]
    var bytes = 0
  }

  /// Of late steps, each a pass of its own, a block has few.
  private static let lateSteps = 4
  private static let mostBytes = 256 << 20

  package init(_ session: Session) { (users, network) = (session.users, session.network) }

  /// What some steps of a user hold, from one on where a block begins.
  ///
  /// - Parameter budget: what it costs is taken off: steps read, fifty for a millisecond, and rows kept.
  fileprivate func block(
    _ subject: StateSubject, user: Int, from start: Int, _ budget: inout Int
  ) -> DirectionBlock {
    let place = Place(user: user, step: start)
    let known = kept.withLock { kept in
      if kept.subject != subject { kept = Kept(subject: subject) }
      return kept.blocks[place]
    }
    if let known {
      budget -= known.rows
      return known
    }
    let (items, window) = (users[user].items, network.settings.maxItemListLength)
    let isLate = start >= window
    let count = min(isLate ? Self.lateSteps : window, items.count - start)
    // A portion of a few milliseconds reads some 300 steps.
    budget -= 60 * (isLate ? count * window : count)
    let states = HistoryStates(network: network, items: Array(items[..<(start + count)]))
    var block = DirectionBlock()
    for row in 0..<count {
      let (trace, row) = states.pass(through: start + row)
      block.append(subject.vector(network, trace, row: row))
    }
    kept.withLock { kept in
      guard kept.bytes + block.bytes <= Self.mostBytes else { return }
      kept.blocks[place] = block
      kept.bytes += block.bytes
    }
    return block
  }
}
