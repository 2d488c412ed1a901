import ArgumentParser
import Explanation
import Foundation
import KSRModel
import Text

/// `ksr explain`: why an item, as a sum that can be checked.
struct ExplainCommand: ParsableCommand {
  enum Format: String, ExpressibleByArgument, CaseIterable { case text, json, csv, svg }

  static let configuration = CommandConfiguration(
    commandName: "explain",
    abstract: "Why an item: contributions of each step and relation that add up to its score.",
    discussion: """
      The score is compared with the mean of the catalogue, with --over ITEM with that item, or \
      with --over-rivals with what the model would recommend instead, by probability. 'removal' is \
      what log p of the item loses without a step on average, each other step staying with \
      probability .8; with what several steps carry together and the bias it adds up to log p. \
      'left out alone' is what is lost when the model runs again without that step only, 'written' what \
      was written into the score there, given the gates and the attention. Absence means that the \
      step is removed. With --over, and of a model trained by BPR, the score stands for log p.

      CSV has one row per cell. In JSON, steps count from 1 and lists by relation are in the order \
      of model.relations: history[] has sequence, cells[], itemParts[], relationParts[], \
      \(Attributions.columns.map(\.key).joined(separator: ", ")), attention[] and writeGates[] \
      of each step; removal.all = Σ history.removal + removal.carriedTogether + removal.bias; \
      score = Σ history.written + bias + alreadySeen + residual; sharedFacts[], commonFacts[] and \
      otherSteps are the same sum by known facts; pairs[] are steps that say the same or need each \
      other; slots[] tells what the memory holds; similarity[][] is the cosine of the GRU \
      states of history; checks[] is what --without-top and --silence ask for, in text and JSON: what is \
      forecast, and what really happens when the model runs again. They agree when neither change is more than twice the other. With \
      --edit, all of this is about the edited run; edit gives the edits, and unedited where the item \
      stands without them.
      """)

  @Argument(
    help: ArgumentHelp("The model file, or a checkpoint of RecBole.", valueName: "MODEL"),
    completion: .file(extensions: ["safetensors", "pth"]), transform: Console.modelPath)
  var model: String

  @OptionGroup var history: HistoryOptions

  @Option(
    help: ArgumentHelp("The item; the first recommendation if not given.", valueName: "ITEM"))
  var item: String?

  @Option(
    help: ArgumentHelp("Compare with this item: why the one over the other.", valueName: "ITEM"))
  var over: String?

  @Flag(help: "Compare with what the model would recommend instead, by probability.")
  var overRivals = false

  @Option(
    help: ArgumentHelp(
      "Check the forecast: run the model without the N steps that would be missed most.",
      valueName: "N"))
  var withoutTop: Int?

  @Option(
    parsing: .singleValue,
    help: ArgumentHelp(
      "Check the sum: run the model with this relation silenced, the others sharing the attention. "
        + "May be given several times.", valueName: "RELATION"))
  var silence: [String] = []

  @Option(help: "text, json, csv or svg.")
  var format = Format.text

  @Option(
    help: ArgumentHelp(
      "Of the figure, in pixels; what its steps need if not given.", valueName: "PX"))
  var width: Double?

  @Option(help: ArgumentHelp("The size of most of the figure's text, in pixels.", valueName: "PX"))
  var textSize = 10.0

  func validate() throws {
    if over != nil, overRivals {
      throw ValidationError("--over and --over-rivals: give one of the two.")
    }
    if let withoutTop, withoutTop < 1 {
      throw ValidationError(fromOne: "--without-top", withoutTop)
    }
    guard format == .svg || (width == nil && textSize == 10) else {
      throw ValidationError("--width and --text-size are for --format svg.")
    }
    for (option, value) in [("--width", width ?? 800), ("--text-size", textSize)]
    where !(1...10_000).contains(value) {
      throw ValidationError("\(option) \(value): expected 1 to 10000.")
    }
  }

  mutating func run() throws {
    let chosen = try history.chosen(model)
    let other = try over.map { try chosen.lookup.item($0) }
    let scores = chosen.states.scores(at: chosen.step)
    let best = topItems(scores, count: 1) { $0 == other }.first?.item
    guard let item = try item.map({ try chosen.lookup.item($0) }) ?? best else {
      throw UserError("\(model) knows no item that could be explained.")
    }
    guard item != other else {
      throw UserError(
        "--over names the item itself; give another one, or leave it out to compare with the "
          + "average item.")
    }
    let relations = RelationLookup(chosen.model)
    let slots = try silence.map { try relations.slot($0) }
    let contrast = other.map { Contrast.item($0) } ?? (overRivals ? .rivals : .catalogueMean)
    let trained = chosen.session.users.filter { !$0.isHeldOut }.map(\.items)
    var question = ExplanationReport.Question(
      user: chosen.user, step: chosen.step, item: item, over: contrast,
      edited: chosen.edited)
    (question.checkedSteps, question.checkedSlots) = (withoutTop, slots)
    let report = ExplanationReport(
      question, states: chosen.states, model: chosen.model, index: TailIndex(chosen.model),
      summary: trained.isEmpty
        ? nil : AttentionSummary(network: chosen.session.network, histories: trained))
    switch format {
    case .text: Console.result(report.text)
    case .json: Console.result(try report.json)
    case .csv: Console.output(report.csv)
    case .svg: Console.output(report.svg(width: width, textSize: textSize))
    }
  }
}
