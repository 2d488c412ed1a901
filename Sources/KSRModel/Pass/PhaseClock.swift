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

    package init(name: String, seconds: Double, count: Int) {
      self.name = name
      self.seconds = seconds
      self.count = count
    }
  }

  private struct Running: Hashable {
    let name: String
    let thread: UInt
  }

  private struct Times {
    var phases: [Phase] = []
    var begun: [Running: ContinuousClock.Instant] = [:]
    var operations = 0.0
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
  package func stop(_ name: String) {
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
  package func add(_ name: String, seconds: Double) {
    times.withLock { Self.add(name, seconds, to: &$0) }
  }

  /// The phases in the order in which they first ended.
  public var phases: [Phase] { times.withLock { $0.phases } }

  /// Adds floating-point operations that were done for the result's sake.
  public func count(operations: Double) { times.withLock { $0.operations += operations } }

  /// The floating-point operations counted so far.
  public var operations: Double { times.withLock { $0.operations } }

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

/// Takes the time of a closure where there is a clock.
public func measure<Result, Failure: Error>(
  _ clock: PhaseClock?, _ name: String, _ body: () throws(Failure) -> Result
) throws(Failure) -> Result {
  guard let clock else { return try body() }
  return try clock.measure(name, body)
}
