import AtomicFiles
import KSRModel
import Randomness
import Workspace

/// What many users would miss of their histories, and of each relation.
///
/// Of each user it takes the first recommendation after the last step. The model runs again without
/// each step that it sees, and with each slot silenced: what log p of the item loses then (of a model
/// trained by BPR, its score over the mean item), as in the column left out alone. Users come in an
/// order drawn once from a fixed seed, so that the first of them are a sample of all.
package struct PopulationSurvey: Sendable {
  package struct Case: Sendable, Equatable {
    /// The user, by place in the data.
    package let user: Int
    package let item: Int32
    /// The steps of the whole history.
    package let length: Int
    /// What is lost without each step that the model sees, the last step first.
    package let steps: [Float]
    /// What is lost without each slot; empty without memory.
    package let relations: [Float]
    /// Each step's part of all absolute contributions, by the sequence and by the memory, the last
    /// step first.
    package let sequence, memory: [Float]
  }

  private struct Current: Sendable {
    let user: Int
    let question: AttributionQuestion
    var values: StepAttributions
  }

  package private(set) var cases: [Case] = []
  package let userTotal: Int
  /// Why the users' attributes make no slices, where their file cannot be read.
  package let warning: String?
  let session: Session
  let userAttributes: AttributeTable?
  let isPopular: [Bool]
  private let order: [Int]
  private var next = 0
  private var current: Current?

  /// Nobody evaluated yet.
  package init(_ session: Session) {
    self.session = session
    isPopular = DiagnosisSlice.popularItems(session.popularity)
    var order = session.users.indices.filter { session.users[$0].count > 0 }
    var generator = SeededGenerator(seed: 1)
    generator.shuffle(&order)
    (self.order, userTotal) = (order, order.count)
    do throws(DataError) {
      let folder = session.folder.flatMap { $0.has("user") ? $0 : nil }
      userAttributes = try folder.map { folder throws(DataError) in try .users(of: folder) }
      warning = nil
    } catch {
      (userAttributes, warning) = (nil, "\(error)")
    }
  }

  package var evaluated: Int { next - (current == nil ? 0 : 1) }

  /// Does a portion of some milliseconds; false if nothing was left.
  package mutating func work() -> Bool {
    if current?.values.work() == true { return true }
    if let done = current {
      add(done)
      current = nil
      return true
    }
    guard next < order.count else { return false }
    begin(order[next])
    next += 1
    return true
  }

  private mutating func begin(_ user: Int) {
    let states = HistoryStates(network: session.network, items: session.users[user].items)
    let last = states.count - 1
    guard let first = topItems(states.scores(at: last), count: 1).first else { return }
    let question = AttributionQuestion(states, step: last, item: first.item)
    current = Current(
      user: user, question: question,
      values: StepAttributions(
        question, methods: [LeaveOneOutOfLogProbability()],
        weights: question.window.map { _ in 1 }, slots: true))
  }

  /// Keeps what has been found of a user; one with a number that is not finite says nothing.
  private mutating func add(_ done: Current) {
    let (question, known) = (done.question, done.values.known)
    let steps = known[LeaveOneOutOfLogProbability()].compactMap { $0 }
    let relations = session.network.readsMemory ? known.slots.compactMap { $0 } : []
    let table = Contributions(question.states, step: question.step, item: question.item)
    let sequence = table.sequence.map { abs($0) }
    let memory = table.sequence.indices.map { row in
      abs((0..<table.relationCount).reduce(Float(0)) { $0 + table.cell(row: row, relation: $1) })
    }
    let total = zip(sequence, memory).reduce(0) { $0 + $1.0 + $1.1 }
    guard (steps + relations + [total]).allSatisfy(\.isFinite), total > 0,
      steps.count == sequence.count
    else { return }
    cases.append(
      Case(
        user: done.user, item: question.item, length: question.states.count,
        steps: steps.reversed(), relations: relations,
        sequence: sequence.reversed().map { $0 / total },
        memory: memory.reversed().map { $0 / total }))
  }
}
