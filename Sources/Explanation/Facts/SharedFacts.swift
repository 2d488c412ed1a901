import Glibc
import KSRModel

/// The contributions of the steps, grouped by the known facts that they share with the item.
///
/// A step belongs to the tails that its item and the recommended one both have under a slot; where
/// there are several, its sum is split by log(N / items with that tail), so that a rare director
/// weighs more than a common genre. What shares nothing is ``other``. A memory of facts needs no such
/// splitting: the groups are its cells by tail, and all else is other. Groups, other, bias and the part
/// of a repeat bias add up to the same score as the cells do.
///
/// Groups are ranked by how far their fact sets the history apart, ``Group/telling``. A tail that much
/// of the catalogue has explains nothing: such groups are ``common``.
///
/// This says which known facts the exact amounts go along with, not that the model used the facts.
package struct SharedFacts: Sendable {
  /// What one step adds to a group.
  package struct StepAmount: Sendable, Equatable {
    /// The step of the history, from 0.
    package let step: Int
    package let item: Int32
    package let amount: Float
  }

  /// The steps that share one tail with the item.
  package struct Group: Sendable, Equatable {
    package let slot: Int
    package let tail: Int32
    package let name: String
    /// What its steps add together.
    package let amount: Float
    /// The steps involved, the largest amount first.
    package let steps: [StepAmount]
    /// The share of the steps that the model sees whose item has the tail.
    package var historyShare: Float = 1
    /// The share of all items that have it.
    package var catalogueShare: Float = 0

    /// The part of the amount that the catalogue's share does not lead to expect.
    package var telling: Float {
      historyShare > 0 ? amount * max(0, 1 - catalogueShare / historyShare) : 0
    }

    /// Whether many items have the tail, and those of the history hardly more often.
    var isCommon: Bool {
      catalogueShare >= SharedFacts.commonShare
        && historyShare < SharedFacts.commonLift * catalogueShare
    }
  }

  /// A tail is common if a quarter of the catalogue has it, and the history not twice as often.
  ///
  /// On the simulated choices such groups name the very tail in .901, groups by amount alone in .899.
  static let commonShare: Float = 0.25
  static let commonLift: Float = 2

  package let contributions: Contributions
  /// Groups, the most telling first.
  package let groups: [Group]
  /// Groups whose tail much of the catalogue has, the largest amount first.
  package var common: [Group] = []
  /// What the steps add that share no known fact with the item; in a memory of facts what they add by
  /// other ways.
  package let other: Float
  /// Those steps, the largest amount first.
  package let otherSteps: [StepAmount]

}

extension SharedFacts {
  /// q·b_u, which no step brings.
  package var bias: Float { contributions.bias }
  /// All groups, the common ones last.
  package var allGroups: [Group] { groups + common }
  /// The steps that share a tail under a slot; nil where none does.
  package func group(slot: Int, tail: Int32) -> Group? {
    allGroups.first { $0.slot == slot && $0.tail == tail }
  }
  /// What the common facts add together.
  package var commonAmount: Float { common.reduce(0) { $0 + $1.amount } }
  /// What all steps add: groups, common facts and other.
  package var history: Float { groups.reduce(other + commonAmount) { $0 + $1.amount } }

  /// Groups the rows of a table.
  package init(_ contributions: Contributions, index: TailIndex) {
    let isOfFacts = contributions.isOfFacts
    var members: [Fact: [StepAmount]] = [:]
    var rest: [StepAmount] = []
    var sums = contributions.stepSums
    var matched: [Int: [(fact: Fact, amount: Float)]] = [:]
    for cell in contributions.factCells
    where index.tails.of(item: Int(contributions.item), slot: cell.slot).contains(cell.tail) {
      matched[cell.row, default: []].append((Fact(slot: cell.slot, tail: cell.tail), cell.amount))
      sums[cell.row] -= cell.amount
    }
    for (row, step) in contributions.steps.enumerated() {
      let item = contributions.items[row]
      if isOfFacts {
        for (fact, amount) in matched[row] ?? [] {
          members[fact, default: []].append(StepAmount(step: step, item: item, amount: amount))
        }
        rest.append(StepAmount(step: step, item: item, amount: sums[row]))
        continue
      }
      let shared = Self.shared(item, contributions.item, index)
      guard !shared.isEmpty else {
        rest.append(StepAmount(step: step, item: item, amount: sums[row]))
        continue
      }
      for (fact, share) in zip(shared, Self.shares(shared, index)) {
        members[fact, default: []].append(
          StepAmount(step: step, item: item, amount: sums[row] * share))
      }
    }
    let window = Float(max(1, contributions.items.count))
    let all: [Group] = members.map { fact, steps in
      Group(
        slot: fact.slot, tail: fact.tail, name: index.tails.names[Int(fact.tail)],
        amount: steps.reduce(0) { $0 + $1.amount }, steps: Self.sorted(steps),
        historyShare: Float(Set(steps.map(\.step)).count) / window,
        catalogueShare: Float(index.count(of: fact.tail, slot: fact.slot))
          / Float(max(1, index.itemCount)))
    }
    func ordered(_ groups: [Group], by size: (Group) -> Float) -> [Group] {
      groups.sorted {
        let (a, b) = (size($0), size($1))
        return a != b ? a > b : ($0.slot, $0.tail) < ($1.slot, $1.tail)
      }
    }
    self.init(
      contributions: contributions,
      groups: ordered(all.filter { !$0.isCommon }) { $0.telling },
      common: ordered(all.filter(\.isCommon)) { $0.amount },
      other: rest.reduce(0) { $0 + $1.amount }, otherSteps: Self.sorted(rest))
  }

  private struct Fact: Hashable {
    let slot: Int
    let tail: Int32
  }

  private static func shared(_ a: Int32, _ b: Int32, _ index: TailIndex) -> [Fact] {
    var result: [Fact] = []
    for slot in 0..<index.tails.relationCount {
      let known = index.tails.of(item: Int(b), slot: slot)
      guard !known.isEmpty else { continue }
      for tail in index.tails.of(item: Int(a), slot: slot) where known.contains(tail) {
        let fact = Fact(slot: slot, tail: tail)
        if !result.contains(fact) { result.append(fact) }
      }
    }
    return result
  }

  /// log(N / items with the tail), scaled to add up to 1; equal where all of them are in every item.
  private static func shares(_ facts: [Fact], _ index: TailIndex) -> [Float] {
    let weights = facts.map {
      log(Float(index.itemCount) / Float(max(1, index.count(of: $0.tail, slot: $0.slot))))
    }
    let sum = weights.reduce(0, +)
    guard sum > 0 else { return facts.map { _ in 1 / Float(facts.count) } }
    return weights.map { $0 / sum }
  }

  private static func sorted(_ steps: [StepAmount]) -> [StepAmount] {
    steps.sorted { $0.amount != $1.amount ? $0.amount > $1.amount : $0.step < $1.step }
  }
}
