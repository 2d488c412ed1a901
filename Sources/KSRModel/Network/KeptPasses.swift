import KSRNumerics
import Synchronization

/// The passes through late windows that were asked for last, by what was read and how.
///
/// A history and its edited runs have most of their windows in common, so they keep them together.
final class KeptPasses: Sendable {
  private struct Pass {
    let items: ArraySlice<Int32>
    let reading: ReadIntervention
    let trace: Trace
  }

  /// A pass takes about 400 kB with 25 relations: enough to step back and forth, and no more.
  private static let limit = 32

  /// The one asked for last stands at the end.
  private let passes = Mutex<[Pass]>([])

  /// The pass through some items, from here or made now.
  func pass(
    through items: ArraySlice<Int32>, reading: ReadIntervention, of network: KSRNetwork
  ) -> Trace {
    func isWanted(_ pass: Pass) -> Bool { pass.items == items && pass.reading == reading }
    let known: Trace? = passes.withLock { passes in
      guard let place = passes.lastIndex(where: isWanted) else { return nil }
      passes.append(passes.remove(at: place))
      return passes[passes.count - 1].trace
    }
    if let known { return known }
    let trace = network.trace(Array(items), reading: reading)
    passes.withLock { passes in
      passes.removeAll(where: isWanted)
      passes.append(Pass(items: items, reading: reading, trace: trace))
      if passes.count > Self.limit { passes.removeFirst() }
    }
    return trace
  }
}
