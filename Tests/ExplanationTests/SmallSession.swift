import AtomicFiles
import Foundation
import KSRModel
import ModelTestSupport
import Workspace

/// A random model with a data folder of random histories, which is removed with it.
final class SmallSession {
  let folder: URL
  let model: TrainedModel
  let histories: [[Int32]]

  /// Users u0 … of `length` steps and more; those whose names end in 0 are held out.
  init(_ random: RandomNetwork, users: Int = 12, length: Int = 8) throws {
    var model = random.model()
    model.provenance.split.heldOutUsers = ["*0"]
    self.model = model
    histories = (0..<users).map { random.history(length + $0 % 5, stream: UInt64($0)) }
    folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("ksr-explanation-\(UUID().uuidString)/small")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    var lines = ["user_id:token\titem_id:token\ttimestamp:float"]
    for (user, items) in histories.enumerated() {
      for (step, item) in items.enumerated() { lines.append("u\(user)\ti\(item)\t\(step)") }
    }
    try write(lines, "inter")
  }

  deinit { try? FileManager.default.removeItem(at: folder.deletingLastPathComponent()) }

  func write(_ lines: [String], _ suffix: String) throws {
    try (lines.joined(separator: "\n") + "\n").write(
      to: folder.appendingPathComponent("small.\(suffix)"), atomically: false, encoding: .utf8)
  }

  func session() throws -> Session { try Session(model, folder: AtomicFolder(path: folder.path)) }
}
