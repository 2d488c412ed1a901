import ArgumentParser
import AtomicFiles
import Evaluation
import Foundation
import KSRModel
import Randomness
import Workspace

/// `ksr evaluate`: how well a model ranks what came next, beside popularity and another model.
struct EvaluateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "evaluate",
    abstract: "Rank what really came next among all items, and print the metrics.",
    discussion: """
      The test is the last interaction of each trained user (leave-one-out) and, where users were \
      held out of training, every interaction of theirs from the second on. History is not masked, \
      as in RecBole's sequential models; ties count at the mean rank.
      """)

  @Argument(help: ArgumentHelp("The model file.", valueName: "MODEL"))
  var model: String

  @Option(name: .customLong("data"), help: ArgumentHelp("The data folder.", valueName: "DIR"))
  var data: String

  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp(
      "Other models of the same data; differences come with a paired bootstrap interval.",
      valueName: "MODEL"))
  var against: [String] = []

  @Flag(help: "Print one JSON object.")
  var json = false

  @OptionGroup var explanation: ExplanationOptions

  @Flag(
    help: """
      Look at the model as a whole: attention and gates, NDCG@10 with each relation silenced, \
      slices, the viewers predicted best and worst, links that look wrong. The explorer's d shows \
      the same.
      """)
  var diagnose = false

  @OptionGroup var threads: ThreadOptions

  func validate() throws {
    guard !diagnose || !explanation.explanations && against.isEmpty else {
      throw ValidationError("--diagnose goes with neither --explanations nor --against.")
    }
  }

  mutating func run() throws {
    let folder = try AtomicFolder(path: data)
    let session = try Session(TrainedModel.read(path: model), folder: folder)
    for warning in session.warnings { Console.note(warning) }
    if explanation.explanations {
      let section = try ExplanationSection(
        session, users: explanation.users, threads: threads.count)
      Console.result(json ? section.json : section.text)
      return
    }
    if diagnose {
      let section = try DiagnosisSection(session)
      Console.result(json ? section.json : section.text)
      return
    }
    let others = try against.map { try Session(TrainedModel.read(path: $0), folder: folder) }
    for (path, other) in zip(against, others) where other.viewers != session.viewers {
      throw ValidationError(
        "\(path) has other items or held-out users than \(model): their cases cannot be paired.")
    }
    var sections: [EvaluationSection] = []
    for heldOut in [false, true] {
      let cases = RankingCase.cases(
        session.viewers, split: session.model.provenance.split, mark: .test,
        heldOutUsers: heldOut, maxLength: session.model.settings.maxItemListLength)
      guard !cases.isEmpty else { continue }
      sections.append(
        EvaluationSection(
          name: heldOut ? "held-out users, every step" : "leave-one-out test", cases: cases,
          session: session, others: Array(zip(against, others)), model: model,
          threads: threads.count))
    }
    guard !sections.isEmpty else {
      throw ValidationError("\(data) has no user with two interactions or more to test on.")
    }
    Console.result(json ? EvaluationSection.json(sections) : EvaluationSection.text(sections))
  }
}
