import AtomicFiles

/// The history of a run as a table of comma-separated values: MODEL.history.csv.
///
/// Its columns are `epoch`, `loss`, one for each reported metric, `seconds` and `best` (1 or 0);
/// metrics of an epoch that was not validated are empty.
public enum EpochHistory {
  /// The table.
  public static func text(_ epochs: [EpochReport], metrics: [ValidationMetric]) -> String {
    var lines = ["epoch,loss," + metrics.map { "\($0)," }.joined() + "seconds,best"]
    for epoch in epochs {
      let values =
        epoch.validation?.map { "\($0)," } ?? Array(repeating: ",", count: metrics.count)
      lines.append(
        "\(epoch.number),\(epoch.loss)," + values.joined()
          + "\(decimal(epoch.seconds, 3)),\(epoch.isBest ? 1 : 0)")
    }
    return lines.joined(separator: "\n") + "\n"
  }
}
