import ArgumentParser
import Evaluation
import Explanation
import KSRNumerics
import Text
import Workspace

/// The options of `ksr evaluate` about explanations.
struct ExplanationOptions: ParsableArguments {
  @Flag(
    help: """
      Evaluate the explanations instead of the rankings: ablation of the steps and slots they name, \
      and how often they name the true relation where the data has NAME.truth.
      """)
  var explanations = false

  @Option(help: ArgumentHelp("How many users the explanations are evaluated on.", valueName: "N"))
  var users = 200

  func validate() throws {
    guard users > 0 else {
      throw ValidationError(fromOne: "--users", users)
    }
  }
}

/// How well the explanations of a model stand up to being tried.
struct ExplanationSection: Encodable {
  /// Of the item that was really chosen next, and of the model's first recommendation.
  let fidelity: [FidelityReport]
  /// The same explanations from a network drawn at random.
  let randomModel: ParameterRandomisation
  /// How often the truth is named; nil where the data has none.
  let truth: TruthRecovery?
  private let relationNames: [String]

  init(_ session: Session, users: Int, threads: Int) throws {
    // Read first: what is wrong with the file shows before the work is done.
    let truth = try ChoiceTruth(session)
    let study = FidelityStudy(session, users: users, threads: threads)
    guard study.caseCount > 0 else {
      throw ValidationError(
        "No user has a held-out interaction after six or more steps: there is nothing to "
          + "evaluate explanations on.")
    }
    let line = LiveLines()
    fidelity = FidelityStudy.Subject.allCases.map { subject in
      study.report(on: subject) { done in
        line.show(["explanations of the \(subject.rawValue) item: \(done)/\(study.caseCount)"])
      }
    }
    randomModel = study.parameterRandomisation()
    self.truth = truth.flatMap {
      TruthRecovery(session, truth: $0, threads: threads) { done, total in
        line.show(["choices with a known truth: user \(done)/\(total)"])
      }
    }
    relationNames = session.model.relationNames
    line.clear()
    Console.note("evaluated \(study.caseCount) users in \(duration(line.seconds))")
  }

  private enum CodingKeys: String, CodingKey {
    case fidelity, randomModel, truth, relationNames
  }

  var text: String {
    let parts = fidelity.map { text($0) } + [randomModelText, truthText].compactMap { $0 }
    return parts.joined(separator: "\n\n")
  }

  // MARK: Steps and slots

  private func text(_ report: FidelityReport) -> String {
    let item =
      report.subject == .chosen ? "the item chosen next" : "the first recommendation"
    var lines = [
      "Explanations of \(item), \(report.caseCount) users; means with 95 % intervals",
      "cells add up to the score: residual \(magnitude(report.meanResidual)) of their size on average, "
        + "\(magnitude(report.largestResidual)) at most",
    ]
    for measure in FidelityMeasure.allCases {
      let rows = report.rows.compactMap { row in row[measure].map { (row.name, $0) } }
      guard let first = rows.first?.1 else { continue }
      let cases = first.caseCount < report.caseCount ? ", \(first.caseCount) cases" : ""
      lines.append("")
      lines.append("\(Self.title(measure))\(cases)")
      let sizes = first.bySize.count
      if sizes > 1 {
        lines.append(
          "".filled(to: 22) + (1...sizes).map { "k = \($0)".filled(to: 8, .right) }.joined()
            + "    mean   95 %               removal of log p − this")
      }
      for (name, found) in rows {
        let curve =
          sizes > 1 ? found.bySize.map { fixed($0.mean).filled(to: 8, .right) }.joined() : ""
        lines.append(
          name.filled(to: 22) + curve + interval(found.mean)
            + (found.removalLessThis.map { "  " + difference($0) } ?? ""))
      }
    }
    lines += [
      "",
      "Forecast: r² of sums of values on random removals of 2, 3, 5 and of half of the steps; the share of "
        + "the whole that single steps are given, and the sum of the first five over what is really lost",
      "".filled(to: 22) + "few steps  95 %             half of them  95 %              share  five",
    ]
    for row in report.rows {
      guard let forecast = row.forecast else { continue }
      lines.append(
        row.name.filled(to: 22) + interval(forecast.few) + interval(forecast.half)
          + fixed(forecast.handedOut.mean).filled(to: 8, .right)
          + fixed(forecast.firstFive.mean).filled(to: 8, .right))
    }
    return lines.joined(separator: "\n")
  }

  private static func title(_ measure: FidelityMeasure) -> String {
    switch measure {
    case .deletionProbability:
      "Deletion: drop of the item's probability without the first k steps (large is good)"
    case .deletionNDCG:
      "Deletion: drop of its gain in NDCG@10 without the first k steps (large is good)"
    case .insertionProbability:
      "Insertion: its probability with the first k steps alone (large is good)"
    case .insertionNDCG:
      "Insertion: its gain in NDCG@10 with the first k steps alone (large is good)"
    case .necessity:
      "Necessity: out of the first 10 without the first k steps (large is good)"
    case .sufficiency:
      "Sufficiency: still in the first 10 with the first k steps alone (large is good)"
    case .recentShare: "Of the first k steps, the share that are the k most recent"
    case .stepAgreement: "Kendall τ of the steps with leave-one-out"
    case .stepViolations: "Steps without which the score moves against the sign (small is good)"
    case .stepAgreementByEffect: "Kendall τ of the steps with leave-one-out, weighted by effect"
    case .stepViolationsByEffect:
      "Share of the effect without which the score moves against the sign (small is good)"
    case .slotComprehensiveness:
      "Comprehensiveness: drop of its probability without the first k slots (large is good)"
    case .slotSufficiency:
      "Sufficiency: drop of its probability with the first k slots alone (small is good)"
    case .slotAgreement: "Kendall τ of the slots with leaving a slot out"
    case .slotViolations: "Slots without which the score moves against the sign (small is good)"
    }
  }

  // MARK: Another model, the truth

  private var randomModelText: String {
    var lines = [
      "The same network with random parameters, \(randomModel.caseCount) users: its explanations",
      "τ of the steps".filled(to: 22) + interval(randomModel.stepAgreement),
      "same first step".filled(to: 22) + interval(randomModel.sameFirstStep),
    ]
    if let slots = randomModel.slotAgreement {
      lines.append("τ of the slots".filled(to: 22) + interval(slots))
    }
    if let slot = randomModel.sameFirstSlot {
      lines.append("same first slot".filled(to: 22) + interval(slot))
    }
    lines.append(
      "largest step amount differs by \(fixed(randomModel.smallestDifference)) of itself or more"
    )
    return lines.joined(separator: "\n")
  }

  private var truthText: String? {
    guard let truth else { return nil }
    var lines = [
      "The truth behind \(truth.choiceCount) choices of \(truth.userCount) users kept from "
        + "training: named by",
      "".filled(to: 28) + "  relation   95 %               very tail  95 %",
    ]
    for row in truth.rows {
      lines.append(
        row.namer.name.filled(to: 28) + interval(row.relation)
          + (row.tail.map { "  " + interval($0) } ?? ""))
    }
    lines.append(
      "true relations: "
        + zip(relationNames, truth.truths).map { "\($0) \(fixed($1))" }.joined(separator: " · "))
    if let silenced = truth.silenced {
      lines.append(
        "where the largest α is right, the item falls once that relation is silenced:"
          + interval(silenced))
    }
    return lines.joined(separator: "\n")
  }

  private func interval(_ value: MeanInterval) -> String {
    fixed(value.mean).filled(to: 8, .right)
      + " (\(fixed(value.low)) … \(fixed(value.high)))".filled(to: 20)
  }

  private func difference(_ value: MeanInterval) -> String {
    fixed((value.mean, value.low, value.high), signed: true)
  }
}
