import Testing
import Text

@testable import Training

@Suite struct RunProgressTests {
  private func report(
    _ number: Int, loss: Double = 1, score: Double? = nil, isBest: Bool = false, seconds: Double = 2
  ) -> EpochReport {
    EpochReport(
      number: number, loss: loss, scored: 100, validation: score.map { [$0] }, score: score,
      isBest: isBest, seconds: seconds, learningRate: 0.01)
  }

  @Test func tellsRateAndTimeLeft() throws {
    var training = TrainingSettings()
    training.epochs = 4
    var progress = RunProgress(training)
    #expect(progress.positionsPerSecond == nil && progress.secondsLeftAtMost == nil)
    progress.take(.progress(epoch: 1, scored: 25, of: 100, loss: 3), at: 0.5)
    #expect(progress.positionsPerSecond == 50)
    #expect(progress.secondsLeftInEpoch == 1.5)
    // No epoch is done: three more at this rate.
    #expect(progress.secondsLeftAtMost == 7.5)
    progress.take(.epoch(report(1, score: 0.5, isBest: true)), at: 3)
    #expect(progress.positionsPerSecond == 50 && progress.secondsLeftInEpoch == 2)
    progress.take(.progress(epoch: 2, scored: 50, of: 100, loss: 2), at: 4)
    // An epoch with its validation took 3 s; two follow this one.
    #expect(progress.secondsLeftInEpoch == 1 && progress.secondsLeftAtMost == 7)
    for number in 2...4 { progress.take(.epoch(report(number)), at: Double(3 * number)) }
    #expect(progress.secondsLeftAtMost == 0)
    #expect(progress.best?.number == 1)
  }

  @Test func aResumedRunKnowsItsPastButNotItsSpeed() {
    var training = TrainingSettings()
    training.epochs = 4
    let past = [report(1, score: 0.1, isBest: true), report(2, score: 0.05)]
    var progress = RunProgress(training, epochs: past)
    #expect(progress.positionsPerSecond == nil)
    progress.take(.progress(epoch: 3, scored: 50, of: 100, loss: 1), at: 1)
    #expect(progress.secondsLeftAtMost == 3)
    #expect(progress.best?.number == 1)
    #expect(progress.lines(width: 100, ascii: false)[0].hasPrefix("epoch 3 of at most 4  50 %"))
  }

  @Test func drawsLossAndValidation() {
    var training = TrainingSettings()
    training.epochs = 9
    var progress = RunProgress(training)
    for (number, score) in zip(1..., [0.1, 0.2, 0.4, 0.3]) {
      progress.take(
        .epoch(report(number, loss: 5 - Double(number), score: score, isBest: score != 0.3)),
        at: Double(number))
    }
    let lines = progress.lines(width: 100, ascii: false)
    #expect(
      lines == [
        "epoch 5 of at most 9  0 %  50 positions/s  2.0 s left in the epoch, at most 6.0 s in all",
        "loss      1.0000   █▆▃▁", "NDCG@10   0.3000   ▁▃█▆  best 0.4000, epoch 3",
      ])
    #expect(progress.lines(width: 100, ascii: true)[1] == "loss      1.0000   %*-_")
    progress.finish()
    #expect(progress.lines(width: 100, ascii: false)[0] == "epoch 4 of at most 9  50 positions/s")
    for width in 0...120 {
      for ascii in [true, false] {
        let lines = progress.lines(width: width, ascii: ascii)
        #expect(lines.count == 3 && lines.allSatisfy { $0.count <= width })
        #expect(!ascii || lines.allSatisfy { $0.allSatisfy(\.isASCII) })
      }
    }
  }

  @Test func saysThatTheLossJumped() {
    var training = TrainingSettings()
    training.epochs = 9
    var progress = RunProgress(training)
    progress.take(.epoch(report(1)), at: 2)
    progress.take(.progress(epoch: 2, scored: 50, of: 100, loss: 3), at: 3)
    progress.take(
      .recovery(Recovery(epoch: 2, loss: 2.5, lowest: 1, learningRate: 0.005)), at: 3)
    let lines = progress.lines(width: 120, ascii: false)
    #expect(lines[0].hasPrefix("epoch 2 of at most 9  0 %"))
    #expect(
      lines[3] == "epoch 2: the loss jumped to 2.5000, lowest 1.0000; back to the end of epoch 1, "
        + "learning rate 0.005 from here on")
    #expect(
      Recovery(epoch: 1, loss: nil, lowest: 1, learningRate: 0.5).description
        == "epoch 1: numbers became infinite or not a number; back to the start, learning rate 0.5 "
        + "from here on")
  }

  @Test func sparklines() {
    let chart = Sparkline(ascii: false)
    #expect(chart.text([], width: 5) == "" && chart.text([1], width: 0) == "")
    #expect(chart.text([1], width: 5) == "▅" && chart.text([2, 2], width: 5) == "▅▅")
    #expect(chart.text([0, 1, 2, 3, 4, 5, 6, 7], width: 8) == "▁▂▃▄▅▆▇█")
    #expect(chart.text([0, 0, 4, 4, 8, 8], width: 3) == "▁▅█")
    for count in 0...40 {
      for width in 0...45 {
        let values = (0..<count).map { Double($0 * $0 % 17) }
        #expect(chart.text(values, width: width).count == min(count, width))
      }
    }
  }

  @Test func anEpochInOneLine() {
    let line = RunProgress(TrainingSettings()).line(
      report(3, loss: 2.5, score: 0.25, isBest: true), metrics: [ValidationMetric(.ndcg, at: 10)])
    #expect(line == "epoch 3  loss 2.5000  valid NDCG@10 0.2500  2.00 s  best")
  }

  @Test(
    arguments: [
      (0.0123, "0.0 s"), (9.94, "9.9 s"), (59.4, "59 s"), (61, "1 min 1 s"), (7260, "2 h 1 min"),
      (.infinity, "?"),
    ] as [(Double, String)])
  func durations(seconds: Double, text: String) {
    #expect(duration(seconds) == text)
  }
}
