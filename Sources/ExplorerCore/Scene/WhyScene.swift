import Explanation

/// Why an item: the table that adds up to its score, and what it shares with the history.
public struct WhyScene: Sendable {
  /// The item.
  public let item: Int32
  /// What to call it.
  public let title: String
  /// The table, grouped by known facts.
  public let facts: SharedFacts
  /// The reasons in a sentence.
  public let sentence: String
  /// The same in plain words.
  let plainSentence: String
  /// The rows of the table, the largest sum first.
  public let rows: [Row]

  /// One step of the table.
  public struct Row: Sendable {
    /// The step, from 0.
    public let step: Int
    /// The title of its item.
    public let title: String
    /// The sequence's cell, then one for each slot.
    public let cells: [Float]
    /// What the step adds.
    public let sum: Float
  }

  /// The reasons in the words that are in use.
  func sentence(isPlain: Bool) -> String { isPlain ? plainSentence : sentence }

  /// The table itself.
  public var contributions: Contributions { facts.contributions }
}
