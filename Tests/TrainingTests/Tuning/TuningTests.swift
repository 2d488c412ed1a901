import AtomicFiles
import Foundation
import Testing

@testable import Training

@Suite struct TuningTests {
  private func space(_ text: String) throws -> SearchSpace {
    try SearchSpace(text, source: "hyper.test")
  }

  // MARK: Plans

  @Test func theGridIsInDeclaredOrder() throws {
    let plan = TrialPlan(
      try space("a choice [1,2]\nb choice [x,y,z]\nc quniform 10,20,5"), .grid, maximum: nil,
      seed: 1)
    let found = plan.trials.map { $0.map(\.yaml).joined(separator: " ") }
    var expected: [String] = []
    for a in ["1", "2"] {
      for b in ["\"x\"", "\"y\"", "\"z\""] {
        for c in ["10.0", "15.0", "20.0"] { expected.append("\(a) \(b) \(c)") }
      }
    }
    #expect(found == expected)
    let part = TrialPlan(plan.space, .grid, maximum: 4, seed: 1)
    #expect(part.trials == Array(plan.trials.prefix(4)))
  }

  @Test func theGridDrawsWhatHasNoEndAnew() throws {
    let plan = TrialPlan(
      try space("a uniform 0,1\nb choice [1,2,3]"), .grid, maximum: nil, seed: 5)
    #expect(plan.trials.map { $0[1] } == [.int(1), .int(2), .int(3)])
    #expect(Set(plan.trials.map { $0[0].yaml }).count == 3)
    let again = TrialPlan(plan.space, .grid, maximum: nil, seed: 5)
    #expect(again.trials == plan.trials)
  }

  @Test func randomTrialsFollowFromTheSeed() throws {
    let space = try space("a loguniform -8,0\nb uniform 2,3\nc choice [1,2]\nd quniform 0,1,0.25")
    let plan = TrialPlan(space, .random, maximum: 300, seed: 9)
    #expect(plan.trials.count == 300)
    #expect(TrialPlan(space, .random, maximum: 300, seed: 9).trials == plan.trials)
    #expect(TrialPlan(space, .random, maximum: 20, seed: 9).trials == Array(plan.trials.prefix(20)))
    #expect(TrialPlan(space, .random, maximum: 300, seed: 8).trials != plan.trials)
    func numbers(_ place: Int) -> [Double] {
      plan.trials.compactMap { if case .float(let number) = $0[place] { number } else { nil } }
    }
    let logarithms = numbers(0).map(log)
    #expect(logarithms.allSatisfy { $0 >= -8 && $0 <= 0 })
    #expect(abs(logarithms.reduce(0, +) / 300 + 4) < 0.5)
    #expect(numbers(1).allSatisfy { $0 >= 2 && $0 < 3 })
    #expect(Set(numbers(3)) == [0, 0.25, 0.5, 0.75, 1])
  }

  @Test func randomSearchRepeatsNothingAndEnds() throws {
    let space = try space("a choice [1,2,3]\nb choice [1,2]")
    let plan = TrialPlan(space, .random, maximum: 100, seed: 2)
    #expect(plan.trials.count == 6 && Set(plan.trials.map { $0.map(\.yaml) }).count == 6)
  }

  // MARK: Patience and the best

  private func record(_ trial: Int, _ score: Double?) -> TrialRecord {
    var record = TrialRecord(trial: trial, parameters: [:])
    record.score = score
    return record
  }

  /// Whatever order parallel trials end in, the same ones count and the same one is best.
  @Test func theOrderOfEndsPlaysNoPart() {
    let scores: [Double?] = [0.2, 0.3, nil, 0.3, 0.1, 0.5, 0.6]
    for order in [[1, 2, 3, 4, 5, 6, 7], [7, 6, 5, 4, 3, 2, 1], [2, 1, 6, 3, 5, 7, 4]] {
      var progress = TuningProgress(planned: 7, patience: 3)
      for trial in order { progress.take(record(trial, scores[trial - 1])) }
      #expect(progress.lastTrial == 5 && progress.isFinished)
      #expect(progress.best?.trial == 2 && progress.counted.map(\.trial) == [1, 2, 3, 4, 5])
    }
    var patient = TuningProgress(planned: 7, patience: nil)
    for trial in 1...6 { patient.take(record(trial, scores[trial - 1])) }
    #expect(!patient.isFinished && patient.best?.trial == 6)
    patient.take(record(7, 0.6))
    #expect(patient.isFinished && patient.best?.trial == 7)
  }

  // MARK: Journal

  private func header(_ change: (inout TuningHeader) -> Void = { _ in }) -> TuningHeader {
    var header = TuningHeader(
      space: ["a choice [1]"], settings: ["gamma": "10"], algorithm: "grid", seed: 1, data: "d")
    change(&header)
    return header
  }

  private func path() -> String {
    NSTemporaryDirectory() + "journal-\(UUID().uuidString).jsonl"
  }

  private func sentence(_ body: () throws -> Void) -> String? {
    do {
      try body()
      return nil
    } catch {
      return "\(error)"
    }
  }

  @Test func theJournalSurvivesATornLine() throws {
    let path = path()
    defer { unlink(path) }
    var full = record(1, 0.25)
    full.valid = ["NDCG@10": 0.25]
    full.parameters = ["a": "1"]
    full.epochs = 3
    do {
      let journal = try TuningJournal(path: path, header: header())
      try journal.add(full)
      try journal.add(record(3, nil))
    }
    let complete = try Data(contentsOf: URL(fileURLWithPath: path))
    // Cut anywhere, it holds the trials whose lines are whole, and can be gone on with.
    for length in 0...complete.count {
      try complete.prefix(length).write(to: URL(fileURLWithPath: path))
      let journal = try TuningJournal(path: path, header: header())
      let lines = complete.prefix(length).count { $0 == UInt8(ascii: "\n") }
      #expect(journal.earlier == Array([full, record(3, nil)].prefix(max(0, lines - 1))))
      try journal.add(record(9, 1))
      let read = try TuningJournal(path: path, header: header()).earlier
      #expect(read == journal.earlier + [record(9, 1)])
    }
  }

  @Test func theJournalBelongsToOneTuning() throws {
    let path = path()
    defer { unlink(path) }
    _ = try TuningJournal(path: path, header: header())
    let other = sentence {
      _ = try TuningJournal(path: path, header: header { $0.settings["gamma"] = "3" })
    }
    #expect(other?.contains("gamma is 10 there and 3 here") == true)
    for change: (inout TuningHeader) -> Void in [
      { $0.seed = 2 }, { $0.space = [] }, { $0.algorithm = "random" }, { $0.data = "e" },
    ] {
      #expect(sentence { _ = try TuningJournal(path: path, header: header(change)) } != nil)
    }
    let file = try #require(FileHandle(forWritingAtPath: path))
    try file.seekToEnd()
    let line = #"{"trial":1,"parameters":{},"valid":{},"test":{}}"#
    try file.write(contentsOf: Data("\(line)\nnonsense\n".utf8))
    let odd = sentence { _ = try TuningJournal(path: path, header: header()) }
    #expect(odd == "\(path), line 3: found \"nonsense\", expected a trial.")
  }

  // MARK: Results

  @Test func resultsAreWrittenAsRecBoleDoes() throws {
    var first = record(1, 0.05)
    first.parameters = ["learning_rate": "0.001", "freeze_kg": "true", "name": "\"x\""]
    first.valid = ["NDCG@10": 0.05, "MRR@10": 0.04126]
    first.test = ["NDCG@10": 0.0333333, "MRR@10": 0.02]
    var second = record(2, nil)
    second.parameters = ["learning_rate": "0.1", "freeze_kg": "false", "name": "null"]
    second.error = "The loss is not finite."
    let text = TuningResults.text(
      [first, second], parameters: ["learning_rate", "freeze_kg", "name"],
      metrics: [ValidationMetric(.mrr, at: 10), ValidationMetric(.ndcg, at: 10)])
    #expect(
      text == """
        learning_rate:0.001, freeze_kg:True, name:x
        Valid result:
        mrr@10 : 0.0413    ndcg@10 : 0.05
        Test result:
        mrr@10 : 0.02    ndcg@10 : 0.0333

        learning_rate:0.1, freeze_kg:False, name:None
        Failed: The loss is not finite.


        """)
  }
}
