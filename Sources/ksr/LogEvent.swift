/// A line that `--log-json` writes: what happened, and the fields that it has.
struct LogEvent: Encodable {
  let event: String
  var text: String?
  var epoch: Int?
  var epochs: Int?
  var positions: Int?
  var positionsInEpoch: Int?
  var positionsPerSecond: Double?
  var secondsLeftAtMost: Double?
  var loss: Double?
  var metrics: [String: Double]?
  var seconds: Double?
  var isBest: Bool?
  var bestEpoch: Int?
  var model: String?
  var state: String?
  var phases: [String: Double]?
  var trainingSeconds: Double?
  var usefulOperations: Double?
  var peakOperationsPerSecond: Double?

  init(event: String, text: String? = nil) {
    self.event = event
    self.text = text
  }

  enum CodingKeys: String, CodingKey {
    case event, text, epoch, epochs, positions, loss, metrics, seconds, model, state, phases
    case positionsInEpoch = "positions_in_epoch"
    case positionsPerSecond = "positions_per_second"
    case secondsLeftAtMost = "seconds_left_at_most"
    case isBest = "best"
    case bestEpoch = "best_epoch"
    case trainingSeconds = "training_seconds"
    case usefulOperations = "useful_operations"
    case peakOperationsPerSecond = "peak_operations_per_second"
  }

  /// What `ksr train --help` says about the lines.
  static let help = """
    With --log-json, stderr has one JSON object a line, its kind in "event":
      note      text
      start     epochs (at most), epoch (done already), model, state (files)
      progress  epoch, positions (scored so far), positions_in_epoch,
                loss (mean so far), positions_per_second,
                seconds_left_at_most; at most once a second
      epoch     epoch, loss, metrics (of the validation, by name), seconds,
                best (true or false); comes when the files are written
      profile   seconds, phases (seconds by name), training_seconds,
                useful_operations, peak_operations_per_second, with --profile
      end       epochs (done), best_epoch, metrics (of the model, by name),
                seconds, model
      stopped   text (the command that goes on), epoch (the last done), state
      error     text; the last line of a run that failed
    """
}
