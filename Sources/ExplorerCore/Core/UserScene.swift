import Explanation
import KSRModel
import Workspace

/// What the screen shows of a user's history, whatever the step.
///
/// Ranks, attention and states of steps that have not been looked at yet are missing; see
/// ``UserSurvey``.
package struct UserScene: Sendable {
  package struct Row: Sendable, Equatable {
    package let item: Int32
    package let title: String
    /// Its year, where the data tells it.
    package let year: Int?
    /// What it was used for, as a thing to predict; nil for a user made here, who is in no part of
    /// the split.
    package let mark: SplitMark?
  }

  package let name: String
  /// Whether all of the history was left out of training.
  package let isHeldOut: Bool
  /// Whether the user was made here, not taken from the data.
  package let isOwn: Bool
  /// The interactions, oldest first.
  package let rows: [Row]
  /// The rank that the model gave to each interaction at the step before it; nil for the first and
  /// for those not looked at yet.
  package var ranks: [Double?]
  /// α of every slot at each step; empty where not looked at yet.
  package var attention: [[Float]]
  /// z of every slot at each step; empty where not looked at yet.
  package var gates: [[Float]]
  /// The slot with the largest attention at each step; nil where not looked at yet.
  package var leaders: [Int?] {
    attention.map { row in row.indices.max { row[$0] < row[$1] } }
  }
  /// How like each other the states of the steps are, as far as looked at.
  package var similarity: StateSimilarity?

  /// What the edits have made of the history; nil without any.
  var edited: EditedHistory?

  /// Interactions of the data left out of training that the model had to predict, and how many of
  /// them were among the first ten.
  package var hits: (count: Int, of: Int) {
    // An edited history is nobody's: how well it is foreseen says nothing about the model.
    guard edited == nil else { return (0, 0) }
    var (count, total) = (0, 0)
    for (row, rank) in zip(rows, ranks) where row.mark != nil && row.mark != .train {
      guard let rank else { continue }
      total += 1
      if rank <= 10 { count += 1 }
    }
    return (count, total)
  }

  /// The nearest step after (or before) one at which another slot has the largest attention.
  func change(from step: Int, forward: Bool) -> Int? {
    let steps =
      forward
      ? Array(step + 1..<max(step + 1, rows.count)) : Array((1..<max(1, step)).reversed())
    let leaders = leaders
    return steps.first { leaders[$0] != nil && leaders[$0] != leaders[$0 - 1] }
  }
}
