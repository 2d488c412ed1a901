import ArgumentParser
import AtomicFiles
import Explanation
import KSRModel
import Text

/// `ksr recommend`: what a model would put first after a history.
struct RecommendCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "recommend",
    abstract: "Recommend items after a user's history, or after any items.",
    discussion: """
      Ranks are among all items, those of the history included, as in RecBole's sequential models. \
      Models trained with cross-entropy have probabilities, BPR models do not. With --edit, each item \
      is compared with the unedited run at the corresponding step: its rank change and its score \
      there. Items that left the list follow below.
      """)

  @Argument(help: ArgumentHelp("The model file.", valueName: "MODEL"))
  var model: String

  @OptionGroup var history: HistoryOptions

  @Option(help: ArgumentHelp("How many items.", valueName: "N"))
  var top = 10

  @Flag(help: "Leave out what is in the history already.")
  var hideSeen = false

  @Flag(help: "Print one JSON object.")
  var json = false

  func validate() throws {
    guard top > 0 else { throw ValidationError("--top \(top): expected 1 or more.") }
  }

  mutating func run() throws {
    let chosen = try history.chosen(model)
    let list = Recommendations(chosen, count: top, hideSeen: hideSeen)
    Console.result(json ? try JSON.text(list) : list.text(chosen))
  }
}

/// The first items after a history, with all that is printed about them.
struct Recommendations: Encodable {
  struct Name: Encodable { let token, name: String }

  struct Row: Encodable {
    let rank: Double
    let token, name: String
    let score: Float
    /// Absent for a model of another loss than cross-entropy.
    let probability: Float?
    /// Whether it is in the history up to the step.
    let seen: Bool
    /// Whether it is what really came next.
    let next: Bool
    /// In the unedited run; absent without edits.
    let rankBefore: Double?
    let scoreBefore: Float?
  }

  /// An item that was among the first places of the unedited run and is not any more.
  struct Gone: Encodable {
    let token, name: String
    let rankBefore, rank: Double
  }

  /// Absent for items given one by one.
  let user: String?
  /// From 1.
  let step: Int
  let history: [Name]
  let loss: String
  /// The edits as `--edit` takes them; absent without any.
  let edit: String?
  let recommendations: [Row]
  /// Absent without edits.
  let gone: [Gone]?

  init(_ chosen: ChosenHistory, count: Int, hideSeen: Bool) {
    let (model, states, step) = (chosen.model, chosen.states, chosen.step)
    let scores = states.scores(at: step)
    let chances = model.settings.loss == .crossEntropy ? probabilities(scores) : nil
    let read = states.items[...step]
    let seen = Set(read)
    let next = chosen.edited.next(after: step)
    let list = topItems(scores, count: count) { hideSeen && seen.contains($0) }
    let changes = chosen.scoresBefore.map {
      RankChanges(before: $0, after: scores, items: list.map(\.item), k: count)
    }
    user = chosen.user
    self.step = step + 1
    history = read.map { Name(token: model.items[Int($0)], name: model.itemNames[Int($0)]) }
    loss = model.settings.loss.rawValue
    edit = chosen.edits
    gone = changes.map { changes in
      changes.gone.map {
        Gone(
          token: model.items[Int($0.item)], name: model.itemNames[Int($0.item)],
          rankBefore: $0.rankBefore, rank: $0.rankAfter)
      }
    }
    recommendations = list.map {
      let item = Int($0.item)
      let change = changes?.changes[$0.item]
      return Row(
        rank: rank(of: $0.item, in: scores), token: model.items[item],
        name: model.itemNames[item], score: $0.score, probability: chances?[item],
        seen: seen.contains($0.item), next: $0.item == next, rankBefore: change?.rankBefore,
        scoreBefore: change?.scoreBefore)
    }
  }

  /// How far an item moved against the unedited run, and its score there; nothing without edits.
  private func moved(_ row: Row) -> String {
    guard let before = row.rankBefore, let score = row.scoreBefore else { return "" }
    let gain = before - row.rank
    let size = gain == gain.rounded() ? "\(Int(abs(gain)))" : "\(abs(gain))"
    let text = gain > 0 ? "▲" + size : gain < 0 ? "▼" + size : "·"
    return text.filled(to: 7, .right) + Self.column(score, 11) + " →"
  }

  private static func column(_ value: Float, _ width: Int) -> String {
    fixed(Double(value)).filled(to: width, .right)
  }

  func text(_ chosen: ChosenHistory) -> String {
    var lines = [chosen.name]
    if recommendations.isEmpty {
      lines.append("Nothing is left to recommend: all items were seen.")
    }
    func text(_ rank: Double) -> String {
      rank == rank.rounded() ? "\(Int(rank))" : "\(rank)"
    }
    for row in recommendations {
      let place = text(row.rank)
      let chance = row.probability.map { Self.column($0, 9) } ?? ""
      let marks = (row.next ? "  ← came next" : "") + (row.seen ? "  (seen)" : "")
      lines.append(
        place.filled(to: 6, .right) + moved(row) + Self.column(row.score, 11) + chance
          + "  \(printable(row.name))\(marks)")
    }
    for item in gone ?? [] {
      lines.append(
        "  gone: \(printable(item.name)), from \(text(item.rankBefore)) to \(text(item.rank))")
    }
    return lines.joined(separator: "\n")
  }
}
