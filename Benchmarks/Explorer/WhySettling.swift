import ExplorerCore
import Foundation
import Simulated
import Workspace

/// From the key that opens the why view of 30 steps to its last value: 300 runs for the removal values,
/// the steps left out alone, and the pairs, on one core.
final class WhySettling: @unchecked Sendable {
  private let cache: SceneCache
  private let keys: [Key]
  private var user = 0
  private var state = State(size: Size(columns: 120, rows: 36))

  init(itemCount: Int) throws {
    let directory = FileManager.default.temporaryDirectory
      .appendingPathComponent("ksr-benchmark-\(ProcessInfo.processInfo.processIdentifier)")
    defer { try? FileManager.default.removeItem(at: directory) }
    var catalogue = SimulatedCatalogue()
    catalogue.itemCount = itemCount
    catalogue.lengths = Array(repeating: 30, count: 200)
    let folder = try catalogue.writeHistories(in: directory)
    cache = SceneCache(try Session(catalogue.model(), folder: folder), name: "simulated")
    keys = try KeyScript.parse("w")
  }

  /// Goes to the last step of another user, and waits for all but the why view.
  func prepare() {
    state = State(size: Size(columns: 120, rows: 36), user: user, step: 29)
    user = (user + 1) % 200
    while cache.work(for: state) {}
  }

  /// Opens the view and waits for its values.
  func settle() {
    let frame = Explorer.render(state, cache.scene(for: state), glyphs: .unicode)
    if let action = Explorer.action(for: keys[0], in: state, frame: frame) {
      state = Explorer.reduce(state, action, in: cache.scene(for: state)).state
    }
    while cache.work(for: state) {}
  }
}
