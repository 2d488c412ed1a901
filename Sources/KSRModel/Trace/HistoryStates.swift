import KSRNumerics
import Synchronization

/// The state of the model at any step of a history, however long.
///
/// The state at step t is the model run from zero on the last L items up to t. The first L steps share one pass; each later step is a pass of its own, run when it is asked for. The
/// first pass and the last few others are kept, and so are the last few scores.
package final class HistoryStates: Sendable {
  package let network: KSRNetwork
  /// All items of the history, oldest first.
  package let items: [Int32]
  /// The change under which the memory is read.
  package let reading: ReadIntervention

  private struct Known {
    var first: Trace?
    /// The scores by step, those asked for last at the end.
    var scores: [(step: Int, values: [Float])] = []
    /// Scores of a step that are being found, those of the first items so far.
    var begun: (step: Int, terms: ScoreTerms, values: [Float])?
  }

  /// Several views of one step need its scores, and a comparison those of two steps.
  private static let keptScores = 2

  private let known = Mutex(Known())
  private let later: LatePasses

  /// The states of a history under a network, and under a change of what is read.
  ///
  /// - Parameter other: another run of the same network that is likely to have read the same
  ///   windows, such as the run before an edit.
  package init(
    network: KSRNetwork, items: [Int32], reading: ReadIntervention = .none,
    like other: HistoryStates? = nil
  ) {
    precondition(other.map { $0.network === network } ?? true, "runs of two networks")
    self.network = network
    self.items = items
    self.reading = reading
    later = other?.later ?? LatePasses()
  }

  package var count: Int { items.count }

  /// The steps, from 0, that the model sees at `step`.
  package func window(at step: Int) -> ClosedRange<Int> {
    max(0, step + 1 - network.settings.maxItemListLength)...step
  }

  /// The pass that ends with the state at `step` or runs through it.
  ///
  /// - Returns: the trace and the row of `step` in it.
  package func pass(through step: Int) -> (trace: Trace, row: Int) {
    precondition(items.indices.contains(step), "step \(step) of \(items.count)")
    let window = window(at: step)
    let shared = min(items.count, network.settings.maxItemListLength)
    let range = window.lowerBound == 0 ? 0..<shared : window.lowerBound..<step + 1
    let start = range.lowerBound
    guard start == 0 else {
      return (later.pass(through: items[range], reading: reading, of: network), step - start)
    }
    if let first = known.withLock({ $0.first }) { return (first, step) }
    let trace = network.trace(Array(items[range]), reading: reading)
    known.withLock { $0.first = trace }
    return (trace, step)
  }

  /// h_t of the top layer at `step`.
  package func state(at step: Int) -> ArraySlice<Float> {
    let (trace, row) = pass(through: step)
    return trace.states.row(row)
  }

  /// p_t at `step`.
  package func preference(at step: Int) -> ArraySlice<Float> {
    let (trace, row) = pass(through: step)
    return trace.preferences.row(row)
  }

  /// What the scores at `step` follow from; the whole history counts as seen.
  package func terms(at step: Int) -> ScoreTerms {
    let (trace, row) = pass(through: step)
    return network.terms(trace, row: row, history: items[...step])
  }

  /// The scores of all items [N] at `step`; the padding item's has no meaning.
  package func scores(at step: Int) -> [Float] {
    if let values = knownScores(at: step) { return values }
    let values = network.scores(terms(at: step))
    keep(values, at: step)
    return values
  }

  /// Whether the scores at a step are there.
  package func hasScores(at step: Int) -> Bool {
    known.withLock { $0.scores.contains { $0.step == step } }
  }

  /// Goes on finding the scores at a step, with about so many multiplications; see ``hasScores(at:)``.
  package func findScores(at step: Int, multiplications: Int) {
    let kept = known.withLock { known in
      defer { known.begun = nil }
      return known.begun.flatMap { $0.step == step ? $0 : nil }
    }
    var begun: (step: Int, terms: ScoreTerms, values: [Float]) =
      kept ?? (step, terms(at: step), [])
    let count = max(4096, multiplications / network.settings.embeddingSize)
    let end = min(network.itemCount, begun.values.count + count)
    begun.values.reserveCapacity(network.itemCount)
    begun.values += network.scores(of: begun.values.count..<end, begun.terms)
    if end == network.itemCount {
      keep(begun.values, at: step)
    } else {
      known.withLock { $0.begun = begun }
    }
  }

  /// Finds the scores of a step of this run and of a step of another run of the same network, which
  /// both then keep; the catalogue is read only once.
  package func findScores(at step: Int, andOf other: HistoryStates, at otherStep: Int) {
    precondition(other.network === network, "runs of two networks")
    guard knownScores(at: step) == nil, other.knownScores(at: otherStep) == nil else { return }
    let values = network.scores([terms(at: step), other.terms(at: otherStep)])
    keep(values[0], at: step)
    other.keep(values[1], at: otherStep)
  }

  private func knownScores(at step: Int) -> [Float]? {
    known.withLock { known in
      guard let place = known.scores.firstIndex(where: { $0.step == step }) else { return nil }
      known.scores.append(known.scores.remove(at: place))
      return known.scores[known.scores.count - 1].values
    }
  }

  private func keep(_ values: [Float], at step: Int) {
    known.withLock { known in
      known.scores.removeAll { $0.step == step }
      known.scores.append((step, values))
      if known.scores.count > Self.keptScores { known.scores.removeFirst() }
    }
  }
}

/// The passes through late windows that were asked for last, by what was read and how.
///
/// A history and its edited runs have most of their windows in common, so they keep them together.
private final class LatePasses: Sendable {
  private struct Key: Hashable {
    let items: ArraySlice<Int32>
    let reading: ReadIntervention
  }

  /// A pass takes about 400 kB with 25 relations: enough to step back and forth, and no more.
  private let passes = Mutex(LRUCache<Key, Trace>(limit: 32))

  /// The pass through some items, from here or made now.
  func pass(
    through items: ArraySlice<Int32>, reading: ReadIntervention, of network: KSRNetwork
  ) -> Trace {
    let key = Key(items: items, reading: reading)
    if let known = passes.withLock({ $0[key] }) { return known }
    let trace = network.trace(Array(items), reading: reading)
    passes.withLock { $0[key] = trace }
    return trace
  }
}
