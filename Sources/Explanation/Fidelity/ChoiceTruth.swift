import AtomicFiles
import KSRModel
import Workspace

/// What simulated viewers followed: NAME.truth, which real data cannot have.
///
/// Columns `user_id:token`, `step:float` (from 1), `relation:token` and `entity:token`; both are
/// `none` where nothing in the history pointed to the choice.
package struct ChoiceTruth: Sendable {
  /// The attribute behind a choice.
  package struct Attribute: Sendable, Hashable {
    package let slot: Int
    package let tail: Int32
  }

  /// By viewer of the session, then by step from 0; nil for none.
  package let attributes: [[Attribute?]]

  /// Reads the truth of a session's viewers; nil where the data folder has no NAME.truth.
  package init?(_ session: Session) throws(DataError) {
    guard let folder = session.folder, folder.has("truth") else { return nil }
    let path = folder.file("truth")
    let table = try AtomicTable.read(
      path,
      columns: [
        .init("user_id", .tokens), .init("step", .numbers), .init("relation", .tokens),
        .init("entity", .tokens),
      ])
    let users = try table.tokens("user_id")
    let relations = try table.tokens("relation")
    let entities = try table.tokens("entity")
    let steps = try table.numbers("step")
    let model = session.model
    let slots = (0..<relations.vocabulary.count).map {
      model.relations.id(of: relations.vocabulary[$0])
    }
    let tails = (0..<entities.vocabulary.count).map {
      model.tails.tokens.id(of: entities.vocabulary[$0])
    }
    var place: [String: Int] = [:]
    for (viewer, history) in session.viewers.enumerated() { place[history.user] = viewer }
    let viewers = (0..<users.vocabulary.count).map { place[users.vocabulary[$0]] }
    var attributes = session.viewers.map { [Attribute?](repeating: nil, count: $0.count) }
    for row in 0..<table.rowCount {
      guard let viewer = viewers[Int(users.ids[row])] else { continue }
      let count = attributes[viewer].count
      guard let step = Int(exactly: steps[row]), (1...max(1, count)).contains(step), count > 0
      else {
        throw DataError(
          file: path, line: table.line(ofRow: row), field: "step",
          found: "\(steps[row])", expected: "a whole number from 1 to \(count)")
      }
      let relation = relations.vocabulary[Int(relations.ids[row])]
      guard relation != "none" else { continue }
      guard let slot = slots[Int(relations.ids[row])], let tail = tails[Int(entities.ids[row])]
      else {
        throw DataError(
          file: path, line: table.line(ofRow: row),
          found: "\(relation) \(entities.vocabulary[Int(entities.ids[row])])",
          expected: "a relation and a tail that the model's memory knows, or none")
      }
      attributes[viewer][step - 1] = Attribute(slot: slot, tail: Int32(tail))
    }
    self.attributes = attributes
  }
}
