import Foundation
import TestSupport
import Testing

@Suite(
  "Watching a run in a terminal",
  .enabled(if: Programs.canUseTerminal, "needs tmux; KSR_REQUIRE_TMUX=1 makes that a failure"))
struct WatchInTerminalTests {
  private static let header = "epoch,loss,NDCG@10,learning_rate,recoveries,seconds,best\n"

  @Test("waits for a model, shows it, and another one at the same step when it is put in place")
  func watching() throws {
    let files = FileManager.default
    let folder = files.temporaryDirectory.appendingPathComponent("ksr-run-\(UUID().uuidString)")
    try files.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? files.removeItem(at: folder) }
    let little = TestEnvironment.fixture("explorer/little")
    let model = folder.appendingPathComponent("m.safetensors")
    /// Writes beside the place and renames, as training does.
    func place(_ data: Data, _ name: String) throws {
      let beside = folder.appendingPathComponent("partial")
      try data.write(to: beside)
      guard rename(beside.path, folder.appendingPathComponent(name).path) == 0 else {
        throw TmuxSession.Failure(description: "cannot rename to \(name)")
      }
    }
    func history(_ lines: String) throws {
      try place(Data((Self.header + lines).utf8), "m.safetensors.history.csv")
    }
    let good = try Data(contentsOf: URL(fileURLWithPath: "\(little)/little.safetensors"))

    let session = try TmuxSession(columns: 100, rows: 30)
    try session.enter(
      "\(try Programs.executable("ksr-tui")) --watch \(model.path) --data \(little)"
        + " --viewer guest0 --step 6")
    try session.wait(for: "Waiting for a model")
    try history("1,5.5,,0.01,0,0.5,0\n")
    try session.wait(for: "5.5000")
    try place(good.prefix(good.count / 2), "m.safetensors")
    try session.wait("a sentence about the half file") { !$0.contains("is not there yet") }
    try place(good, "m.safetensors")
    try session.wait(for: "step 6/9")
    try session.press("Right")
    try session.wait(for: "step 7/9")
    try history("1,5.5,,0.01,0,0.5,0\n2,5.25,0.25,0.01,0,0.5,1\n")
    try session.wait(for: "best 0.2500 in epoch 2")
    try place(good, "m.safetensors")
    try session.wait(for: "Loaded better checkpoint (epoch")
    #expect(try session.screen().contains("step 7/9"))
    #expect(try session.screen().contains("guest0"))
    try place(Data("nothing".utf8), "m.safetensors")
    try session.wait(for: "The last one stays")
    #expect(try session.screen().contains("step 7/9"))
    try session.press("m")
    try session.wait(for: "PCA of")
    try session.press("q")
    try session.wait(for: "alternate_on", toBe: "0")
  }

  @Test("q leaves while there is nothing to show")
  func leaving() throws {
    let session = try TmuxSession(columns: 60, rows: 10)
    try session.enter("\(try Programs.executable("ksr-tui")) --watch /nowhere/m.safetensors")
    try session.wait(for: "Waiting for a model")
    try session.resize(columns: 30, rows: 5)
    try session.wait(for: "Waiting for a model")
    try session.press("q")
    try session.wait(for: "alternate_on", toBe: "0")
    try session.enter("echo status=$?")
    try session.wait(for: "status=0")
  }
}
