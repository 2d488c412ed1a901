import KSRModel
import Workspace

/// One question to a model: where it ranks the item that came next after those read.
public struct RankingCase: Sendable, Equatable {
  /// Whose history it is: the index of the history in the caller's list.
  public let user: Int
  /// The place of the target in the history, from 0.
  public let step: Int
  /// What the model reads, oldest first: at most L items, one at least.
  public let items: ArraySlice<Int32>
  /// What was chosen before these items; only a repeat bias knows it.
  let before: ArraySlice<Int32>
  /// What came next; 0 where that is not known.
  public let target: Int32

  /// The question about interaction `step` (from 1 on) of a history.
  public init(user: Int, history: [Int32], step: Int, maxLength: Int) {
    precondition(step > 0 && maxLength > 0, "something must be read before the target")
    self.user = user
    self.step = step
    items = history[max(0, step - maxLength)..<step]
    before = history[..<max(0, step - maxLength)]
    target = history[step]
  }

  /// What comes after a whole history, which nobody knows: a case without target.
  package init(user: Int, after history: [Int32], maxLength: Int) {
    precondition(!history.isEmpty && maxLength > 0, "something must be read")
    self.user = user
    step = history.count
    items = history.suffix(maxLength)
    before = history.dropLast(maxLength)
    target = 0
  }

  /// The cases of all interactions with a mark.
  ///
  /// - Parameters:
  ///   - heldOutUsers: whether the users left out of training are asked about (then every step
  ///     from the second on counts), or the others.
  public static func cases(
    _ histories: some RandomAccessCollection<History>, split: DataSplit, mark: SplitMark,
    heldOutUsers: Bool, maxLength: Int
  ) -> [RankingCase] {
    var result: [RankingCase] = []
    for (user, history) in histories.enumerated() where history.isHeldOut == heldOutUsers {
      for step in 1..<max(1, history.count)
      where split.mark(step: step, of: history) == mark {
        result.append(
          RankingCase(user: user, history: history.items, step: step, maxLength: maxLength))
      }
    }
    return result
  }
}
