import Dispatch
import Synchronization

/// Runs `body` for 0 ..< count on up to `threads` threads; who is free takes the next number.
func parallel(_ count: Int, threads: Int, _ body: @Sendable (Int) -> Void) {
  let workers = min(count, threads)
  guard workers > 1 else { return (0..<count).forEach(body) }
  let next = Atomic<Int>(0)
  DispatchQueue.concurrentPerform(iterations: workers) { _ in
    while true {
      let index = next.add(1, ordering: .relaxed).oldValue
      guard index < count else { return }
      body(index)
    }
  }
}
