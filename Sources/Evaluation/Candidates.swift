import KSRModel
import KSRNumerics
import Randomness
import Workspace

/// What each target is ranked among: all items or drawn ones, with or without the history.
///
/// What is drawn follows from the seed and the place of the case in the list alone.
public struct Candidates: Sendable {
  /// All items but the padding item, what was read before included.
  public static let all = Candidates(drawn: nil, masked: nil)

  /// The different items drawn for each case, without its target; nil for all.
  private let drawn: [[Int32]]?
  /// The different items not to be ranked in each case, never its target; nil for none.
  private let masked: [[Int32]]?

  private init(drawn: [[Int32]]?, masked: [[Int32]]?) {
    self.drawn = drawn
    self.masked = masked
  }

  /// Candidates of the cases.
  ///
  /// Sampling is RecBole's for sequences: N draws with replacement that pass over the target, of
  /// which repetitions count once. `popN` draws by the training sequences alone.
  ///
  /// - Parameters:
  ///   - histories: whose items up to the target are masked, by the cases' users; nil to rank them.
  ///   - training: the training sequences, for `popN`.
  package init(
    _ mode: CandidateMode, for cases: [RankingCase], itemCount: Int,
    training: some Sequence<ArraySlice<Int32>>, masking histories: [History]? = nil, seed: UInt64
  ) {
    let masked = histories.map { histories in
      cases.map { question in
        Set(histories[question.user].items.prefix(question.step)).subtracting([question.target])
          .sorted()
      }
    }
    let (count, occurrences): (Int, [Int32]) =
      switch mode {
      case .full: (0, [])
      case .uniform(let count): (count, [])
      case .popularity(let count): (count, training.flatMap { $0 })
      }
    guard count > 0 else {
      self.init(drawn: nil, masked: masked)
      return
    }
    var drawn: [[Int32]] = []
    drawn.reserveCapacity(cases.count)
    for (place, question) in cases.enumerated() {
      var generator = SeededGenerator(seed: seed, stream: UInt64(place))
      var items: Set<Int32> = []
      let sampler = Sampler(
        itemCount: itemCount, occurrences: occurrences, butNot: question.target)
      for _ in 0..<count { if let item = sampler.draw(&generator) { items.insert(item) } }
      if let masked { items.subtract(masked[place]) }
      drawn.append(items.sorted())
    }
    self.init(drawn: drawn, masked: nil)
  }

  private struct Sampler {
    let itemCount: Int
    /// Every occurrence of an item in training; empty where all items are as likely.
    let occurrences: [Int32]
    let target: Int32
    /// Whether an occurrence can be anything but the target.
    private let hasOther: Bool

    init(itemCount: Int, occurrences: [Int32], butNot target: Int32) {
      self.itemCount = itemCount
      self.occurrences = occurrences
      self.target = target
      hasOther = occurrences.contains { $0 != target }
    }

    /// An item other than the target; nil if there is none.
    func draw(_ generator: inout SeededGenerator) -> Int32? {
      if hasOther {
        while true {
          let item = occurrences[generator.integer(below: occurrences.count)]
          if item != target { return item }
        }
      }
      guard itemCount > 2 else { return nil }
      let item = Int32(1 + generator.integer(below: itemCount - 2))
      return item >= target ? item + 1 : item
    }
  }

  /// The first candidates of a case by score, best first; of equal ones the smaller identifiers.
  package func first(
    _ count: Int, case index: Int, target: Int32, _ scores: UnsafeBufferPointer<Float>
  ) -> [ScoredItem] {
    if let drawn {
      return (drawn[index] + [target]).map { ScoredItem(item: $0, score: scores[Int($0)]) }
        .sorted(by: >).prefix(count).map(\.self)
    }
    let hidden = Set(masked?[index] ?? [])
    return topItems(scores, count: count, excluding: hidden.contains)
  }

  /// The items that a case is ranked among, its target behind them; nil where it is all, those of
  /// ``hidden(_:)`` left out.
  func drawn(_ index: Int, with target: Int32) -> [Int32]? { drawn.map { $0[index] + [target] } }

  /// The items that are not ranked in a case, ascending.
  func hidden(_ index: Int) -> [Int32] { masked?[index] ?? [] }

  /// The rank of a target, from 1, as ``Standing`` has it.
  ///
  /// - Parameters:
  ///   - index: the place of the case.
  ///   - whole: where the target stands among all items.
  func rank<Score: Comparable>(
    of target: Int32, case index: Int, score: (Int32) -> Score,
    whole: () -> Standing
  ) -> Double {
    let own = score(target)
    if let drawn {
      var standing = Standing()
      for item in drawn[index] { standing.count(score(item), against: own) }
      return standing.rank
    }
    var standing = whole()
    for item in masked?[index] ?? [] { standing.count(score(item), against: own, -1) }
    return standing.rank
  }
}
