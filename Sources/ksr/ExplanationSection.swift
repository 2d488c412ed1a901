import ArgumentParser
import Evaluation
import Explanation
import Foundation
import Workspace

/// The options of `ksr evaluate` about explanations.
struct ExplanationOptions: ParsableArguments {
  @Flag(
    help: """
      Score the explanations instead of the rankings: what happens without the steps and slots \
      that they name, and how often they name the truth where the data has NAME.truth.
      """)
  var explanations = false

  @Option(help: ArgumentHelp("How many viewers the explanations are scored on.", valueName: "N"))
  var users = 200

  func validate() throws {
    guard users > 0 else { throw ValidationError("--users \(users): expected 1 or more.") }
  }
}

/// How well the explanations of a model stand up to being tried.
struct ExplanationSection: Encodable {
  /// Of the item that was really chosen next, and of the model's first recommendation.
  let fidelity: [FidelityReport]
  /// The same explanations from a network drawn at random.
  let randomModel: OtherModel
  /// How often the truth is named; nil where the data has none.
  let truth: TruthRecovery?
  private let relationNames: [String]

  init(_ session: Session, users: Int, threads: Int) throws {
    // Read first: what is wrong with the file shows before the work is done.
    let truth = try ChoiceTruth(session)
    let study = FidelityStudy(session, users: users, threads: threads)
    guard study.caseCount > 0 else {
      throw ValidationError(
        "No viewer has a choice kept from training after six steps or more: there is nothing to "
          + "try explanations on.")
    }
    let line = ProgressLine()
    fidelity = FidelityStudy.Subject.allCases.map { subject in
      study.report(on: subject) { done in
        line.show("explanations of the \(subject.rawValue) item: \(done)/\(study.caseCount)")
      }
    }
    randomModel = study.otherModel()
    self.truth = truth.flatMap {
      TruthRecovery(session, truth: $0, threads: threads) { done, total in
        line.show("choices with a known truth: viewer \(done)/\(total)")
      }
    }
    relationNames = session.model.relationNames
    line.clear()
    Console.note("scored \(study.caseCount) viewers in \(duration(line.seconds))")
  }

  private enum CodingKeys: String, CodingKey {
    case fidelity, randomModel, truth, relationNames
  }

  var json: String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
    return String(decoding: (try? encoder.encode(self)) ?? Data(), as: UTF8.self)
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
      "Explanations of \(item), \(report.caseCount) viewers; means with 95 % intervals",
      String(
        format: "cells add up to the score: residual %.1e of their size on average, %.1e at most",
        report.meanResidual, report.largestResidual),
    ]
    for measure in FidelityMeasure.allCases {
      let rows = report.rows.compactMap { row in row[measure].map { (row.explainer, $0) } }
      guard let first = rows.first?.1 else { continue }
      let cases = first.caseCount < report.caseCount ? ", \(first.caseCount) cases" : ""
      lines.append("")
      lines.append("\(Self.title(measure))\(cases)")
      let sizes = first.bySize.count
      if sizes > 1 {
        lines.append(
          pad("", 22) + (1...sizes).map { pad("k = \($0)", 8, left: true) }.joined()
            + "    mean   95 %               exact − this")
      }
      for (explainer, found) in rows {
        let curve =
          sizes > 1 ? found.bySize.map { pad(decimals($0.mean), 8, left: true) }.joined() : ""
        lines.append(
          pad(explainer.name, 22) + curve + interval(found.mean)
            + (found.exactLessThis.map { "  " + difference($0) } ?? ""))
      }
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
      "The same network with random parameters, \(randomModel.caseCount) viewers: its explanations",
      pad("τ of the steps", 22) + interval(randomModel.stepAgreement),
      pad("same first step", 22) + interval(randomModel.sameFirstStep),
    ]
    if let slots = randomModel.slotAgreement {
      lines.append(pad("τ of the slots", 22) + interval(slots))
    }
    if let slot = randomModel.sameFirstSlot {
      lines.append(pad("same first slot", 22) + interval(slot))
    }
    lines.append(
      "largest step amount differs by \(decimals(randomModel.smallestDifference)) of itself or more"
    )
    return lines.joined(separator: "\n")
  }

  private var truthText: String? {
    guard let truth else { return nil }
    var lines = [
      "The truth behind \(truth.choiceCount) choices of \(truth.viewerCount) viewers kept from "
        + "training: named by",
      pad("", 28) + "  relation   95 %               very tail  95 %",
    ]
    for row in truth.rows {
      lines.append(
        pad(row.namer.name, 28) + interval(row.relation)
          + (row.tail.map { "  " + interval($0) } ?? ""))
    }
    lines.append(
      "true relations: "
        + zip(relationNames, truth.truths).map { "\($0) \(decimals($1))" }.joined(separator: " · "))
    return lines.joined(separator: "\n")
  }

  private func interval(_ value: BootstrapInterval) -> String {
    pad(decimals(value.mean), 8, left: true)
      + pad(" (\(decimals(value.low)) … \(decimals(value.high)))", 20)
  }

  private func difference(_ value: BootstrapInterval) -> String {
    String(format: "%+.4f (%+.4f … %+.4f)", value.mean, value.low, value.high)
  }

  private func decimals(_ value: Double) -> String { String(format: "%.4f", value) }

  private func pad(_ text: String, _ width: Int, left: Bool = false) -> String {
    let space = String(repeating: " ", count: max(0, width - text.count))
    return left ? space + text : text + space
  }
}
