import AtomicFiles
import Foundation
import KSRModel
import Randomness
import TestSupport
import Testing
import Workspace

@testable import Training

/// What a run and a tuning go on from, damaged: it is read or refused with a sentence.
@Suite struct RunFuzzTests {
  private func path() -> String { NSTemporaryDirectory() + "fuzz-\(UUID().uuidString)" }

  private func damaged(
    _ original: [UInt8], upTo end: Int, _ generator: inout SeededGenerator
  ) -> [UInt8] {
    var bytes = original
    for _ in 0...generator.integer(below: 3) {
      let place = generator.integer(below: min(end, bytes.count))
      switch generator.integer(below: 5) {
      case 0: bytes[place] ^= 1 << UInt8(generator.integer(below: 8))
      case 1: bytes[place] = Array("\n{}[],:\"0-9e.".utf8)[generator.integer(below: 13)]
      case 2: bytes.removeSubrange(place..<min(bytes.count, place + 1 + place % 30))
      case 3: bytes.insert(contentsOf: bytes[place..<min(bytes.count, place + 20)], at: place)
      default: if generator.integer(below: 4) == 0 { bytes.removeSubrange(place...) }
      }
      if bytes.isEmpty { return [0] }
    }
    return bytes
  }

  private func check(_ error: any Error, _ path: String) {
    let sentence = "\(error)"
    #expect(sentence.hasPrefix(path) && sentence.hasSuffix("."), "\(sentence)")
    #expect(sentence.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control })
  }

  @Test func aDamagedJournalIsReadOrRefused() throws {
    let path = path()
    defer { unlink(path) }
    let header = TuningHeader(
      space: ["a choice([1, 2])"], settings: ["gamma": "10"], algorithm: "grid", seed: 1, data: "d")
    do {
      let journal = try TuningJournal(path: path, header: header)
      for trial in 1...3 {
        var record = TrialRecord(trial: trial, parameters: ["a": "1"])
        (record.score, record.epochs, record.bestEpoch) = (0.25, 3, 2)
        record.valid = ["NDCG@10": 0.25]
        try journal.add(record)
      }
    }
    let original = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
    var generator = SeededGenerator(seed: 31)
    var (read, refused) = (0, 0)
    let rounds = TestEnvironment.fuzzCount(5000)
    for _ in 0..<rounds {
      try Data(damaged(original, upTo: original.count, &generator)).write(
        to: URL(fileURLWithPath: path))
      do throws(DataError) {
        let journal = try TuningJournal(path: path, header: header)
        read += 1
        for patience in [nil, 1] {
          var progress = TuningProgress(planned: 3, patience: patience)
          for record in journal.earlier where record.trial <= 3 { progress.take(record) }
          _ = (progress.best, progress.counted.count, progress.isFinished)
        }
        _ = TuningResults.text(
          journal.earlier, parameters: ["a"], metrics: [ValidationMetric(.ndcg, at: 10)])
      } catch {
        refused += 1
        check(error, path)
      }
    }
    #expect(read > rounds / 20 && refused > rounds / 5, "\(read) and \(refused)")
  }

  @Test func aDamagedStateIsReadOrRefused() throws {
    var settings = RunSettings()
    settings.network.embeddingSize = 2
    settings.network.hiddenSize = 2
    settings.training.epochs = 3
    settings.training.batchSize = 100
    let data = try AtomicFolder(path: TestEnvironment.fixture("recbole-tiny/recbole/tiny-ksr"))
    let dataset = try Dataset.read(data, split: settings.training.split)
    let run = ModelTraining(
      settings, data: dataset,
      memory: try MemoryContents(
        dataset, choosing: .item, entities: FeatureVectors(data.file("ent_feature")),
        relations: FeatureVectors(data.file("rel_feature"))))
    let path = path()
    let files = RunFiles(model: path, run: run)
    defer { for file in [path, files.state, files.history] { unlink(file) } }
    _ = try run.run(
      threads: 1, save: { (state) throws(CheckpointError) in try files.save(state) },
      report: { _ in })
    let original = [UInt8](try Data(contentsOf: URL(fileURLWithPath: files.state)))
    let headerEnd = 8 + Int(original[0]) + Int(original[1]) << 8
    var generator = SeededGenerator(seed: 32)
    var (read, refused) = (0, 0)
    let rounds = TestEnvironment.fuzzCount(2000)
    for round in 0..<rounds {
      // The history of the epochs is the first tensor: whole numbers come first.
      var bytes = original
      if round % 2 == 0 {
        bytes = damaged(original, upTo: headerEnd + 200, &generator)
      } else {
        for _ in 0...generator.integer(below: 3) {
          bytes[headerEnd + generator.integer(below: 250)] ^=
            1 << UInt8(generator.integer(below: 8))
        }
      }
      try Data(bytes).write(to: URL(fileURLWithPath: files.state))
      do {
        let state = try StateFile(path: files.state).state(for: run)
        read += 1
        #expect(state.parameters.entries.map(\.shape) == state.best.entries.map(\.shape))
        _ = (state.isFinished(run.training), state.bestScore)
        try files.save(state)
        #expect(try EpochTable.read(files.history).rows.count == state.epoch)
      } catch {
        refused += 1
        check(error, path)
      }
    }
    #expect(read > rounds / 20 && refused > rounds / 5, "\(read) and \(refused)")
  }
}
