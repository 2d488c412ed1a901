import KSRModel
import Testing

@testable import Training

@Suite struct RunExtensionTests {
  private func settings(_ epochs: Int, _ change: (inout TrainingSettings) -> Void = { _ in })
    -> RunSettings
  {
    var settings = RunSettings()
    settings.training.epochs = epochs
    change(&settings.training)
    return settings
  }

  /// A state after epochs of the given scores; the best is the first of the largest.
  private func state(_ scores: [Double?]) -> TrainingState {
    let settings = KSRSettings()
    var state = TrainingState(
      from: KSRParameters(settings: settings, itemCount: 2, relationCount: 1), settings: settings,
      training: TrainingSettings())
    for (index, score) in scores.enumerated() {
      state.epochs.append(
        EpochReport(
          number: index + 1, loss: 1, scored: 1, validation: score.map { [$0] }, score: score,
          isBest: score.map { $0 >= state.bestScore } ?? false, seconds: 1,
          learningRate: 0.01))
    }
    return state
  }

  @Test func theSameNumberIsNoExtension() {
    #expect(RunExtension(from: settings(4), to: settings(4)) == nil)
  }

  @Test func aConstantRateGivesTheSame() throws {
    let change = try #require(RunExtension(from: settings(2), to: settings(5)))
    #expect(change.refusal(of: state([0.1, 0.2])) == nil)
    #expect(change.differences(of: state([0.1, 0.2])).isEmpty)
    #expect(change.differences(of: state([])).isEmpty)
    let fewer = try #require(RunExtension(from: settings(9), to: settings(3)))
    #expect(fewer.refusal(of: state([0, 0, 0, 0])) == "epochs is 3, and 4 are done.")
    #expect(fewer.refusal(of: state([0, 0, 0])) == nil)
  }

  @Test func aCosineIsSaidToDiffer() throws {
    let change = try #require(
      RunExtension(from: settings(2), to: settings(5) { $0.schedule = .cosine }))
    #expect(change.differences(of: state([])).isEmpty)
    #expect(change.differences(of: state([0.1])).count == 1)
  }

  @Test func aValidationTooManyOrTooFewIsSaid() throws {
    func everyOther(_ epochs: Int) -> RunSettings { settings(epochs) { $0.evaluationStep = 2 } }
    let longer = try #require(RunExtension(from: everyOther(3), to: everyOther(6)))
    #expect(longer.differences(of: state([nil, 0.1, 0.2])).count == 1)
    #expect(longer.differences(of: state([nil, 0.1])).isEmpty)
    let shorter = try #require(RunExtension(from: everyOther(6), to: everyOther(3)))
    #expect(shorter.differences(of: state([nil, 0.1, nil])).count == 1)
  }

  @Test func aRunThatGaveUpStaysStopped() throws {
    let change = try #require(
      RunExtension(from: settings(9), to: settings(20) { $0.recoveryLimit = 1 }))
    var state = state([0.3])
    for _ in 0..<2 {
      state.recoveries.append(Recovery(epoch: 2, loss: 9, lowest: 1, learningRate: 0.005))
    }
    #expect(
      change.differences(of: state) == [
        "The run had stopped after 2 jumps of the loss; more epochs change nothing."
      ])
  }

  @Test func aRunThatStoppedEarlyStaysStopped() throws {
    let change = try #require(
      RunExtension(from: settings(9), to: settings(20) { $0.stoppingStep = 1 }))
    #expect(
      change.differences(of: state([0.3, 0.2, 0.1])) == [
        "The run had stopped early, after 2 validations without improvement; more epochs change "
          + "nothing."
      ])
  }
}
