import Text

/// An epoch that was not kept because training fell apart in it: the run went back to the end of the
/// epoch before, and goes on with half the learning rate.
///
/// Parameters, moments and EMA are those of that epoch's end. The generator follows from the seed, the
/// epoch and the number of recoveries, so that the epoch is shuffled anew and a resumed run does the
/// same.
public struct Recovery: Sendable, Equatable {
  /// The epoch that was not kept, from 1.
  package let epoch: Int
  /// The mean loss of the stretch that jumped; nil where a loss or a parameter was not finite.
  package let loss: Double?
  /// What it is compared with, see ``JumpDetector``.
  package let lowest: Double
  /// `learning_rate` times all halvings from here on.
  package let learningRate: Float

  /// What happened, in a sentence.
  package var description: String {
    let what =
      loss.map {
        "the loss jumped to \(decimal($0, places: 4)), lowest \(decimal(lowest, places: 4))"
      } ?? "numbers became infinite or not a number"
    let place = epoch == 1 ? "the start" : "the end of epoch \(epoch - 1)"
    return "epoch \(epoch): \(what); back to \(place), learning rate \(learningRate) from here on"
  }
}

/// Finds a jump of the loss within an epoch.
///
/// The loss has jumped when its mean over a stretch of positions is above ``limit(above:)`` of the
/// reference. A stretch is the latest tenth of an epoch, at least 1,000 positions: training that falls
/// apart near an epoch's end must not count as good.
struct JumpDetector {
  /// The lowest mean loss of an epoch; before there is one, or when the epoch has jumped before, at
  /// least the loss of this epoch's first batch, which is that of the state gone back to.
  private(set) var reference: Double?
  private let takesFirst: Bool
  private let length: Int
  private var batches: [(loss: Double, count: Int)] = []
  private var (sum, count) = (0.0, 0)

  /// The detector of the epoch after a state.
  init(after state: TrainingState, positions: Int) {
    reference = state.epochs.lazy.map(\.loss).min()
    takesFirst = reference == nil || state.recoveries.last?.epoch == state.epoch + 1
    length = min(positions, max(1000, positions / 10))
  }

  /// Where the loss has jumped.
  ///
  /// Training lowers its own loss from epoch to epoch, whatever validation does: in the runs of the table in
  /// Results.md an epoch's mean was at most .3 % above the lowest before it. A run that fell apart went from
  /// 5.4 to 7.4. The constant is for losses near zero.
  static func limit(above reference: Double) -> Double { 1.2 * reference + 0.1 }

  /// Takes in a batch: its mean loss over so many positions.
  ///
  /// - Returns: the mean loss of the latest stretch, if it has jumped.
  mutating func jump(loss: Double, positions: Int) -> Double? {
    if takesFirst, batches.isEmpty { reference = max(reference ?? loss, loss) }
    batches.append((loss * Double(positions), positions))
    sum += loss * Double(positions)
    count += positions
    while let first = batches.first, count - first.count >= length {
      sum -= first.loss
      count -= first.count
      batches.removeFirst()
    }
    guard let reference, count >= length else { return nil }
    let mean = sum / Double(count)
    return mean > Self.limit(above: reference) ? mean : nil
  }
}

extension TrainingState {
  /// What a person should know of the run's recoveries when it has ended; nil without any.
  package func summary(_ training: TrainingSettings) -> String? {
    guard let last = recoveries.last else { return nil }
    let times = recoveries.count == 1 ? "once" : "\(recoveries.count) times"
    if hasGivenUp(training) {
      return "The loss jumped \(times), more often than max_recoveries \(training.recoveryLimit): "
        + "training stopped in epoch \(last.epoch), and the model is that of the best epoch before. "
        + "Begin with a smaller learning_rate than \(training.learningRate)."
    }
    return "The loss jumped \(times); training went back and ended with learning rate "
      + "\(last.learningRate). Beginning with less than \(training.learningRate) saves that time."
  }
}
