import AtomicFiles
import KSRModel
import Text

/// What edits may name: the items and relations of a model.
package struct EditNames: Sendable {
  private let model: TrainedModel

  package init(_ model: TrainedModel) { self.model = model }

  /// The item with a token, else with a name that only one item has.
  package func item(_ text: String) throws(UserError) -> Int32 {
    // The usual case must not wait for all names of a large catalogue.
    if let item = model.items.id(of: text), item > 0 { return Int32(item) }
    return try ItemLookup(model).item(text)
  }

  package func token(of item: Int32) -> String { model.items[Int(item)] }

  package func token(ofSlot slot: Int) -> String { model.relations[slot] }

  /// The number of slots that can be read; 0 for a model without memory.
  package var slotCount: Int { model.settings.memory == .knowledge ? model.relations.count : 0 }

  /// The slot of a relation, by token, by name, or by the part after the last dot of either, as long
  /// as only one relation has it.
  package func slot(_ text: String) throws(UserError) -> Int {
    guard slotCount > 0 else {
      throw UserError(
        "the model has no memory, so there is no relation to change; "
          + "edits of the history work.")
    }
    if let slot = model.relations.id(of: text) { return slot }
    let wanted = text.lowercased()
    func slots(_ name: (Int) -> String) -> [Int] {
      (0..<slotCount).filter { name($0).lowercased() == wanted }
    }
    for found in [
      slots { model.relationNames[$0] },
      slots { Self.lastPart(model.relations[$0]) },
      slots { Self.lastPart(model.relationNames[$0]) },
    ] where found.count == 1 { return found[0] }
    let tokens = (0..<slotCount).map { model.relations[$0] }
    let near = nearest(
      to: text, among: tokens + model.relationNames + tokens.map(Self.lastPart))
    throw UserError(
      "the model has no relation \(quoted(text))"
        + (near.map { "; the nearest is \(printable($0))" } ?? "") + ". It has "
        + tokens.prefix(12).map { printable($0) }.joined(separator: ", ")
        + (tokens.count > 12 ? " and \(tokens.count - 12) more." : "."))
  }

  private static func lastPart(_ name: String) -> String {
    name.split(whereSeparator: { $0 == "." || $0 == "/" }).last.map(String.init) ?? name
  }
}
