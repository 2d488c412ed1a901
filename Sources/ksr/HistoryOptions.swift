import ArgumentParser
import AtomicFiles
import Explanation
import Foundation
import KSRModel
import Text
import Workspace

/// The history that a command is about: a user's, or items given one by one.
struct HistoryOptions: ParsableArguments {
  @Option(
    name: .customLong("data"), help: ArgumentHelp("The data folder.", valueName: "DIR"),
    completion: .directory)
  var data: String?

  @Option(
    name: [.customLong("viewer"), .customLong("user")],
    help: ArgumentHelp("The user whose history is read.", valueName: "ID"))
  var user: String?

  @Option(
    help: ArgumentHelp(
      "Items instead of a user, oldest first, separated by commas: tokens, or names that only "
        + "one item has.", valueName: "a,b,c"))
  var items: String?

  @Option(
    help: ArgumentHelp(
      "Read the first N steps only, counted after the edits; all of them if not given.",
      valueName: "N"))
  var step: Int?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      EditScript.help, valueName: "SPEC"))
  var edit: String?

  func validate() throws {
    if items != nil, user != nil {
      throw ValidationError("--items and --viewer: give one of the two.")
    }
    if user != nil, data == nil {
      throw ValidationError("--viewer needs the folder of the users: --data DIR.")
    }
  }

  /// Whether anything is said about a single history.
  var isGiven: Bool { user != nil || items != nil || step != nil || edit != nil }

  /// The history with the model that reads it, out of a file of any kind.
  func chosen(_ path: String) throws -> ChosenHistory {
    if items == nil, user == nil {
      throw ValidationError("Whose history? Give --data DIR --viewer ID, or --items a,b,c.")
    }
    let model = try Console.model(path, data: data)
    let session =
      try data.map { try Session(model, folder: AtomicFolder(path: $0)) }
      ?? Session(model)
    let lookup = ItemLookup(session.model)
    for warning in session.warnings { Console.note(warning) }
    let history = try edited(
      try read(session, lookup),
      EditNames(session.model, session.network) { user throws(UserError) in
        try items(of: user, session)
      })
    let count = history.rows.count
    if let step, !(1...count).contains(step) {
      throw UserError(
        "--step \(step): the history has the steps 1 to \(count)"
          + (history.edits.isEmpty ? "" : " after the edits")
          + (step == 0 ? "; before the first, nothing is known to recommend by." : "."))
    }
    return ChosenHistory(
      session: session, lookup: lookup, user: user, edited: history,
      states: history.states(session.network), step: (step ?? count) - 1)
  }

  private func edited(_ items: [Int32], _ names: EditNames) throws -> EditedHistory {
    do {
      return try EditedHistory(items, EditScript(parsing: edit ?? ""), in: names)
    } catch {
      throw UserError("--\(error)")
    }
  }

  private func read(_ session: Session, _ lookup: ItemLookup) throws -> [Int32] {
    if let items {
      let found = try lookup.items(items)
      guard !found.isEmpty else {
        throw UserError(
          "--items names no item: give one at least, such as "
            + "--items \(session.model.items.tokens.dropFirst().prefix(2).joined(separator: ",")).")
      }
      return found
    }
    return try self.items(of: user ?? "", session)
  }

  private func items(of user: String, _ session: Session) throws(UserError) -> [Int32] {
    let users = session.users
    if let place = users.place(of: user) { return users[place].items }
    let near = nearest(to: user, among: users.names)
    let some = users.prefix(3).map(\.user).joined(separator: ", ")
    throw UserError(
      "\(data ?? "") has no user \(quoted(user)); "
        + (near.map { "the nearest is \(printable($0)), and " } ?? "")
        + "there are \(users.count), such as \(some).")
  }
}

/// A history, a step of it, and the model that reads it.
struct ChosenHistory {
  let session: Session
  let lookup: ItemLookup
  /// The user; nil for items given one by one.
  let user: String?
  let edited: EditedHistory
  let states: HistoryStates
  /// From 0.
  let step: Int

  var model: TrainedModel { session.model }

  /// The edits as they can be given back; nil without any.
  var edits: String? { edited.edits.isEmpty ? nil : EditScript(edited.edits).text }

  /// The scores of the unedited run at the step with the same future [N]; nil without edits, and
  /// where there is no such step.
  var scoresBefore: [Float]? {
    guard !edited.edits.isEmpty, let step = edited.unedited(at: step) else { return nil }
    let states = HistoryStates(network: session.network, items: edited.original)
    return states.scores(at: step)
  }

  /// What to call the history in a line of text.
  var name: String {
    (user.map { "user \(printable($0))" } ?? "the items given")
      + ", after step \(step + 1) of \(states.count): "
      + printable(model.itemNames[Int(states.items[step])])
      + (edits.map { ", edited: \(printable($0, limit: 400))" } ?? "")
  }
}
