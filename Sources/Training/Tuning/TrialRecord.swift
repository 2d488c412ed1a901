import Foundation

package struct TrialRecord: Sendable, Equatable, Codable {
  /// The trial's number, from 1.
  package var trial: Int
  /// The values tried, by setting, as YAML.
  package var parameters: [String: String]
  /// The value of `valid_metric` in the best epoch; nil if the trial failed.
  package var score: Double?
  /// The best epoch's metrics on the validation cases.
  package var valid: [String: Double] = [:]
  /// The best epoch's metrics on the test cases.
  package var test: [String: Double] = [:]
  package var epochs: Int?
  package var bestEpoch: Int?
  package var seconds: Double?
  package var error: String?

  /// A trial of which nothing is known yet.
  package init(trial: Int, parameters: [String: String]) {
    self.trial = trial
    self.parameters = parameters
  }

  enum CodingKeys: String, CodingKey {
    case trial, parameters, score, valid, test, epochs, seconds, error
    case bestEpoch = "best_epoch"
  }
}

/// What a journal is about; a tuning goes on only with the journal of the same one.
package struct TuningHeader: Sendable, Equatable, Codable {
  /// The search space, a line for each parameter.
  package var space: [String]
  package var settings: [String: String]
  package var algorithm: String
  package var seed: UInt64
  package var data: String

  /// A header made of its parts.
  package init(
    space: [String], settings: [String: String], algorithm: String, seed: UInt64, data: String
  ) {
    self.space = space
    self.settings = settings
    self.algorithm = algorithm
    self.seed = seed
    self.data = data
  }

  /// What differs from another, in words; nil if nothing does.
  package func difference(from other: TuningHeader) -> String? {
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
