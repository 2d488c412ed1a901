import Explanation
import KSRModel

/// What the screen shows of an edited run beside the run itself.
package struct WhatIfScene: Sendable {
  /// The edited history, with the item that is selected in the search; nil without edits.
  let edited: EditedHistory?
  /// The recommendations against those of the unedited run; nil where there is none to compare.
  let changes: RankChanges?
  /// What to call the items that left the first places, in their order before.
  let goneTitles: [String]
  /// The search for the smallest set, if it was asked for.
  let smallest: SmallestScene?

  /// The sign for what becomes of a slot; nil for a slot that is read as the model reads it.
  func mark(of slot: Int) -> String? {
    guard let reading = edited?.reading, !reading.isNone else { return nil }
    let factor = reading.factor(of: slot)
    return factor == 0 ? "-" : factor > 1 ? "+" : factor < 1 ? "<" : nil
  }
}

/// How far the search for the smallest set is.
package struct SmallestScene: Sendable {
  let title: String
  /// Its rank with everything in place.
  let rankBefore: Double
  /// What came out; nil while the search goes on.
  let outcome: SmallestSetSearch.Outcome?
  /// How often the model has run.
  let runs: Int
  /// The titles of the steps found.
  let titles: [String]

  /// What came out, in a sentence.
  func sentence(_ glyphs: Glyphs) -> String {
    switch outcome {
    case nil:
      return "Smallest set for \(title): searching, \(glyphs.count(runs)) runs\(glyphs.ellipsis)"
    case .notAmongFirst(let rank):
      return "\(title) has rank \(glyphs.rank(rank)): it is not among the first 10 to fall out of"
    case .notFound(let size):
      return "\(title) stays among the first 10: no set of up to \(size) {items} was found "
        + "without which it falls"
    case .found(_, let after, let isProven):
      let names = Self.list(titles)
      return "Without \(names), \(title) falls from \(glyphs.rank(rankBefore)) to "
        + "\(glyphs.rank(after)) (checked, \(isProven ? "none smaller" : "a smaller one may exist"))"
        + "; A takes \(titles.count == 1 ? "it" : "them") out"
    }
  }

  private static func list(_ titles: [String]) -> String {
    guard titles.count > 3 else {
      return titles.count < 2
        ? titles.joined()
        : titles.dropLast().joined(separator: ", ") + " and " + titles[titles.count - 1]
    }
    return titles.prefix(2).joined(separator: ", ") + " and \(titles.count - 2) more"
  }
}
