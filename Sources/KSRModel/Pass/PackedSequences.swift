/// Sequences laid out for one pass: time-major, longest first, without padding.
///
/// Position p = offset[t] + b holds step t of sequence b; the sequences still running at step t are
/// the first `active[t]`, so each step is one dense block of rows.
package struct PackedSequences: Sendable {
  /// One sequence to pack.
  public struct Entry: Sendable {
    /// Items read, oldest first.
    package var items: ArraySlice<Int32>
    /// The item to predict at each step; −1 where the step is not scored.
    package var targets: [Int32]
    /// Items to rank below the target, `negativeCount` for each scored step; empty for none.
    package var negatives: [Int32] = []
    /// What the user chose before these items, which the network does not read: a repeat bias knows it.
    package var before: ArraySlice<Int32> = []

    package init(items: ArraySlice<Int32>, targets: [Int32]) {
      precondition(items.count == targets.count)
      self.items = items
      self.targets = targets
    }

    /// A sequence of which only the last step is scored, against `target`.
    package init(items: ArraySlice<Int32>, target: Int32, before: ArraySlice<Int32> = []) {
      var targets = [Int32](repeating: -1, count: items.count)
      targets[items.count - 1] = target
      self.init(items: items, targets: targets)
      self.before = before
    }
  }

  /// Items that a sampled softmax compares every target with, ascending; with each
  /// ln(draws of it / (all draws · its probability)), which is added to its score.
  package struct Sample: Sendable, Equatable {
    package var items: [Int32] = []
    package var corrections: [Float] = []

    package init() {}
  }

  /// Shared by all scored rows; empty for none.
  package var sample = Sample()

  /// The number of sequences B.
  package let sequenceCount: Int
  /// Sequences running at each step; descending.
  package let active: [Int]
  /// Where each step's block of positions starts; one more entry than steps.
  package let offset: [Int]
  /// The item of each position.
  package let item: [Int32]
  /// The position of each scored row.
  package let scoredPosition: [Int32]
  /// The item to predict for each scored row.
  package let target: [Int32]
  /// The items to rank below it, row after row.
  package let negative: [Int32]
  /// Where each sequence starts in `sequenceItem` and `sequenceScored`.
  package let sequenceStart: [Int]
  package let sequenceItem: [Int32]
  /// By sequence: the scored row of each step, or −1.
  package let sequenceScored: [Int32]
  /// The items of each history, what was before the sequence included, each once, in the order of
  /// their first time; sequence after sequence.
  private let historyItem: [Int32]
  /// By scored row: its history up to then, a part of ``historyItem``.
  private let historyRange: [Range<Int32>]

  /// Steps in runs of about a hundred positions: what a run works on fits the cache next to the
  /// weights, and its rows are enough for a fast matrix product.
  package let runs: [Range<Int>]

  /// The positions of some steps, which lie together.
  func positions(of steps: Range<Int>) -> Range<Int> {
    offset[steps.lowerBound]..<offset[steps.upperBound]
  }

  /// Each sequence: its places among ``sequenceItem`` and ``sequenceScored``, and both from there on.
  func forEachSequence(
    _ body: (_ places: Range<Int>, UnsafePointer<Int32>, UnsafePointer<Int32>) -> Void
  ) {
    sequenceItem.withUnsafeBufferPointer { items in
      sequenceScored.withUnsafeBufferPointer { scored in
        guard let items = items.baseAddress, let scored = scored.baseAddress else { return }
        for b in 0..<sequenceCount {
          let start = sequenceStart[b]
          body(start..<sequenceStart[b + 1], items + start, scored + start)
        }
      }
    }
  }

  /// The items of the history up to a scored row, each once.
  package func history(ofRow row: Int) -> ArraySlice<Int32> {
    historyItem[Int(historyRange[row].lowerBound)..<Int(historyRange[row].upperBound)]
  }

  package var stepCount: Int { active.count }
  /// The number of positions P.
  package var positionCount: Int { item.count }
  /// The number of scored rows S.
  package var scoredCount: Int { target.count }

  /// Which items the history at work has; kept from batch to batch, since it is as long as the catalogue.
  package final class HistoryMarks {
    /// By item: the last history, counted from 1, that has it.
    private var lastWith: [Int32] = []
    private var number: Int32 = 0

    package init() {}

    fileprivate func begin(_ history: Entry) {
      let items = 1 + Int(max(history.items.max() ?? 0, history.before.max() ?? 0))
      if items > lastWith.count || number == .max {
        lastWith = Array(repeating: 0, count: max(items + items / 2, lastWith.count))
        number = 0
      }
      number += 1
    }

    fileprivate func isNew(_ item: Int32) -> Bool {
      guard lastWith[Int(item)] != number else { return false }
      lastWith[Int(item)] = number
      return true
    }
  }

  package init(_ entries: [Entry], marks: HistoryMarks = HistoryMarks()) {
    // A stable order by length keeps the layout a function of the entries alone.
    let order = entries.indices.sorted {
      let (a, b) = (entries[$0].items.count, entries[$1].items.count)
      return a != b ? a > b : $0 < $1
    }
    let sorted = order.map { entries[$0] }
    let steps = sorted.first?.items.count ?? 0
    var active = [Int](repeating: 0, count: steps)
    for entry in sorted { for t in 0..<entry.items.count { active[t] += 1 } }
    var offset = [0]
    for count in active { offset.append(offset[offset.count - 1] + count) }

    var runs: [Range<Int>] = []
    var start = 0
    for t in 0..<steps where offset[t + 1] - offset[start] >= 96 || t == steps - 1 {
      runs.append(start..<t + 1)
      start = t + 1
    }

    var item = [Int32](repeating: 0, count: offset[steps])
    var sequenceItem: [Int32] = []
    var sequenceScored: [Int32] = []
    var sequenceStart = [0]
    var scoredPosition: [Int32] = []
    var target: [Int32] = []
    var negative: [Int32] = []
    var historyItem: [Int32] = []
    var historyRange: [Range<Int32>] = []
    for (b, entry) in sorted.enumerated() {
      let historyStart = Int32(historyItem.count)
      func remember(_ item: Int32) { if marks.isNew(item) { historyItem.append(item) } }
      marks.begin(entry)
      for item in entry.before { remember(item) }
      for (t, value) in entry.items.enumerated() {
        let position = offset[t] + b
        item[position] = value
        sequenceItem.append(value)
        remember(value)
        if entry.targets[t] >= 0 {
          sequenceScored.append(Int32(target.count))
          scoredPosition.append(Int32(position))
          historyRange.append(historyStart..<Int32(historyItem.count))
          target.append(entry.targets[t])
        } else {
          sequenceScored.append(-1)
        }
      }
      negative += entry.negatives
      sequenceStart.append(sequenceItem.count)
    }
    sequenceCount = sorted.count
    self.active = active
    self.offset = offset
    self.runs = runs
    self.item = item
    self.scoredPosition = scoredPosition
    self.target = target
    self.negative = negative
    self.sequenceStart = sequenceStart
    self.sequenceItem = sequenceItem
    self.sequenceScored = sequenceScored
    self.historyItem = historyItem
    self.historyRange = historyRange
  }
}
