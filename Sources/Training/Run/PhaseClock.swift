import Glibc
import Synchronization

/// Adds up the time that the named phases of a computation take, on any threads.
///
/// A phase "step/gates" is part of the phase "step". Phases that run on several threads at once add
/// up the time of all of them.
public final class PhaseClock: Sendable {
  /// One phase in numbers.
  public struct Phase: Sendable, Equatable {
    /// Its name; what stands before a slash is the phase that it is part of.
    public let name: String
    /// The time it took.
    public internal(set) var seconds: Double
    /// How often it ran.
    public internal(set) var count: Int
  }

  private struct Running: Hashable {
    let name: String
    let thread: UInt
  }

  private struct Times {
    var phases: [Phase] = []
    var begun: [Running: ContinuousClock.Instant] = [:]
  }

  private let times = Mutex(Times())
  private let begin = ContinuousClock.now

  /// A clock that starts now.
  public init() {}

  /// Begins a phase on this thread.
  public func start(_ name: String) {
    let key = Running(name: name, thread: UInt(pthread_self()))
    times.withLock { $0.begun[key] = .now }
  }

  /// Ends a phase that began on this thread; nothing if there is none.
  public func stop(_ name: String) {
    let end = ContinuousClock.now
    let key = Running(name: name, thread: UInt(pthread_self()))
    times.withLock { times in
      guard let begin = times.begun.removeValue(forKey: key) else { return }
      Self.add(name, (end - begin) / .seconds(1), to: &times)
    }
  }

  /// Takes the time of a closure.
  public func measure<Result, Failure: Error>(
    _ name: String, _ body: () throws(Failure) -> Result
  ) throws(Failure) -> Result {
    let begin = ContinuousClock.now
    defer { add(name, seconds: (ContinuousClock.now - begin) / .seconds(1)) }
    return try body()
  }

  /// Adds a time that was taken elsewhere.
  public func add(_ name: String, seconds: Double) {
    times.withLock { Self.add(name, seconds, to: &$0) }
  }

  /// The phases in the order in which they first ended.
  public var phases: [Phase] { times.withLock { $0.phases } }

  /// Seconds since the clock started.
  public var seconds: Double { (ContinuousClock.now - begin) / .seconds(1) }

  private static func add(_ name: String, _ seconds: Double, to times: inout Times) {
    if let index = times.phases.firstIndex(where: { $0.name == name }) {
      times.phases[index].seconds += seconds
      times.phases[index].count += 1
    } else {
      times.phases.append(Phase(name: name, seconds: seconds, count: 1))
    }
  }
}

extension PhaseClock {
  /// The phases with their times, how often they ran and their shares of all the time since the
  /// clock started, parts under their wholes.
  public var table: String { Self.table(phases, total: seconds) }

  static func table(_ phases: [Phase], total: Double) -> String {
    let whole = phases.filter { !$0.name.contains("/") }
    var rows = [row("phase", "seconds", "share", "times")]
    func add(_ name: String, _ seconds: Double, _ count: Int?) {
      rows.append(
        row(
          name, decimal(seconds, 3), decimal(100 * seconds / max(total, 1e-9), 1) + " %",
          count.map { "\($0)" } ?? ""))
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
    return rows.joined(separator: "\n")
  }

  private static func row(_ name: String, _ columns: String...) -> String {
    columns.reduce(name + String(repeating: " ", count: max(0, 24 - name.count))) { line, column in
      line + String(repeating: " ", count: max(1, 12 - column.count)) + column
    }
  }
}

/// A number with some decimals, rounded.
func decimal(_ value: Double, _ places: Int) -> String {
  guard value.isFinite, value.magnitude < 1e12 else { return "\(value)" }
  let unit = (0..<places).reduce(1) { power, _ in power * 10 }
  let scaled = Int((value.magnitude * Double(unit)).rounded())
  let fraction = String(scaled % unit)
  let sign = value < 0 && scaled != 0 ? "-" : ""
  let zeros = String(repeating: "0", count: max(0, places - fraction.count))
  return "\(sign)\(scaled / unit)" + (places > 0 ? "." + zeros + fraction : "")
}
