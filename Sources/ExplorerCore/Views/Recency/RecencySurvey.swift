import Explanation
import Glibc
import KSRModel
import Randomness
import Workspace

/// How much of the attribution lies at steps of each age, on average over many users.
///
/// Of each user it takes the first recommendation after the last step and its exact contributions,
/// over the average item. The share of a step is |its sequence cell| + |the sum of its memory
/// cells|, divided by the same summed over all steps that the model saw, so the shares of a user add
/// up to 1. Age 1 is the last step. Users come in random order from a fixed seed, so the first of
/// them are a sample of all.
struct RecencySurvey: Sendable {
  /// Sums over the users whose history reaches an age.
  struct Age: Sendable, Equatable {
    private(set) var users = 0
    private var sum = 0.0
    private var squares = 0.0
    private var sequenceSum = 0.0

    mutating func add(sequence: Double, memory: Double) {
      let share = sequence + memory
      users += 1
      sum += share
      squares += share * share
      sequenceSum += sequence
    }

    var share: Double { sum / Double(max(1, users)) }
    /// The part of it that comes from the sequence; the memory has the rest.
    var sequence: Double { sequenceSum / Double(max(1, users)) }
    var memory: Double { share - sequence }

    /// The 95 % interval of the mean, by its standard error; nil for one user.
    var interval: ClosedRange<Double>? {
      guard users > 1 else { return nil }
      let variance = max(0, squares - sum * share) / Double(users - 1)
      let half = 1.96 * (variance / Double(users)).squareRoot()
      return max(0, share - half)...min(1, share + half)
    }
  }

  /// From age 1 on.
  private(set) var ages: [Age] = []
  private(set) var evaluated = 0
  let userCount: Int

  private let session: Session
  private let order: [Int]

  init(_ session: Session) {
    self.session = session
    var order = session.users.indices.filter { session.users[$0].count > 0 }
    var generator = SeededGenerator(seed: 1)
    generator.shuffle(&order)
    (self.order, userCount) = (order, order.count)
  }

  /// Goes on with about so many multiplications; false if there was nothing left to do.
  mutating func work(multiplications: Int) -> Bool {
    guard evaluated < userCount else { return false }
    var left = multiplications
    repeat {
      evaluate(order[evaluated])
      evaluated += 1
      left -= session.network.passCost + session.network.itemVectors.values.count
    } while left > 0 && evaluated < userCount
    return true
  }

  private mutating func evaluate(_ user: Int) {
    let items = session.users[user].items
    let states = HistoryStates(
      network: session.network,
      items: Array(items.suffix(session.network.settings.maxItemListLength)))
    let last = states.count - 1
    guard let first = topItems(states.scores(at: last), count: 1).first else { return }
    let table = Contributions(states, step: last, item: first.item)
    let cells = table.sequence.indices.map { row in
      let memory = (0..<table.relationCount).reduce(Float(0)) {
        $0 + table.cell(row: row, relation: $1)
      }
      return (sequence: Double(abs(table.sequence[row])), memory: Double(abs(memory)))
    }
    let total = cells.reduce(0) { $0 + $1.sequence + $1.memory }
    guard total > 0, total.isFinite else { return }
    for (age, cell) in cells.reversed().enumerated() {
      if age == ages.count { ages.append(Age()) }
      ages[age].add(sequence: cell.sequence / total, memory: cell.memory / total)
    }
  }
}

struct RecencyScene: Sendable {
  let survey: RecencySurvey
  let hasMemory: Bool

  /// The least age up to which half of the attribution lies, in histories of that length; nil
  /// before anything is known.
  var half: Int? {
    var sum = 0.0
    return survey.ages.firstIndex { age in
      sum += age.share
      return sum >= 0.5
    }.map { $0 + 1 }
  }
}

struct RecencyDocument: Encodable {
  struct Age: Encodable {
    /// 1 is the last step.
    let age, users: Int
    let share: Double
    /// The 95 % interval of `share`.
    let low, high: Double?
    let sequence, memory: Double
  }

  let evaluatedUsers, users: Int
  /// What a share is of.
  let quantity = "absolute exact contribution to the first recommendation after the last step"
  let ages: [Age]

  init(_ survey: RecencySurvey) {
    (evaluatedUsers, users) = (survey.evaluated, survey.userCount)
    ages = survey.ages.enumerated().map { place, age in
      Age(
        age: place + 1, users: age.users, share: age.share, low: age.interval?.lowerBound,
        high: age.interval?.upperBound, sequence: age.sequence, memory: age.memory)
    }
  }
}
