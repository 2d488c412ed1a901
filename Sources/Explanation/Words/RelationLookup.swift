import AtomicFiles
import KSRModel
import Text

/// Finds a model's relations by what people call them: a token, or a name, whatever the case.
package struct RelationLookup: Sendable {
  private let model: TrainedModel

  /// The relations that a model keeps in its memory.
  package init(_ model: TrainedModel) { self.model = model }

  package func slot(_ text: String) throws(UserError) -> Int {
    guard model.settings.memory == .knowledge, model.relations.count > 0 else {
      throw UserError(
        "The model has no memory (memory: none): there is no relation to silence. "
          + "The steps can be left out.")
    }
    if let slot = model.relations.id(of: text) { return slot }
    let wanted = text.lowercased()
    let named = model.relationNames.indices.filter {
      model.relationNames[$0].lowercased() == wanted
        || model.relations[$0].lowercased() == wanted
    }
    if let slot = named.first, named.count == 1 { return slot }
    let all = model.relationNames.prefix(30).map { printable($0) }.joined(separator: ", ")
    throw UserError(
      "The model has no relation \(quoted(text)). Its relations: \(all)"
        + (model.relationNames.count > 30 ? ", …." : "."))
  }
}
