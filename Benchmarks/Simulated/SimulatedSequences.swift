import KSRModel
import KSRNumerics
import Randomness

/// Training sequences of random items, popular ones more often, and the parameters to begin with.
public struct SimulatedSequences: Sendable {
  /// The number of items, without padding.
  public let itemCount: Int
  /// The number of memory slots.
  public let relationCount: Int
  /// Items of each user, oldest first.
  public let sequences: [[Int32]]

  /// Users with a shortest sequence and, beyond it, lengths that fall off exponentially.
  public init(users: Int, items: Int, interactions: Int, relations: Int, shortest: Int) {
    itemCount = items
    relationCount = relations
    var generator = SeededGenerator(seed: 1, stream: 3)
    let mean = Double(interactions) / Double(users) - Double(shortest)
    let shares = (0..<users).map { _ in -SimulatedSequences.logarithm(1 - generator.unit()) }
    let scale = mean * Double(users) / shares.reduce(0, +)
    sequences = shares.map { share in
      (0..<shortest + Int(share * scale)).map { _ in
        let share = Double(generator.uniform(0, 1))
        return Int32(1 + min(items - 1, Int(Double(items) * share * share)))
      }
    }
  }

  /// As many users, items and interactions as ml-100k with its graph, and 25 slots.
  public static var ml100k: SimulatedSequences {
    SimulatedSequences(
      users: 943, items: 1_597, interactions: 95_668, relations: 25, shortest: 18)
  }

  /// 60,000 items and 1,000,000 interactions.
  public static var large: SimulatedSequences {
    SimulatedSequences(
      users: 10_000, items: 60_000, interactions: 1_000_000, relations: 25, shortest: 5)
  }

  /// A tenth of it: the same catalogue, fewer users.
  public static var largeInPart: SimulatedSequences {
    SimulatedSequences(
      users: 1_000, items: 60_000, interactions: 100_000, relations: 25, shortest: 5)
  }

  /// Random vectors of the items and the memory's keys [N K], [R K], of about unit length.
  public func vectors(width: Int) -> (entities: Matrix, relations: Matrix) {
    var generator = SeededGenerator(seed: 1, stream: 4)
    let bound = 1.7 / Float(width).squareRoot()
    func matrix(_ rows: Int) -> Matrix {
      Matrix(
        rows: rows, columns: width,
        values: (0..<rows * width).map { _ in generator.uniform(-bound, bound) })
    }
    return (matrix(itemCount + 1), matrix(relationCount))
  }

  /// ln x by its series around 1, so that the lengths are the same everywhere.
  private static func logarithm(_ x: Double) -> Double {
    var (x, halvings) = (x, 0.0)
    while x < 0.7 {
      x *= 2
      halvings += 1
    }
    let y = (x - 1) / (x + 1)
    var (power, sum) = (y, 0.0)
    for odd in stride(from: 1.0, through: 41, by: 2) {
      sum += power / odd
      power *= y * y
    }
    return 2 * sum - halvings * 0.693_147_180_559_945_3
  }
}
