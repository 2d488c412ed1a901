import KSRModel
import KSRNumerics
import Randomness
import Workspace

/// Looks at a model as a whole, user after user, a portion at a time.
///
/// The users come in an order drawn once from a fixed seed, so that the first of them are a sample
/// of all. Each interaction kept from training (validation and test) is a case: its rank is taken as
/// the model gives it and once more for every slot silenced. What has been counted does not depend
/// on how large the portions were.
package struct ModelDiagnosis: Sendable {
  /// One interaction kept from training.
  struct Case: Sendable, Equatable {
    let user: Int
    /// The step of the target in the history, from 1.
    let step: Int
    let target: Int32
    var rank: Double
    /// Its rank with each slot silenced.
    var silenced: [Double]
  }

  /// Sums over the steps that the model has read.
  struct Reading: Sendable {
    /// Σ α by place and slot [L R].
    var attention: Matrix64
    var gates: [Double]
    /// Steps by slot of the largest α.
    var leads: [Int]
    var steps: [Int]
    /// Σ −Σ α ln α.
    var entropy = 0.0
    /// Σ of the null slot's α; nil without one.
    var nullSlot: Double?
  }

  /// The users that have cases, in the order in which they are counted.
  let order: [Int]
  let session: Session
  /// Whether each item is among the fifth that was watched most.
  let isPopular: [Bool]
  private(set) var cases: [Case] = []
  private(set) var reading: Reading
  private var nextUser = 0
  private var current: Current?

  private struct Current: Sendable {
    let user: Int
    /// Steps of targets that are left.
    var targets: ArraySlice<Int>
    /// The pass that the first L steps share.
    let shared: Trace
    var cases: [Case] = []
    /// The case at work, and the preferences that are left to rank: as it is, then silenced.
    var open: (found: Case, terms: [ScoreTerms])?
  }

  /// Nothing counted yet.
  package init(_ session: Session) {
    self.session = session
    isPopular = DiagnosisSlice.popularItems(session.popularity)
    var order = session.users.indices.filter { user in
      let history = session.users[user]
      return history.count > 1 && session.mark(of: history, step: history.count - 1) != .train
    }
    var generator = SeededGenerator(seed: 1)
    generator.shuffle(&order)
    self.order = order
    let (slots, places) = (
      session.network.readsMemory ? session.network.relationCount : 0,
      session.network.settings.maxItemListLength
    )
    reading = Reading(
      attention: Matrix64(rows: places, columns: slots),
      gates: Array(repeating: 0, count: slots), leads: Array(repeating: 0, count: slots),
      steps: Array(repeating: 0, count: places))
  }

  package var isComplete: Bool { current == nil && nextUser == order.count }

  /// Users counted so far.
  package var userCount: Int { nextUser - (current == nil ? 0 : 1) }

  /// All users with interactions kept from training.
  package var userTotal: Int { order.count }

  /// Goes on with about so many multiplications; false if there was nothing left to do.
  package mutating func work(multiplications: Int) -> Bool {
    guard !isComplete else { return false }
    var left = multiplications
    repeat { advance(&left) } while left > 0 && !isComplete
    return true
  }

  // MARK: A step of the work

  private mutating func advance(_ left: inout Int) {
    guard var work = current else {
      current = begin(order[nextUser])
      nextUser += 1
      left -= session.network.passCost
      return
    }
    if work.open == nil, let step = work.targets.popFirst() { work.open = open(work, step, &left) }
    if var open = work.open {
      rank(&open, &left)
      if open.terms.isEmpty {
        work.cases.append(open.found)
        work.open = nil
      } else {
        work.open = open
      }
    }
    guard work.open == nil, work.targets.isEmpty else { return current = work }
    // A user counts whole or not at all.
    cases += work.cases
    if session.network.readsMemory { read(work.shared) }
    current = nil
  }

  private func begin(_ user: Int) -> Current {
    let history = session.users[user]
    let network = session.network
    let shared = network.trace(
      Array(history.items.prefix(network.settings.maxItemListLength)))
    let targets = (1..<history.count).filter { session.mark(of: history, step: $0) != .train }
    return Current(user: user, targets: targets[...], shared: shared)
  }

  private mutating func read(_ trace: Trace) {
    for row in 0..<trace.count {
      let attention = trace.attention.row(row)
      var lead = 0
      for slot in reading.gates.indices {
        let alpha = trace.attention[row, slot]
        reading.attention[row, slot] += Double(alpha)
        reading.gates[slot] += Double(trace.writeGates[row, slot])
        if alpha > trace.attention[row, lead] { lead = slot }
      }
      reading.leads[lead] += 1
      reading.steps[row] += 1
      reading.entropy += Double(AttentionSummary.entropy(attention))
      if !trace.nullAttention.isEmpty {
        reading.nullSlot = (reading.nullSlot ?? 0) + Double(trace.nullAttention[row])
      }
    }
  }

  /// What the scores of a case follow from: as the model has it, then with each slot silenced.
  private func open(
    _ work: Current, _ step: Int, _ left: inout Int
  ) -> (found: Case, terms: [ScoreTerms]) {
    let network = session.network
    let history = session.users[work.user]
    let window = network.settings.maxItemListLength
    var (trace, row) = (work.shared, step - 1)
    if step > window {
      trace = network.trace(Array(history.items[step - window..<step]))
      row = trace.count - 1
      left -= session.network.passCost
    }
    let known = history.items[..<step]
    var terms = [network.terms(trace, row: row, history: known)]
    if network.readsMemory {
      let slots = 0..<network.relationCount
      terms += slots.map { silenced in
        network.terms(
          trace, row: row, reading: slots.filter { $0 != silenced }, history: known)
      }
    }
    let found = Case(
      user: work.user, step: step, target: history.items[step], rank: 0, silenced: [])
    return (found, terms)
  }

  /// Ranks the case's target under as many of the terms as there is time for, one at least.
  private func rank(_ open: inout (found: Case, terms: [ScoreTerms]), _ left: inout Int) {
    let vectors = session.network.itemVectors
    let count = min(open.terms.count, max(1, max(left, 0) / max(1, vectors.count)))
    left -= count * vectors.count
    let scores = session.network.scores(Array(open.terms[..<count]))
    open.terms.removeFirst(count)
    for row in 0..<count {
      let rank = scores[row].withUnsafeBufferPointer { own in
        // The padding item 0 is not ranked.
        Standing(
          of: own[Int(open.found.target)], among: UnsafeBufferPointer(rebasing: own.dropFirst())
        ).rank
      }
      if open.found.rank == 0 {
        open.found.rank = rank
      } else {
        open.found.silenced.append(rank)
      }
    }
  }
}

/// Sums in double precision, row after row.
struct Matrix64: Sendable, Equatable {
  let rows: Int
  let columns: Int
  private var values: [Double]

  init(rows: Int, columns: Int) {
    (self.rows, self.columns) = (rows, columns)
    values = Array(repeating: 0, count: rows * columns)
  }

  subscript(row: Int, column: Int) -> Double {
    get { values[row * columns + column] }
    set { values[row * columns + column] = newValue }
  }
}
