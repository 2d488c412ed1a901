import AtomicFiles
import Foundation
import KSRModel
import TestSupport
import Testing
import Workspace

@testable import Training

@Suite struct RunFilesTests {
  /// A small run on the bundled fixture, in a folder of its own that is removed again.
  private func withRun(
    _ change: (inout RunSettings) -> Void = { _ in },
    _ body: (ModelTraining, String) throws -> Void
  ) throws {
    let folder = NSTemporaryDirectory() + "ksr-run-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try body(try run(change), folder + "/m.safetensors")
  }

  private func run(
    _ change: (inout RunSettings) -> Void, from path: String = "recbole-tiny/recbole/tiny-ksr"
  ) throws -> ModelTraining {
    var settings = RunSettings()
    settings.network.embeddingSize = 8
    settings.network.hiddenSize = 12
    settings.training.epochs = 4
    settings.training.batchSize = 60
    settings.training.learningRate = 0.01
    change(&settings)
    let data = try AtomicFolder(path: TestEnvironment.fixture(path))
    let dataset = try Dataset.read(data, split: settings.training.split)
    let memory = try MemoryContents(
      dataset, choosing: settings.training.memoryRelations,
      entities: FeatureVectors(data.file("ent_feature")),
      relations: FeatureVectors(data.file("rel_feature")))
    return ModelTraining(settings, data: dataset, memory: memory)
  }

  private func bytes(_ path: String) throws -> Data {
    try Data(contentsOf: URL(fileURLWithPath: path))
  }

  @Test(arguments: [Float?.none, 0.9])
  func aStateComesBackFromItsFile(averageDecay: Float?) throws {
    try withRun {
      $0.training.averageDecay = averageDecay
    } _: { run, path in
      let files = RunFiles(model: path, run: run)
      var states: [TrainingState] = []
      _ = try run.run(
        threads: 1,
        save: { (state) throws(CheckpointError) in
          states.append(state)
          try files.save(state)
        }, report: { _ in })
      #expect(states.count == 5)
      for state in states {
        try files.save(state)
        let file = try StateFile(path: files.state)
        #expect(file.settings == run.requested)
        #expect(try file.state(for: run) == state)
      }
    }
  }

  /// A run that falls apart and recovers ends with the same bytes from each of its files, and the
  /// files say what happened.
  @Test func recoveriesAreInEveryFile() throws {
    try withRun {
      $0.training.learningRate = 5
      $0.training.gradientNormLimit = nil
      $0.training.warmUpSteps = 0
    } _: { run, path in
      let files = RunFiles(model: path, run: run)
      var kept: [[UInt8]] = []
      let (model, end) = try run.run(
        threads: 2,
        save: { (state) throws(CheckpointError) in
          try files.save(state)
          kept.append((try? [UInt8](self.bytes(files.state))) ?? [])
        }, report: { _ in })
      #expect(!end.recoveries.isEmpty && kept.count == 5 + end.recoveries.count)
      #expect(model.provenance.recoveries == end.recoveries.map(\.epoch))
      let whole = try model.serialized(file: "model")
      try model.write(to: path)
      #expect(try TrainedModel.read(path: path).provenance == model.provenance)
      #expect(try EpochTable.read(files.history).recoveries == end.recoveries.count)
      for bytes in kept {
        try writeAtomically(bytes, to: files.state)
        let state = try StateFile(path: files.state).state(for: run)
        let again = try run.run(threads: 1, from: state) { _ in }.model
        #expect(try again.serialized(file: "model") == whole)
      }
    }
  }

  /// After any epoch the files alone are enough for the very same end.
  @Test(arguments: MemoryKind.allCases, [LossType.crossEntropy, .bpr])
  func aRunFromItsFilesEndsWithTheSameBytes(memory: MemoryKind, loss: LossType) throws {
    try withRun {
      $0.network.memory = memory
      $0.network.loss = loss
      $0.training.averageDecay = loss == .bpr ? nil : 0.9
      $0.training.shards = 3
    } _: { run, path in
      let whole = try run.run(threads: 2) { _ in }.model.serialized(file: "model")
      for epoch in 0...4 {
        let files = RunFiles(model: path, run: run)
        var stopped = false
        do {
          _ = try run.run(
            threads: 1, shouldStop: { stopped },
            save: { (state) throws(CheckpointError) in
              try files.save(state)
              stopped = state.epoch == epoch
            }, report: { _ in })
          #expect(epoch == 4)
        } catch { #expect(error as? TrainingError == .stopped(epoch: epoch)) }
        let state = try StateFile(path: files.state).state(for: run)
        #expect(state.epoch == epoch)
        let end = try run.run(threads: 3, from: state) { _ in }.model.serialized(file: "model")
        #expect(end == whole)
      }
    }
  }

  @Test func theModelIsTheBestSoFarAndTheHistoryHasEveryEpoch() throws {
    try withRun {
      $0.training.metrics = [.hit]
    } _: { run, path in
      let files = RunFiles(model: path, run: run)
      var best: KSRParameters?
      let (_, end) = try run.run(
        threads: 1,
        save: { (state) throws(CheckpointError) in
          try files.save(state)
          best = state.bestEpoch == nil ? nil : state.best
        },
        report: { event in
          guard case .epoch(let epoch) = event else { return }
          let model = try? TrainedModel.read(path: path)
          #expect(model?.parameters == best)
          #expect(!epoch.isBest || model?.provenance.metrics["valid NDCG@10"] == epoch.score)
        })
      let lines = try String(contentsOfFile: files.history, encoding: .utf8)
        .split(separator: "\n").map { $0.split(separator: ",", omittingEmptySubsequences: false) }
      #expect(
        lines[0] == [
          "epoch", "loss", "Hit@10", "NDCG@10", "learning_rate", "recoveries", "seconds", "best",
        ])
      #expect(lines.count == 5)
      for (line, epoch) in zip(lines.dropFirst(), end.epochs) {
        #expect(line[0] == "\(epoch.number)" && Double(line[1]) == epoch.loss)
        #expect(Double(line[3]) == epoch.score && line[7] == (epoch.isBest ? "1" : "0"))
        #expect(Float(line[4]) == epoch.learningRate && line[5] == "\(epoch.recoveries)")
      }
      let names = try FileManager.default.contentsOfDirectory(
        atPath: URL(fileURLWithPath: path).deletingLastPathComponent().path)
      #expect(
        names.sorted() == ["m.safetensors", "m.safetensors.history.csv", "m.safetensors.state"])
    }
  }

  @Test func epochsWithoutValidationHaveNoMetrics() throws {
    try withRun {
      $0.training.evaluationStep = 2
    } _: { run, path in
      let files = RunFiles(model: path, run: run)
      let (_, end) = try run.run(
        threads: 1, save: { (state) throws(CheckpointError) in try files.save(state) },
        report: { _ in })
      #expect(end.epochs.map { $0.validation == nil } == [true, false, true, false])
      let lines = try String(contentsOfFile: files.history, encoding: .utf8).split(separator: "\n")
      #expect(lines[1].contains(",,,,,,") && !lines[2].contains(",,"))
      let state = try StateFile(path: files.state).state(for: run)
      #expect(state.epochs == end.epochs)
    }
  }

  @Test func refusesTheStateOfAnotherRun() throws {
    try withRun { run, path in
      let files = RunFiles(model: path, run: run)
      try files.save(run.initialState())
      let file = try StateFile(path: files.state)
      for change: (inout RunSettings) -> Void in [
        { $0.training.heldOutUsers = ["*1"] }, { $0.training.leaveOut = .testOnly },
      ] {
        let error = #expect(throws: CheckpointError.self) { try file.state(for: self.run(change)) }
        #expect(error?.detail.contains("the interactions of tiny-ksr differ") == true)
      }
      let other = try self.run { $0.training.memoryRelations = .all }
      let error = #expect(throws: CheckpointError.self) { try file.state(for: other) }
      #expect(error?.detail.contains("the graph or its vectors") == true)
    }
  }

  @Test func whatIsNoStateIsSaid() throws {
    try withRun { run, path in
      let files = RunFiles(model: path, run: run)
      try files.save(run.initialState())
      let whole = [UInt8](try bytes(files.state))
      try run.model(run.initialState(), validation: nil).write(to: path)
      let error = #expect(throws: CheckpointError.self) { try StateFile(path: path) }
      #expect(error?.detail.contains("it is not the state of a run") == true)
      #expect(throws: CheckpointError.self) { try StateFile(path: path + ".none") }
      for length in stride(from: 0, to: whole.count, by: 997) {
        try writeAtomically(Array(whole[..<length]), to: files.state)
        #expect(throws: CheckpointError.self) { try StateFile(path: files.state) }
      }
      // No flipped bit of the header traps; what still reads is a state of the same shapes.
      for place in stride(from: 0, to: 6000, by: 23) {
        var bytes = whole
        bytes[place] ^= 1 << UInt8(place % 8)
        try Data(bytes).write(to: URL(fileURLWithPath: files.state))
        if let state = try? StateFile(path: files.state).state(for: run) {
          #expect(state.parameters.entries.map(\.shape) == state.best.entries.map(\.shape))
        }
      }
    }
  }

  @Test func aFolderThatCannotBeWrittenStopsTheRunWithASentence() throws {
    let run = try self.run { _ in }
    let files = RunFiles(model: "/nowhere/m.safetensors", run: run)
    #expect {
      _ = try run.run(
        threads: 1, save: { (state) throws(CheckpointError) in try files.save(state) },
        report: { _ in Issue.record("nothing should be trained") })
    } throws: { error in
      guard case .notSaved(let error)? = error as? TrainingError else { return false }
      return error.description
        == "/nowhere/m.safetensors.state: cannot be written in its folder: "
        + "No such file or directory."
    }
  }
}
