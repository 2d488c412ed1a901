import Foundation

/// What came of a trial.
public struct TrialRecord: Sendable, Equatable, Codable {
  /// The trial's number, from 1.
  public var trial: Int
  /// The values tried, by setting, as YAML.
  public var parameters: [String: String]
  /// The value of `valid_metric` in the best epoch; nil if the trial failed.
  public var score: Double?
  /// The best epoch's metrics on the validation cases.
  public var valid: [String: Double] = [:]
  /// The best epoch's metrics on the test cases.
  public var test: [String: Double] = [:]
  /// The epochs done.
  public var epochs: Int?
  /// The best of them.
  public var bestEpoch: Int?
  /// How long the trial took.
  public var seconds: Double?
  /// Why the trial failed.
  public var error: String?

  /// A trial of which nothing is known yet.
  public init(trial: Int, parameters: [String: String]) {
    self.trial = trial
    self.parameters = parameters
  }

  enum CodingKeys: String, CodingKey {
    case trial, parameters, score, valid, test, epochs, seconds, error
    case bestEpoch = "best_epoch"
  }
}

/// What a journal is about; a tuning goes on only with the journal of the same one.
public struct TuningHeader: Sendable, Equatable, Codable {
  /// The search space, a line for each parameter.
  public var space: [String]
  /// The settings that are the same in all trials.
  public var settings: [String: String]
  /// grid or random.
  public var algorithm: String
  /// The seed of the plan.
  public var seed: UInt64
  /// The name of the data.
  public var data: String

  /// A header made of its parts.
  public init(
    space: [String], settings: [String: String], algorithm: String, seed: UInt64, data: String
  ) {
    self.space = space
    self.settings = settings
    self.algorithm = algorithm
    self.seed = seed
    self.data = data
  }

  /// What differs from another, in words; nil if nothing does.
  public func difference(from other: TuningHeader) -> String? {
    if data != other.data { return "the data is \(other.data) there and \(data) here" }
    if space != other.space { return "the values to try differ" }
    if algorithm != other.algorithm {
      return "the algorithm is \(other.algorithm) there and \(algorithm) here"
    }
    if seed != other.seed { return "the seed is \(other.seed) there and \(seed) here" }
    let key = Set(settings.keys).union(other.settings.keys).sorted()
      .first { settings[$0] != other.settings[$0] }
    return key.map { key in
      "\(key) is \(other.settings[key] ?? "not set") there and "
        + "\(settings[key] ?? "not set") here"
    }
  }
}
