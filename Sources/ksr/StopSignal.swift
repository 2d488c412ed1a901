import Glibc
import Synchronization

/// The signal that asked the program to stop, or 0.
private let received = Atomic<Int32>(0)

/// SIGINT and SIGTERM as a wish to stop soon instead of at once.
enum StopSignal {
  /// From now on the first such signal is only remembered; a second one ends the program.
  static func await() {
    _ = received.load(ordering: .relaxed)
    for number in [SIGINT, SIGTERM] {
      signal(number) { number in
        received.store(number, ordering: .relaxed)
        signal(number, SIG_DFL)
      }
    }
  }

  static var isReceived: Bool { received.load(ordering: .relaxed) != 0 }

  /// What the program's exit status is then: 130 or 143, as shells have it.
  static var status: Int32 { 128 + received.load(ordering: .relaxed) }
}
