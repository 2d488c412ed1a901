import AtomicFiles
import Workspace

/// Why each simulated choice was made: the attribute that NAME.truth gives for it.
struct SimulatedTruth {
  /// What the user was following; slot and tail are the model's.
  struct Attribute: Equatable {
    let slot: Int
    let tail: Int32
  }

  private let table: (users: TokenColumn, relations: TokenColumn, entities: TokenColumn)
  private let steps: [Double]
  private let session: Session

  /// Reads NAME.truth; nil where there is none that can be read.
  init?(_ session: Session) {
    guard session.isSimulated, let folder = session.folder,
      let file = try? AtomicTable.read(
        folder.file("truth"),
        columns: [
          .init("user_id", .tokens), .init("step", .numbers), .init("relation", .tokens),
          .init("entity", .tokens),
        ]),
      let users = try? file.tokens("user_id"), let relations = try? file.tokens("relation"),
      let entities = try? file.tokens("entity"), let steps = try? file.numbers("step")
    else { return nil }
    (table, self.steps, self.session) = ((users, relations, entities), steps, session)
  }

  /// The attribute behind each interaction of a user, nil where there is none; empty where the
  /// file tells of another number of interactions.
  func attributes(of user: Int) -> [Attribute?] {
    let history = session.users[user]
    guard let user = table.users.vocabulary.id(of: history.user) else { return [] }
    var result = [Attribute?](repeating: nil, count: history.count)
    var count = 0
    for (row, id) in table.users.ids.enumerated() where Int(id) == user {
      count += 1
      guard let step = Int(exactly: steps[row]), (1...history.count).contains(step) else {
        return []
      }
      let model = session.model
      let relation = table.relations.vocabulary[Int(table.relations.ids[row])]
      let entity = table.entities.vocabulary[Int(table.entities.ids[row])]
      if let slot = model.relations.id(of: relation), let tail = model.tails.tokens.id(of: entity) {
        result[step - 1] = Attribute(slot: slot, tail: Int32(tail))
      }
    }
    return count == history.count ? result : []
  }
}
