import Dispatch

/// Runs `body` for 0 ..< count on up to `threads` threads, which share the work evenly.
package func parallel(_ count: Int, threads: Int, _ body: @Sendable (Int) -> Void) {
  let workers = min(count, threads)
  guard workers > 1 else { return (0..<count).forEach(body) }
  DispatchQueue.concurrentPerform(iterations: workers) { worker in
    for index in stride(from: worker, to: count, by: workers) { body(index) }
  }
}
