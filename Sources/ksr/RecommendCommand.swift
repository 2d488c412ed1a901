import ArgumentParser
import AtomicFiles
import Evaluation
import Explanation
import KSRModel
import Text
import Workspace

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

      --all-users recommends to every user of --data after the whole history: as TSV (user_id, rank, \
      item_id, score, name; rank is the place in the list), or as JSON lines, one object for each \
      user.
      """)

  @Argument(
    help: ArgumentHelp("The model file, or a checkpoint of RecBole.", valueName: "MODEL"),
    completion: .file(extensions: ["safetensors", "pth"]), transform: Console.modelPath)
  var model: String

  @OptionGroup var history: HistoryOptions

  @Option(help: ArgumentHelp("How many items.", valueName: "N"))
  var top = 10

  @Flag(help: "Leave out what is in the history already.")
  var hideSeen = false

  @Option(
    help: ArgumentHelp(
      "Also print the N states of all users of --data that are most like this one: user, step, cosine, "
        + "the item just read and what came next.", valueName: "N"))
  var similarStates: Int?

  @Option(
    help: ArgumentHelp(
      "What --similar-states compares: gru, or a relation, whose memory slot is then compared.",
      valueName: "gru|REL"))
  var similarStatesOf: String?

  @Flag(help: "Print one JSON object.")
  var json = false

  @Flag(help: "Recommend to every user of the data.")
  var allUsers = false

  @Option(
    help: ArgumentHelp(
      "The file for --all-users, written whole or not at all; standard output if not given.",
      valueName: "FILE"),
    completion: .file())
  var output: String?

  @Option(
    help: "tsv or jsonl; if not given, jsonl for a FILE that ends so (or .json, .ndjson), else tsv."
  )
  var format: ListFormat?

  @OptionGroup var threads: ThreadOptions

  func validate() throws {
    guard top > 0 else { throw ValidationError(fromOne: "--top", top) }
    guard similarStatesOf == nil || similarStates != nil else {
      throw ValidationError("--similar-states-of says what --similar-states N compares: give both.")
    }
    if let similarStates {
      guard similarStates > 0 else {
        throw ValidationError(fromOne: "--similar-states", similarStates)
      }
      guard history.data != nil, !allUsers else {
        throw ValidationError(
          "--similar-states compares one history with those of a folder: give --data DIR, and leave out "
            + "--all-users.")
      }
    }
    if allUsers {
      guard !history.isGiven else {
        throw ValidationError(
          "--all-users reads whole histories: leave out --viewer, --items, --step and --edit.")
      }
      guard history.data != nil else {
        throw ValidationError("--all-users needs the folder of the users: --data DIR.")
      }
      guard !json || format != .tsv else {
        throw ValidationError("--json and --format tsv: give one of the two.")
      }
    } else if output != nil || format != nil {
      throw ValidationError("--output and --format go with --all-users.")
    }
  }

  mutating func run() throws {
    if allUsers { return try recommendToAll() }
    let chosen = try history.chosen(model)
    var list = Recommendations(chosen, count: top, hideSeen: hideSeen)
    if let similarStates {
      list.similarStates = try alike(chosen, count: similarStates)
      list.similarStatesOf = similarStatesOf ?? "gru"
    }
    Console.result(json ? try JSON.text(list) : list.text(chosen))
  }
}

extension RecommendCommand {
  /// The states most like that of a history; the user's own are left out.
  private func alike(
    _ chosen: ChosenHistory, count: Int
  ) throws -> [Recommendations.SimilarState] {
    let session = chosen.session
    let subject = try similarStatesOf.flatMap { $0 == "gru" ? nil : $0 }
      .map { StateSubject.slot(try EditNames(chosen.model).slot($0)) }
    var search = SimilarStates(
      to: chosen.states, step: chosen.step, by: subject ?? .gru, in: StateIndex(session),
      except: chosen.user.flatMap(session.users.place(of:)),
      count: count)
    let live = LiveLines()
    while search.work() { live.show(["states compared: \(search.compared) of \(search.total)"]) }
    live.clear()
    if search.isEmpty {
      Console.note("The slot of \(printable(similarStatesOf ?? "")) holds nothing at this step.")
    } else {
      Console.note("compared \(grouped(search.total)) states in \(duration(live.seconds))")
    }
    func name(_ item: Int32) -> Recommendations.Name {
      .init(token: chosen.model.items[Int(item)], name: chosen.model.itemNames[Int(item)])
    }
    return search.found.map { state in
      .init(
        user: session.users[state.user].user, step: state.step + 1, cosine: state.cosine,
        item: name(state.item), next: state.next.map(name))
    }
  }
}

/// How the recommendations to all users are written.
enum ListFormat: String, ExpressibleByArgument, CaseIterable {
  case tsv, jsonl

  /// The format that a file's name asks for.
  init(ofFile path: String?) {
    let endings = [".jsonl", ".json", ".ndjson"]
    self = endings.contains { path?.hasSuffix($0) ?? false } ? .jsonl : .tsv
  }
}

extension RecommendCommand {
  private struct UserList: Encodable {
    struct Item: Encodable {
      let rank: Int
      let token, name: String
      let score: Float
    }

    let user: String
    /// How many interactions were read.
    let step: Int
    let recommendations: [Item]
  }

  private func recommendToAll() throws {
    let data = history.data ?? ""
    let model = try Console.model(self.model, data: data)
    let session = try Session(model, folder: AtomicFolder(path: data))
    for warning in session.warnings { Console.note(warning) }
    let format = format ?? (json ? .jsonl : ListFormat(ofFile: output))
    let ranker = Ranker(KSRNetwork(model))
    let file = try output.map { try AtomicFile($0) }
    func write(_ text: String) throws {
      if let file { try file.append(text) } else { Console.output(text) }
    }
    if file != nil { StopSignal.await() }
    if format == .tsv { try write("user_id\trank\titem_id\tscore\tname\n") }
    let users = session.users.indices.filter { session.users[$0].count > 0 }
    let live = LiveLines()
    // As many as make good batches; what is found of them is written before the next.
    let size = 2048
    for start in stride(from: 0, to: users.count, by: size) {
      let part = users[start..<min(users.count, start + size)]
      for list in lists(of: part, session, ranker) {
        try write(format == .tsv ? tsv(list) : JSON.line(list) + "\n")
      }
      live.show(["\(part.endIndex) of \(users.count) users"])
      if StopSignal.isReceived { throw ExitCode(StopSignal.status) }
    }
    live.clear()
    try file?.finish()
    let count = "\(users.count) users" + (top == 1 ? "" : ", up to \(top) items each")
    Console.note(count + (output.map { ": \(printable($0, limit: 1000))" } ?? ""))
  }

  private func lists(
    of users: ArraySlice<Int>, _ session: Session, _ ranker: Ranker
  ) -> [UserList] {
    let model = session.model
    let cases = users.map {
      RankingCase(
        user: $0, after: session.users[$0].items, maxLength: model.settings.maxItemListLength)
    }
    let candidates = Candidates(
      .full, for: cases, itemCount: model.items.count, training: [],
      masking: hideSeen ? Array(session.users) : nil, seed: 0)
    return ranker.first(top, cases, among: candidates, threads: threads.count)
      .enumerated().map { place, items in
        let user = session.users[cases[place].user]
        return UserList(
          user: user.user, step: user.count,
          recommendations: items.enumerated().map { rank, scored in
            let item = Int(scored.item)
            return .init(
              rank: rank + 1, token: model.items[item], name: model.itemNames[item],
              score: scored.score)
          })
      }
  }

  private func tsv(_ list: UserList) -> String {
    list.recommendations.map {
      let fields = [oneLine(list.user), "\($0.rank)", oneLine($0.token), "\($0.score)"]
      return (fields + [oneLine($0.name)]).joined(separator: "\t") + "\n"
    }.joined()
  }
}

/// A text as a field of a table: control characters, which could end it, are blanks.
func oneLine(_ text: String) -> String {
  String(
    String.UnicodeScalarView(
      text.unicodeScalars.map { $0.properties.generalCategory == .control ? " " : $0 }))
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

  /// A state of another user that is like the present one.
  struct SimilarState: Encodable {
    let user: String
    /// From 1.
    let step: Int
    let cosine: Float
    let item: Name
    /// What the user chose next; absent after the last step.
    let next: Name?
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
  /// What is compared, `gru` or a relation's token, and the most alike first; absent unless asked for.
  var similarStatesOf: String?
  var similarStates: [SimilarState]?

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
    if let similarStates {
      lines.append(
        "States most like this one (\(similarStatesOf ?? "gru")): user, step, cosine, the item just read, what came next"
      )
      lines += similarStates.map {
        "  " + printable($0.user).filled(to: 12) + "\($0.step)".filled(to: 5, .right)
          + Self.column($0.cosine, 9) + "  \(printable($0.item.name))"
          + ($0.next.map { "  → \(printable($0.name))" } ?? "")
      }
    }
    return lines.joined(separator: "\n")
  }
}
