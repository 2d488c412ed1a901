import Foundation
import Testing

/// Whether a file system of a size of its own can be put in place.
private let canMount: Bool = {
  guard getuid() == 0 else { return false }
  let path = NSTemporaryDirectory() + "ksr-mount-\(UUID().uuidString)"
  guard mkdir(path, 0o700) == 0 else { return false }
  defer { rmdir(path) }
  guard mount("tmpfs", path, "tmpfs", 0, "size=64k") == 0 else { return false }
  umount(path)
  return true
}()

@Suite("ksr train: ends of all kinds, and going on")
struct TrainingResumeTests {
  private static let epochs = 12

  /// The bytes of a run that nothing interrupts.
  private static func whole(_ folder: TrainingFolder, epochs: Int = epochs) throws -> Data {
    let model = folder.path + "/whole.safetensors"
    let (status, output) = try folder.run(folder.arguments(epochs: epochs, model: model))
    guard status == 0 else { throw TmuxSession.Failure(description: output) }
    return try folder.bytes(model)
  }

  /// When the program is killed.
  enum Moment: CaseIterable {
    case beforeTheFirstEpoch, afterTheFirst, whileAFileIsWritten, afterTheFourth, inTheLast
  }

  @Test("Killed at any moment, a run goes on to the same bytes", arguments: Moment.allCases)
  func kill(moment: Moment) throws {
    let folder = try TrainingFolder()
    let whole = try Self.whole(folder)
    let run = try TrainingRun(folder.arguments(epochs: Self.epochs, "--log-json"))
    func read(epoch: Int) {
      while let line = run.read(until: "\"event\":\"epoch\"") {
        if line.contains("\"epoch\":\(epoch),") { return }
      }
    }
    switch moment {
    case .beforeTheFirstEpoch:
      _ = run.read(until: "\"event\":\"start\"")
      // The state is there from before the first batch on.
      while !FileManager.default.fileExists(atPath: folder.model + ".state") {}
    case .afterTheFirst: read(epoch: 1)
    case .whileAFileIsWritten:
      read(epoch: 2)
      while try !folder.names().contains(where: { $0.hasPrefix(".partial") }),
        isRunning(run.identifier)
      {}
    case .afterTheFourth: read(epoch: 4)
    case .inTheLast: read(epoch: Self.epochs - 1)
    }
    run.send(SIGKILL)
    _ = run.end()
    // With the settings given again, and with those of the state alone.
    let state = folder.model + ".state"
    let (status, output) = try folder.run(
      moment == .afterTheFirst
        ? ["train", "--data", folder.data, "--output", folder.model, "--resume", state]
        : folder.arguments(epochs: Self.epochs, "--resume", state, "--threads", "3"))
    #expect(status == 0, "\(output)")
    #expect(try folder.bytes(folder.model) == whole)
    let history = try String(contentsOfFile: folder.model + ".history.csv", encoding: .utf8)
    #expect(history.split(separator: "\n").count == Self.epochs + 1)
    // Going on from the end gives the end.
    let again = try folder.run(folder.arguments(epochs: Self.epochs, "--resume", state))
    #expect(again.status == 0)
    #expect(try folder.bytes(folder.model) == whole)
  }

  @Test("SIGINT and SIGTERM save, and say the command that goes on", arguments: [SIGINT, SIGTERM])
  func interrupt(signal: Int32) throws {
    let folder = try TrainingFolder()
    let epochs = 60
    let whole = try Self.whole(folder, epochs: epochs)
    let run = try TrainingRun(folder.arguments(epochs: epochs))
    #expect(run.read(until: "epoch 1 ") != nil)
    run.send(signal)
    let (status, lines) = run.end()
    #expect(status == 128 + signal)
    #expect(lines.contains { $0.hasPrefix("Stopped after epoch ") && $0.hasSuffix("To go on:") })
    let command = try #require(lines.last?.split(separator: " ").map(String.init))
    #expect(command.first == "ksr")
    let (resumed, output) = try folder.run(Array(command.dropFirst()))
    #expect(resumed == 0, "\(output)")
    #expect(try folder.bytes(folder.model) == whole)
  }

  @Test("A run does not go on with other settings or data")
  func otherSettings() throws {
    let folder = try TrainingFolder()
    #expect(try folder.run(folder.arguments(epochs: 1)).status == 0)
    let resume = ["--resume", folder.model + ".state"]
    var (status, output) = try folder.run(
      folder.arguments(epochs: 2, "--set", "gamma=3", "--set", "seed=1") + resume)
    #expect(status == 64)
    #expect(output.contains("seed is 2020 there and 1 here"), "\(output)")
    #expect(output.contains("gamma is 10.0 there and 3.0 here"), "\(output)")
    #expect(!output.contains("hidden_size is"))
    let table = folder.data + "/tiny-ksr.inter"
    var rows = try String(contentsOfFile: table, encoding: .utf8).split(separator: "\n")
    rows.removeLast(20)
    try Data((rows.joined(separator: "\n") + "\n").utf8).write(to: URL(fileURLWithPath: table))
    (status, output) = try folder.run(folder.arguments(epochs: 1) + resume)
    #expect(status == 1 && output.contains("the interactions of tiny-ksr differ"), "\(output)")
    try FileManager.default.removeItem(atPath: table)
    (status, output) = try folder.run(folder.arguments(epochs: 1) + resume)
    #expect(status == 1 && output.contains("no tiny-ksr.inter"), "\(output)")
  }

  @Test("A run goes on for more epochs, to the bytes of one that was begun with them")
  func moreEpochs() throws {
    let folder = try TrainingFolder()
    let whole = try Self.whole(folder, epochs: 9)
    #expect(try folder.run(folder.arguments(epochs: 4)).status == 0)
    let start = [
      "train", "--data", folder.data, "--output", folder.model, "--resume", folder.model + ".state",
    ]
    var (status, output) = try folder.run(start + ["--set", "epochs=9"])
    #expect(status == 0 && output.contains("\nepoch 9 "), "\(output)")
    #expect(try folder.bytes(folder.model) == whole)
    (status, output) = try folder.run(start + ["--set", "epochs=5"])
    #expect(status == 64 && output.contains("epochs is 5, and 9 are done."), "\(output)")
    #expect(try folder.bytes(folder.model) == whole)
    let cosine = folder.arguments(epochs: 2, "--set", "learning_rate_schedule=cosine")
    #expect(try folder.run(cosine).status == 0)
    (status, output) = try folder.run(start + ["--set", "epochs=3"])
    #expect(status == 0, "\(output)")
    #expect(output.contains("learning_rate_schedule cosine depends on epochs: epochs 1 to 2 "))
  }

  @Test("A loss that is not finite stops the run and leaves what was good")
  func notFinite() throws {
    let folder = try TrainingFolder()
    let whole = try Self.whole(folder, epochs: 2)
    let (status, output) = try folder.run(
      folder.arguments(
        epochs: 2, "--set", "learning_rate=1e38", "--set", "max_recoveries=0",
        model: folder.path + "/whole.safetensors"))
    #expect(status == 1)
    #expect(output.contains("ksr: The loss of step ") && output.contains("learning_rate below"))
    #expect(try folder.bytes(folder.path + "/whole.safetensors") == whole)
  }

  @Test("A file that may not grow stops the run and leaves what was good")
  func fileLimit() throws {
    let folder = try TrainingFolder()
    let whole = try Self.whole(folder, epochs: 2)
    let command =
      ([try Programs.executable("ksr")]
      + folder.arguments(
        epochs: 2, model: folder.path + "/whole.safetensors"))
      .map { "'\($0)'" }.joined(separator: " ")
    // Blocks of 512 bytes: less than the state needs.
    let (status, output) = try Programs.run(
      "/bin/sh", ["-c", "trap '' XFSZ; ulimit -f 20; exec \(command)"],
      environment: ["PATH=/usr/bin:/bin"])
    #expect(status == 1)
    #expect(
      output.contains("whole.safetensors.state: cannot be written: File too large."), "\(output)")
    #expect(try folder.bytes(folder.path + "/whole.safetensors") == whole)
    #expect(try !folder.names().contains { $0.hasPrefix(".partial") })
  }

  @Test(
    "A full disk stops the run and leaves what was good",
    .enabled(if: canMount, "needs the right to mount a file system"))
  func fullDisk() throws {
    let folder = try TrainingFolder()
    let whole = try Self.whole(folder)
    let state = try folder.bytes(folder.path + "/whole.safetensors.state").count
    let disk = folder.path + "/disk"
    #expect(mkdir(disk, 0o700) == 0)
    // Room for the first state and half of the next beside it.
    #expect(mount("tmpfs", disk, "tmpfs", 0, "size=\(state * 3 / 2)") == 0)
    defer { umount2(disk, Int32(MNT_DETACH)) }
    let model = disk + "/m.safetensors"
    var (status, output) = try folder.run(folder.arguments(epochs: Self.epochs, model: model))
    #expect(status == 1)
    #expect(output.contains("No space left on device."), "\(output)")
    #expect(try !folder.names(disk).contains { $0.hasPrefix(".partial") })
    // What is there is whole: another disk goes on from it.
    (status, output) = try folder.run(
      folder.arguments(epochs: Self.epochs, "--resume", model + ".state"))
    #expect(status == 0, "\(output)")
    #expect(try folder.bytes(folder.model) == whole)
  }
}

/// Whether a process has not ended yet.
private func isRunning(_ identifier: pid_t) -> Bool {
  var info = siginfo_t()
  return waitid(P_PID, id_t(identifier), &info, WEXITED | WNOHANG | WNOWAIT) == 0
    && info._sifields._kill.si_pid == 0
}
