import Benchmark
import ExplorerCore
import Foundation
import Simulated
import Workspace

/// The keys of somebody at work: steps, jumps beyond the window, lists, reasons, cards.
///
/// Every key of the script is a sample; the script is begun again where it ends, with another user,
/// so that nothing is known from the round before.
let script = """
  r,Right,Right,Left,Right,5,Right,],],[,w,Down,Down,Right,w,9,Left,Left,x,x,s,\
  End,Left,Left,Home,Right,S-Right,S-Right,Right,Tab,Down,Up,Tab,Enter,Esc,i,Esc,\
  v,1,0,Esc,/,I,t,e,Esc,3,Right,p,p,?,Esc,7,Right,Right,w,Right,Right,w
  """

/// The keys of somebody who asks what if and compares: items tried while a title is typed, steps moved
/// and taken out, relations silenced and boosted, undo, the smallest set, a pinned view.
let editScript = """
  r,e,Up,d,u,a,I,t,e,Down,Down,BSpace,Enter,K,K,J,s,s,+,-,f,f,>,<,u,U,Up,r,1,7,Down,Enter,R,u,\
  S,Right,Left,S,Esc,c,Right,Left,e,d,d,s,u,Esc,x,x,c,e,R,Esc
  """

/// The keys of somebody who looks at the map and at the model as a whole.
let viewScript = """
  m,Right,Up,+,+,Tab,Enter,s,Comma,.,0,Tab,Tab,Enter,BSpace,-,Space,Space,d,Down,Tab,End,Up,m,s,Esc,\
  r,d,PageDown,Tab,Esc,m,BTab,Enter,+,h,j,],[,Esc
  """

/// A key press up to its frame, on 60,000 items and histories of 500.
///
/// A key may come just when a portion of background work has begun, so each sample does a portion
/// first.
final class KeyToFrame: @unchecked Sendable {
  private let cache: SceneCache
  private let keys: [Key]
  private var next = 0
  private var state: State
  private var frame: Frame

  init(size: Size, script: String) throws {
    let directory = FileManager.default.temporaryDirectory
      .appendingPathComponent("ksr-benchmark-\(ProcessInfo.processInfo.processIdentifier)")
    defer { try? FileManager.default.removeItem(at: directory) }
    var catalogue = SimulatedCatalogue()
    catalogue.lengths = Array(repeating: 500, count: 200)
    let folder = try catalogue.writeHistories(in: directory)
    cache = SceneCache(try Session(catalogue.model(), folder: folder), name: "simulated")
    keys = try KeyScript.parse(script)
    state = State(size: size, user: 0, step: 60)
    frame = Explorer.render(state, cache.scene(for: state), glyphs: .unicode)
  }

  /// Presses the next key and draws the frame that it leads to.
  func press() {
    _ = cache.work(for: state)
    let key = keys[next]
    next = (next + 1) % keys.count
    if let action = Explorer.action(for: key, in: state, frame: frame) {
      state = Explorer.reduce(state, action, in: cache.scene(for: state)).state
    }
    frame = Explorer.render(state, cache.scene(for: state), glyphs: .unicode)
  }
}

extension BenchmarkMetric {
  /// The time of the middle key of a sample, in microseconds.
  static var medianKey: BenchmarkMetric { .custom("median key (μs)") }
  /// The time that only one key in a hundred of a sample exceeds, in microseconds.
  static var slowKey: BenchmarkMetric { .custom("p99 key (μs)") }
  /// From the key that opens the why view of 30 steps to its last value, in milliseconds.
  static var whySettled: BenchmarkMetric { .custom("why settled (ms)") }
}

/// A sample is a thousand keys: a threshold on its 99th percentile can be kept in a file.
let benchmarks: @Sendable () -> Void = {
  for size in [Size(columns: 120, rows: 36), Size(columns: 200, rows: 60)] {
    for (name, script) in [("key", script), ("edit-key", editScript), ("view-key", viewScript)] {
      Benchmark(
        "\(name)-to-frame-\(size.columns)x\(size.rows)",
        configuration: .init(
          metrics: [.medianKey, .slowKey], maxDuration: .seconds(20), maxIterations: 5)
      ) { benchmark, explorer in
        let clock = ContinuousClock()
        let times = (0..<1_000).map { _ in clock.measure { explorer.press() } }.sorted()
        benchmark.measurement(.medianKey, Int(times[500] / .microseconds(1)))
        benchmark.measurement(.slowKey, Int(times[990] / .microseconds(1)))
      } setup: {
        try KeyToFrame(size: size, script: script)
      }
    }
  }
  for (name, count) in [("1100", 1_100), ("60k", 60_000)] {
    Benchmark(
      "why-settled-\(name)-items",
      configuration: .init(metrics: [.whySettled], maxDuration: .seconds(20), maxIterations: 20)
    ) { benchmark, why in
      why.prepare()
      let time = ContinuousClock().measure { why.settle() }
      benchmark.measurement(.whySettled, Int(time / .milliseconds(1)))
    } setup: {
      try WhySettling(itemCount: count)
    }
  }
}
