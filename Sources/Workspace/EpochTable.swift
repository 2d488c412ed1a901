import AtomicFiles
import Foundation

/// The history of a training run as a table of comma-separated values: MODEL.history.csv.
///
/// Its columns are `epoch`, `loss`, one for each reported metric, `learning_rate` (of the last step),
/// `recoveries` (how often the epoch was begun again because the loss jumped), `seconds` and `best`
/// (1 or 0); metrics of an epoch that was not validated are empty.
package struct EpochTable: Sendable, Equatable {
  package struct Row: Sendable, Equatable {
    /// The epoch, from 1.
    package let number: Int
    /// Mean loss over the epoch's scored positions.
    package let loss: Double
    /// The values of the metrics in their order; nil where the epoch was not validated.
    package let metrics: [Double]?
    /// That of the epoch's last step.
    package let learningRate: Float
    /// How often the epoch was begun again because the loss jumped.
    package let recoveries: Int
    /// How long the epoch and its validation took.
    package let seconds: Double
    /// Whether it was at least as good as any before.
    package let isBest: Bool

    package init(
      number: Int, loss: Double, metrics: [Double]?, learningRate: Float, recoveries: Int,
      seconds: Double, isBest: Bool
    ) {
      self.number = number
      self.loss = loss
      self.metrics = metrics
      self.learningRate = learningRate
      self.recoveries = recoveries
      self.seconds = seconds
      self.isBest = isBest
    }
  }

  /// The names of the reported metrics, such as `NDCG@10`.
  package let metricNames: [String]
  /// The epochs in their order.
  package let rows: [Row]

  /// A table made of its parts.
  package init(metricNames: [String], rows: [Row]) {
    self.metricNames = metricNames
    self.rows = rows
  }

  /// The file beside a model.
  package static func path(besideModel path: String) -> String { path + ".history.csv" }

  /// The best epoch so far.
  package var best: Row? { rows.last { $0.isBest } }

  /// How often the loss jumped so far.
  package var recoveries: Int { rows.reduce(0) { $0 + $1.recoveries } }

  private static let before = ["epoch", "loss"]
  private static let after = ["learning_rate", "recoveries", "seconds", "best"]

  package var text: String {
    let header = (Self.before + metricNames + Self.after).joined(separator: ",")
    let lines = rows.map { row in
      let values = row.metrics?.map { "\($0)" } ?? metricNames.map { _ in "" }
      return
        (["\(row.number)", "\(row.loss)"] + values
        + ["\(row.learningRate)", "\(row.recoveries)"]
        + [String(format: "%.3f", row.seconds), row.isBest ? "1" : "0"]).joined(separator: ",")
    }
    return ([header] + lines).joined(separator: "\n") + "\n"
  }

  /// Reads a file that ``text`` has been written to.
  package static func read(_ path: String) throws(DataError) -> EpochTable {
    let bytes: Data
    do {
      bytes = try Data(contentsOf: URL(fileURLWithPath: path))
    } catch {
      throw DataError(file: path, found: "cannot be read")
    }
    return try EpochTable(text: String(decoding: bytes, as: UTF8.self), file: path)
  }

  /// Reads what ``text`` has written.
  ///
  /// - Parameter file: what to call the text in an error.
  package init(text: String, file: String) throws(DataError) {
    var lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    // What does not end with a line break has been cut off.
    guard lines.popLast()?.isEmpty == true, let header = lines.first else {
      throw DataError(
        file: file, line: lines.count + 1, found: "no line break at its end",
        expected: "a whole table of epochs")
    }
    let names = header.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    let fixed = Self.before.count + Self.after.count
    guard names.count >= fixed, Array(names.prefix(Self.before.count)) == Self.before,
      Array(names.suffix(Self.after.count)) == Self.after
    else {
      throw DataError(
        file: file, line: 1, found: quoted(header),
        expected: "the columns epoch, loss, the metrics, " + Self.after.joined(separator: ", "))
    }
    metricNames = Array(names[2..<names.count - Self.after.count])
    var rows: [Row] = []
    for (offset, line) in lines.enumerated().dropFirst() {
      rows.append(try Self.row(line, metricNames.count, file: file, line: offset + 1))
    }
    self.rows = rows
  }

  private static func row(
    _ text: Substring, _ metricCount: Int, file: String, line: Int
  ) throws(DataError) -> Row {
    let fields = text.split(separator: ",", omittingEmptySubsequences: false)
    let count = before.count + metricCount + after.count
    guard fields.count == count else {
      throw DataError(
        file: file, line: line, found: "\(fields.count) fields", expected: "\(count)")
    }
    func number(_ field: Int, _ name: String) throws(DataError) -> Double {
      guard let value = Double(fields[field]) else {
        throw DataError(
          file: file, line: line, field: name, found: quoted(fields[field]), expected: "a number")
      }
      return value
    }
    guard let epoch = Int(fields[0]), epoch > 0 else {
      throw DataError(
        file: file, line: line, field: "epoch", found: quoted(fields[0]),
        expected: "a whole number from 1 on")
    }
    var metrics: [Double]? = []
    for field in 2..<metricCount + 2 {
      if fields[field].isEmpty {
        metrics = nil
      } else {
        metrics?.append(try number(field, "metric"))
      }
    }
    let rest = metricCount + 2
    guard let recoveries = Int(fields[rest + 1]), (0...1_000_000).contains(recoveries) else {
      throw DataError(
        file: file, line: line, field: "recoveries", found: quoted(fields[rest + 1]),
        expected: "a whole number from 0 on")
    }
    return Row(
      number: epoch, loss: try number(1, "loss"), metrics: metricCount == 0 ? nil : metrics,
      learningRate: Float(try number(rest, "learning_rate")), recoveries: recoveries,
      seconds: try number(rest + 2, "seconds"), isBest: fields[rest + 3] == "1")
  }
}
