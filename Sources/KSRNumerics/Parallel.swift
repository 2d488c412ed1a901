import Dispatch
import Synchronization

/// Runs `body` for 0 ..< count on up to `threads` threads; each takes the next index that is left.
package func parallel(_ count: Int, threads: Int, _ body: @Sendable (Int) -> Void) {
  let workers = min(count, threads)
  guard workers > 1 else { return (0..<count).forEach(body) }
  let next = Atomic(0)
  DispatchQueue.concurrentPerform(iterations: workers) { _ in
    while true {
      let index = next.wrappingAdd(1, ordering: .relaxed).oldValue
      guard index < count else { return }
      body(index)
    }
  }
}

/// Runs `body` for stretches of a long row of numbers, each given by its start and length, on up to
/// `threads` threads.
package func parallel(
  stretchesOf count: Int, threads: Int, _ body: @Sendable (_ start: Int, _ length: Int) -> Void
) {
  let longest = 1 << 15
  parallel((count + longest - 1) / longest, threads: threads) { number in
    let start = number * longest
    body(start, min(longest, count - start))
  }
}

/// The values of `body` for 0 ..< count, in order, worked out on up to `threads` threads.
package func parallelMap<Value: Sendable>(
  _ count: Int, threads: Int, _ body: @Sendable (Int) -> Value
) -> [Value] {
  var values = [Value?](repeating: nil, count: count)
  values.withUnsafeMutableBufferPointer { values in
    nonisolated(unsafe) let values = values
    parallel(count, threads: threads) { values[$0] = body($0) }
  }
  return values.compactMap { $0 }
}

/// Two values that are made at the same time; of two errors the first is thrown.
package func both<First: Sendable, Second: Sendable, Failure: Error>(
  _ first: @Sendable () throws(Failure) -> First, _ second: @Sendable () throws(Failure) -> Second
) throws(Failure) -> (First, Second) {
  @Sendable func result<Value>(_ make: () throws(Failure) -> Value) -> Result<Value, Failure> {
    do throws(Failure) { return .success(try make()) } catch { return .failure(error) }
  }
  nonisolated(unsafe) var made: (Result<First, Failure>?, Result<Second, Failure>?)
  parallel(2, threads: 2) { place in
    if place == 0 { made.0 = result(first) } else { made.1 = result(second) }
  }
  guard let one = made.0, let other = made.1 else { preconditionFailure("both were made") }
  return (try one.get(), try other.get())
}

/// A value that is made when it is first asked for, by one of those who ask; the others wait.
package final class MadeOnce<Value: Sendable>: Sendable {
  private let made = Mutex<Value?>(nil)

  package init() {}

  package func value(_ make: () -> Value) -> Value {
    made.withLock { made in
      if let made { return made }
      let value = make()
      made = value
      return value
    }
  }
}
