import Foundation

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
      "noise \(percent(noiseShare)) of the choices; country, language and decade "
        + "\(percent(settingShare)) of the runs",
      "",
      "relation   runs   share   length: mean  min  max   named by the rule",
    ]
    let total = runs.reduce(0) { $0 + $1.count }
    for run in runs {
      lines.append(
        pad(run.relation.rawValue, -8) + pad("\(run.count)", 7)
          + pad(percent(share(run.count, total)), 8)
          + pad(decimal(share(run.choices, run.count), 1), 15) + pad("\(run.shortest)", 5)
          + pad("\(run.longest)", 5) + pad(decimal(share(run.named, run.truths), 2), 20))
    }
    lines += [
      "",
      "The shared-tail rule: of the tails that a chosen film shares with the last "
        + "\(SharedTailRule.window) before it, the",
      "one with the largest count × log(films / films with it). Of \(truths) choices with a known",
      "attribute it names",
      "  the relation  \(decimal(sharedRelationShare, 3))   (target: at least .8)",
      "  the very tail \(decimal(sharedTailShare, 3))",
      "Without a look at the chosen film, from the last films alone:",
      "  the relation  \(decimal(foreseenRelationShare, 3))",
      "  the very tail \(decimal(foreseenTailShare, 3))",
    ]
    return lines.joined(separator: "\n") + "\n"
  }
}

private func share(_ part: Int, _ whole: Int) -> Double {
  whole == 0 ? 0 : Double(part) / Double(whole)
}

private func percent(_ share: Double) -> String { decimal(100 * share, 1) + " %" }

private func decimal(_ number: Double, _ digits: Int) -> String {
  String(format: "%.\(digits)f", number)
}

/// The text with spaces before it, or after it for a negative width.
private func pad(_ text: String, _ width: Int) -> String {
  let spaces = String(repeating: " ", count: max(0, abs(width) - text.count))
  return width < 0 ? text + spaces : spaces + text
}
