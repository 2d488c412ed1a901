import ArgumentParser
import AtomicFiles
import Explanation
import Text
import Workspace

/// The explanations of many users together, as `ksr evaluate --over-users` prints them.
struct PopulationSection {
  let document: PopulationDocument
  private let report: PopulationReport

  /// - Parameter users: how many are evaluated, of an order drawn once.
  init(_ session: Session, users: Int, slice: String?) throws {
    var survey = PopulationSurvey(session)
    guard survey.userTotal > 0 else {
      throw ValidationError("No user has any interaction.")
    }
    if let warning = survey.warning { Console.note(warning) }
    let (count, line) = (min(users, survey.userTotal), LiveLines())
    while survey.evaluated < count, survey.work() {
      line.show(["users evaluated: \(survey.evaluated)/\(count)"])
    }
    line.clear()
    Console.note("evaluated \(survey.evaluated) users in \(duration(line.seconds))")
    var writer = PopulationReport.Writer(survey, slice: slice)
    while writer.work() {}
    report = writer.report
    if let slice, report.slice != slice {
      throw ValidationError(
        "--slice \(slice): no such slice; there are "
          + report.slices.map(\.name).joined(separator: ", ") + ".")
    }
    document = PopulationDocument(report, survey)
  }

  func svg(title: String) -> String { report.svg(title: title) }

  var text: String {
    let of = report.slice == "all" ? "" : "; of: \(printable(report.slice))"
    var lines = [
      "\(report.quantity) of the first recommendation lost without a step or a relation alone, over "
        + "\(report.evaluatedUsers) of \(report.users) users\(of)"
    ]
    for (title, rows) in [("age", report.ages), ("relation", report.relations)] where !rows.isEmpty
    {
      let hasShare = rows[0].share != nil
      var table = TextTable(
        [
          .left(title, width: 16), .left("lost (95 %)", width: 28), .right("quartile"),
          .right("median"), .right("quartile"),
        ] + (hasShare ? [.right("share"), .right("sequence")] : [])
          + [.right("users", width: 6)])
      for row in rows {
        let lost = row.lost
        let mean =
          if let low = lost.low, let high = lost.high {
            fixed((lost.mean, low, high), signed: true)
          } else {
            fixed(lost.mean)
          }
        table.add(
          [printable(row.name), mean]
            + [lost.lowerQuartile, lost.median, lost.upperQuartile].map(fixed)
            + [row.share, row.sequence].compactMap { $0.map(fixed) } + ["\(lost.users)"])
      }
      lines += [""] + table.lines
    }
    var table = TextTable([
      .left("slice", width: 34), .right("users", width: 6), .right("last step"), .right("next 4"),
      .right("older"), .left("most missed", width: 16), .right("lost"),
    ])
    for slice in report.slices {
      func number(_ value: Double?) -> String { value.map(fixed) ?? "" }
      table.add([
        printable(slice.name), "\(slice.users)", number(slice.last), number(slice.nextFour),
        number(slice.older), printable(slice.relation ?? ""), number(slice.lostWithoutRelation),
      ])
    }
    return (lines + [""] + table.lines).joined(separator: "\n")
  }
}
