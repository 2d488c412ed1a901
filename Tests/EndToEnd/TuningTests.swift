import Foundation
import TestSupport
import Testing

/// `ksr tune` as a program.
@Suite struct TuningCommandTests {
  private let folder: TrainingFolder

  init() throws {
    folder = try TrainingFolder()
    _ = try folder.write(
      "learning_rate choice [0.01,0.003]\nhidden_size choice [4,8]\n", to: "hyper.test")
  }

  private func arguments(_ prefix: String, _ more: String...) -> [String] {
    [
      "tune", "--data", folder.data, "--params-file", folder.path + "/hyper.test", "--output",
      "\(folder.path)/\(prefix)",
    ] + folder.settings(epochs: 2) + more
  }

  private func results(_ prefix: String) throws -> [Data] {
    try ["result", "best.yaml"].map { try folder.bytes("\(folder.path)/\(prefix).\($0)") }
  }

  @Test func theNumberOfJobsChangesNoResult() throws {
    let one = try folder.run(arguments("one"))
    #expect(one.status == 0, "\(one.output)")
    #expect(one.output.contains("trial 4/4  learning_rate=0.003 hidden_size=8"))
    let three = try folder.run(arguments("three", "--jobs", "3"))
    #expect(three.status == 0, "\(three.output)")
    #expect(try results("one") == results("three"))
    let journal = String(decoding: try folder.bytes("\(folder.path)/one.jsonl"), as: UTF8.self)
    #expect(journal.split(separator: "\n").count == 5)
    // What it found can be trained with.
    let train = try folder.run([
      "train", "--data", folder.data, "--config", "\(folder.path)/one.best.yaml", "--output",
      folder.model,
    ])
    #expect(train.status == 0, "\(train.output)")
  }

  @Test func goesOnAfterAKill() throws {
    let whole = try folder.run(arguments("whole"))
    #expect(whole.status == 0, "\(whole.output)")
    let run = try TrainingRun(arguments("killed"))
    #expect(run.read(until: "trial 2/4") != nil)
    run.send(SIGKILL)
    #expect(run.end().status == 128 + SIGKILL)
    let rest = try folder.run(arguments("killed"))
    #expect(rest.status == 0, "\(rest.output)")
    #expect(rest.output.contains("trials are done already"))
    #expect(!rest.output.contains("trial 1/4"))
    #expect(try results("killed") == results("whole"))
    let other = try folder.run(arguments("killed", "--seed", "7"))
    #expect(other.status == 1 && other.output.contains("the journal of another tuning"))
  }

  @Test func tellsTheLineOfAWrongValue() throws {
    for (text, expected) in [
      ("learning_rate choice [0.01]\nhidden_size choice [8,x]", "line 2, field hidden_size"),
      ("learning_rat choice [0.01]", "line 1: there is no setting \"learning_rat\""),
      ("learning_rate choise [0.01]", "line 1"),
    ] {
      _ = try folder.write(text, to: "hyper.test")
      let run = try folder.run(arguments("wrong"))
      #expect(run.status == 1 && run.output.contains(expected), "\(run.output)")
    }
  }
}
