import KSRModel
import KSRNumerics
import Text

extension PhaseClock {
  /// The phases with their times, how often they ran and their shares of all the time since the
  /// clock started, parts under their wholes.
  package var table: String { Self.table(phases, total: seconds) }

  /// The time that training took, without reading data, validation and writing.
  public var trainingSeconds: Double {
    let names: Set = ["shuffle and pack", "step", "optimiser"]
    return phases.reduce(0) { names.contains($1.name) ? $0 + $1.seconds : $0 }
  }

  /// What share of the peak of matrix products training sustained, in words; nil before it did
  /// anything.
  ///
  /// - Parameters:
  ///   - peak: floating-point operations a second of all threads at once.
  public func share(ofPeak peak: Double, threads: Int) -> String? {
    let seconds = trainingSeconds
    guard operations > 0, seconds > 0 else { return nil }
    let rate = operations / seconds
    return
      "training: \(decimal(operations / 1e9, places: 1)) useful GFLOP in \(decimal(seconds, places: 3)) s, "
      + "\(decimal(rate / 1e9, places: 1)) GFLOP/s: \(decimal(100 * rate / peak, places: 1)) % of the "
      + "\(decimal(peak / 1e9, places: 1)) GFLOP/s that matrix products reach on \(threads) "
      + (threads == 1 ? "thread" : "threads")
  }

  static func table(_ phases: [Phase], total: Double) -> String {
    let whole = phases.filter { !$0.name.contains("/") }
    var table = TextTable(
      [
        .left("phase", width: 24), .right("seconds", width: 11), .right("share", width: 11),
        .right("times", width: 11),
      ], gap: 1)
    func add(_ name: String, _ seconds: Double, _ count: Int?) {
      table.add([
        name, decimal(seconds, places: 3),
        decimal(100 * seconds / max(total, 1e-9), places: 1) + " %", count.map { "\($0)" } ?? "",
      ])
    }
    func addParts(of phase: String, depth: Int) {
      for part in phases where part.name.hasPrefix(phase + "/") {
        let rest = part.name.dropFirst(phase.count + 1)
        guard !rest.contains("/") else { continue }
        add(String(repeating: "  ", count: depth) + rest, part.seconds, part.count)
        addParts(of: part.name, depth: depth + 1)
      }
    }
    for phase in whole {
      add(phase.name, phase.seconds, phase.count)
      addParts(of: phase.name, depth: 1)
    }
    add("all else", max(0, total - whole.reduce(0) { $0 + $1.seconds }), nil)
    add("in all", total, nil)
    return table.lines.joined(separator: "\n")
  }
}

/// How fast this machine multiplies matrices that are in the cache: what training is measured by.
public enum MatrixProductPeak {
  /// Floating-point operations a second of the given threads at once: the best of some rounds.
  ///
  /// - Complexity: about a tenth of a second.
  public static func measure(threads: Int) -> Double {
    let (side, products, rounds) = (384, 20, 12)
    let operations = 2 * Double(side * side * side * products * max(1, threads))
    nonisolated(unsafe) let buffers = (0..<max(1, threads)).map { _ in
      (MatrixBuffer(), MatrixBuffer(), MatrixBuffer())
    }
    for (a, b, c) in buffers {
      for buffer in [a, b, c] {
        buffer.reserve(rows: side, columns: side).base.update(repeating: 1, count: side * side)
      }
    }
    var best = Double.infinity
    for _ in 0..<rounds {
      let begin = ContinuousClock.now
      parallel(buffers.count, threads: buffers.count) { thread in
        let (a, b, c) = buffers[thread]
        for _ in 0..<products {
          multiply(a.view, b.view, into: c.all)
        }
      }
      best = min(best, (ContinuousClock.now - begin) / .seconds(1))
    }
    return operations / best
  }
}
