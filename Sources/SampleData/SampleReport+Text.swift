import Text

extension SampleReport {
  /// The share of choices made by popularity alone.
  package var noiseShare: Double { share(noise, choices) }

  /// The share of runs that follow a country, a language or a decade.
  package var settingShare: Double {
    let settings = runs.filter { $0.relation.isSetting }.reduce(0) { $0 + $1.count }
    return share(settings, runs.reduce(0) { $0 + $1.count })
  }

  /// How often the shared-tail rule names the true relation of a choice.
  package var sharedRelationShare: Double { share(shared.relation, truths) }

  /// How often the shared-tail rule names the true tail of a choice.
  package var sharedTailShare: Double { share(shared.tail, truths) }

  /// How often the most shared tail of the last films alone names the relation of the next choice.
  package var foreseenRelationShare: Double { share(foreseen.relation, truths) }

  /// How often the most shared tail of the last films alone is that of the next choice.
  package var foreseenTailShare: Double { share(foreseen.tail, truths) }

  /// The report as lines of text for a terminal.
  package var text: String {
    var lines = [
      "\(films) films, \(viewers) simulated viewers, \(choices) choices",
      "noise \(decimal(100 * noiseShare, places: 1)) % of the choices; country, language and decade "
        + "\(decimal(100 * settingShare, places: 1)) % of the runs",
      "",
    ]
    let total = runs.reduce(0) { $0 + $1.count }
    var table = TextTable([
      .left("relation"), .right("runs"), .right("share"), .right("length: mean"), .right("min"),
      .right("max"), .right("named by the rule"),
    ])
    for run in runs {
      table.add([
        run.relation.rawValue, "\(run.count)",
        decimal(100 * share(run.count, total), places: 1) + " %",
        decimal(share(run.choices, run.count), places: 1), "\(run.shortest)", "\(run.longest)",
        decimal(share(run.named, run.truths)),
      ])
    }
    lines += table.lines
    lines += [
      "",
      "The shared-tail rule: of the tails that a chosen film shares with the last "
        + "\(SharedTailRule.window) before it, the",
      "one with the largest count × log(films / films with it). Of \(truths) choices with a known",
      "attribute it names",
      "  the relation  \(decimal(sharedRelationShare, places: 3))   (target: at least .8)",
      "  the very tail \(decimal(sharedTailShare, places: 3))",
      "Without a look at the chosen film, from the last films alone:",
      "  the relation  \(decimal(foreseenRelationShare, places: 3))",
      "  the very tail \(decimal(foreseenTailShare, places: 3))",
    ]
    return lines.joined(separator: "\n") + "\n"
  }
}

private func share(_ part: Int, _ whole: Int) -> Double {
  whole == 0 ? 0 : Double(part) / Double(whole)
}
