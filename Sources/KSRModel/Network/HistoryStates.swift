import Synchronization

/// The state of the model at any step of a history, however long.
///
/// The state at step t is the model run from zero on the last L items up to t (DESIGN.md §3). The
/// first L steps share one pass; each later step is a pass of its own, run when it is asked for. The
/// first pass and the last few others are kept.
public final class HistoryStates: Sendable {
  /// The network that reads.
  public let network: KSRNetwork
  /// All items of the history, oldest first.
  public let items: [Int32]
  /// The change under which the memory is read.
  public let reading: ReadIntervention

  private struct Passes {
    var first: Trace?
    /// Passes by the step they start at, the one asked for last at the end.
    var later: [(start: Int, trace: Trace)] = []
    /// The scores that were asked for last: several views of one step need them.
    var scores: (step: Int, values: [Float])?
  }

  /// A pass takes about 400 kB with 25 relations: enough to step back and forth, and no more.
  private static let keptPasses = 32

  private let passes = Mutex(Passes())

  /// The states of a history under a network, and under a change of what is read.
  public init(network: KSRNetwork, items: [Int32], reading: ReadIntervention = .none) {
    self.network = network
    self.items = items
    self.reading = reading
  }

  /// The number of steps.
  public var count: Int { items.count }

  /// The steps, from 0, that the model sees at `step`.
  public func window(at step: Int) -> ClosedRange<Int> {
    max(0, step + 1 - network.settings.maxItemListLength)...step
  }

  /// The pass that ends with the state at `step` or runs through it.
  ///
  /// - Returns: the trace and the row of `step` in it.
  public func pass(through step: Int) -> (trace: Trace, row: Int) {
    precondition(items.indices.contains(step), "step \(step) of \(items.count)")
    let window = window(at: step)
    let shared = min(items.count, network.settings.maxItemListLength)
    let range = window.lowerBound == 0 ? 0..<shared : window.lowerBound..<step + 1
    let start = range.lowerBound
    let known: Trace? = passes.withLock { passes in
      if start == 0 { return passes.first }
      guard let place = passes.later.firstIndex(where: { $0.start == start }) else { return nil }
      passes.later.append(passes.later.remove(at: place))
      return passes.later[passes.later.count - 1].trace
    }
    if let known { return (known, step - start) }
    let trace = network.trace(Array(items[range]), reading: reading)
    passes.withLock { passes in
      if start == 0 {
        passes.first = trace
      } else {
        passes.later.removeAll { $0.start == start }
        passes.later.append((start, trace))
        if passes.later.count > Self.keptPasses { passes.later.removeFirst() }
      }
    }
    return (trace, step - start)
  }

  /// h_t of the top layer at `step`.
  public func state(at step: Int) -> ArraySlice<Float> {
    let (trace, row) = pass(through: step)
    return trace.states.row(row)
  }

  /// p_t at `step`.
  public func preference(at step: Int) -> ArraySlice<Float> {
    let (trace, row) = pass(through: step)
    return trace.preferences.row(row)
  }

  /// p_t · q_i of every item [N] at `step`; the padding item's score has no meaning.
  public func scores(at step: Int) -> [Float] {
    if let known = passes.withLock({ $0.scores }), known.step == step { return known.values }
    let values = network.scores(preference(at: step))
    passes.withLock { $0.scores = (step, values) }
    return values
  }
}
