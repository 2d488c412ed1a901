import AtomicFiles
import Foundation

/// The results of a tuning as RecBole's `run_hyper` writes them.
package enum TuningResults {
  /// A block of lines for each trial: values, validation, test.
  package static func text(
    _ records: [TrialRecord], parameters: [String], metrics: [ValidationMetric]
  ) -> String {
    records.map { record in
      let values = parameters.map { "\($0):\(python(record.parameters[$0] ?? ""))" }
      func line(_ results: [String: Double]) -> String {
        metrics.compactMap { metric in
          results["\(metric)"].map { "\(metric)".lowercased() + " : \(rounded($0))" }
        }.joined(separator: "    ")
      }
      let results =
        record.error.map { "Failed: \(printable($0, limit: 1000))\n" }
        ?? "Valid result:\n\(line(record.valid))\nTest result:\n\(line(record.test))\n"
      return values.joined(separator: ", ") + "\n" + results + "\n"
    }.joined()
  }

  private static func python(_ yaml: String) -> String {
    switch yaml {
    case "true": "True"
    case "false": "False"
    case "null": "None"
    default:
      yaml.hasPrefix("\"") && yaml.hasSuffix("\"") ? String(yaml.dropFirst().dropLast()) : yaml
    }
  }

  /// To four decimals, without zeros at the end, as RecBole rounds.
  private static func rounded(_ value: Double) -> String { "\((value * 1e4).rounded() / 1e4)" }
}
