import AtomicFiles
import KSRModel
import KSRNumerics
import Text

/// Finds items by what people call them: a token, or a name that only one item has.
package struct ItemLookup: Sendable {
  private let items: Vocabulary
  private let names: NameList
  /// Items by lowercased name.
  private let byName: [String: [Int32]]

  /// The items of a model.
  package init(_ model: TrainedModel) {
    items = model.items
    names = model.itemNames
    var byName: [String: [Int32]] = [:]
    for item in model.itemNames.indices.dropFirst() {
      byName[Self.folded(model.itemNames[item]), default: []].append(Int32(item))
    }
    self.byName = byName
  }

  /// The item with a token or, whatever the case of its letters, a name.
  package func item(_ text: String) throws(UserError) -> Int32 {
    let text = Self.trimmed(text)
    if let item = known(text) { return item }
    if let several = byName[Self.folded(text)], several.count > 1 {
      throw UserError(
        "\(quoted(text)) is the name of \(several.count) items: "
          + "\(listed(several)). Give the token.")
    }
    let near = nearest(text)
    throw UserError(
      near.isEmpty
        ? "The model knows no item \(quoted(text)), by token or by name."
        : "The model knows no item \(quoted(text)). The nearest: \(listed(near)).")
  }

  /// The items of a list separated by commas; a name may have commas in it.
  package func items(_ list: String) throws(UserError) -> [Int32] {
    let pieces = list.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    var result: [Int32] = []
    var start = 0
    while start < pieces.count {
      if Self.trimmed(pieces[start]).isEmpty {
        start += 1
        continue
      }
      // The longest run of pieces that is an item: "The Good, the Bad and the Ugly".
      let ends = (start + 1...min(pieces.count, start + 8)).reversed()
      let found = ends.lazy.compactMap { end in
        known(Self.trimmed(pieces[start..<end].joined(separator: ","))).map { ($0, end) }
      }.first
      guard let (item, end) = found else {
        _ = try item(pieces[start])
        return result
      }
      result.append(item)
      start = end
    }
    return result
  }

  private func known(_ text: String) -> Int32? {
    if let id = items.id(of: text), id > 0 { return Int32(id) }
    guard let named = byName[Self.folded(text)], named.count == 1 else { return nil }
    return named[0]
  }

  /// Up to five items whose names hold the text, else the one that is spelt most like it.
  private func nearest(_ text: String) -> [Int32] {
    let text = Self.folded(text)
    guard !text.isEmpty else { return [] }
    let holding = names.indices.dropFirst().filter { Self.folded(names[$0]).contains(text) }
    if !holding.isEmpty { return holding.prefix(5).map(Int32.init) }
    if let name = AtomicFiles.nearest(to: text, among: byName.keys.sorted()) {
      return byName[name] ?? []
    }
    let token = AtomicFiles.nearest(to: text, among: items.tokens.dropFirst())
    return token.flatMap { items.id(of: $0) }.map { [Int32($0)] } ?? []
  }

  private func listed(_ found: [Int32]) -> String {
    found.prefix(5).map { item in
      let (name, token) = (printable(names[Int(item)]), printable(items[Int(item)]))
      return name == token ? name : "\(name) (\(token))"
    }.joined(separator: ", ")
  }

  private static func trimmed(_ text: String) -> String {
    var text = text[...]
    while text.first?.isWhitespace == true { text.removeFirst() }
    while text.last?.isWhitespace == true { text.removeLast() }
    return String(text)
  }

  private static func folded(_ text: String) -> String { text.lowercased() }
}

extension TrainedModel {
  /// The slot of a relation, by token, by name, or by the part after the last dot of either, whatever
  /// the case, as long as only one relation has it.
  fileprivate func slot(named text: String) -> Int? {
    if let slot = relations.id(of: text) { return slot }
    let (tokens, wanted) = (relations.tokens, text.lowercased())
    for names in [relationNames, tokens, tokens.map(lastPart), relationNames.map(lastPart)] {
      let found = names.indices.filter { names[$0].lowercased() == wanted }
      if found.count == 1 { return found[0] }
    }
    return nil
  }
}

private func lastPart(_ name: String) -> String {
  name.split(whereSeparator: { $0 == "." || $0 == "/" }).last.map(String.init) ?? name
}

/// Finds a model's relations by what people call them.
package struct RelationLookup: Sendable {
  private let model: TrainedModel

  /// The relations that a model keeps in its memory.
  package init(_ model: TrainedModel) { self.model = model }

  package func slot(_ text: String) throws(UserError) -> Int {
    guard model.settings.memory != .none, model.relations.count > 0 else {
      throw UserError(
        "The model has no memory (memory: none): there is no relation to silence. "
          + "The steps can be left out.")
    }
    if let slot = model.slot(named: text) { return slot }
    let all = model.relationNames.prefix(30).map { printable($0) }.joined(separator: ", ")
    throw UserError(
      "The model has no relation \(quoted(text)). Its relations: \(all)"
        + (model.relationNames.count > 30 ? ", …." : "."))
  }
}

/// What edits may name: the items and relations of a model, and steps of the users of the data.
package struct EditNames {
  /// The items of a user, or a sentence that there is no such user.
  package typealias Histories = (String) throws(UserError) -> [Int32]

  private let model: TrainedModel
  private let lenders: Lenders?

  /// The runs that were read from last: a key asks for the same ones as the key before.
  private final class Lenders {
    let network: KSRNetwork
    let histories: Histories
    var runs = LRUCache<String, HistoryStates>(limit: 4)

    init(_ network: KSRNetwork, _ histories: @escaping Histories) {
      (self.network, self.histories) = (network, histories)
    }
  }

  /// - Parameters:
  ///   - network: the network of the model.
  ///   - histories: whose steps can be read from; nobody's where there are none.
  package init(
    _ model: TrainedModel, _ network: KSRNetwork? = nil, histories: Histories? = nil
  ) {
    self.model = model
    lenders = network.flatMap { network in histories.map { Lenders(network, $0) } }
  }

  /// The run and the step, from 0, that a pin (``PinRequest``) is about.
  func moment(_ pin: String) throws(UserError) -> (states: HistoryStates, step: Int) {
    guard let lenders else {
      throw UserError("there are no users here to read from; a data folder has them.")
    }
    let request = try PinRequest(parsing: pin)
    let states: HistoryStates
    if let known = lenders.runs[pin] {
      states = known
    } else {
      let history = try EditedHistory(lenders.histories(request.user), request.script, in: self)
      states = history.states(lenders.network)
      lenders.runs[pin] = states
    }
    guard states.items.indices.contains(request.step) else {
      throw UserError(
        "user \(quoted(request.user)) has no step \(request.step + 1), only 1 to "
          + "\(states.count)\(request.script.edits.isEmpty ? "" : " after the edits").")
    }
    return (states, request.step)
  }

  /// The item with a token, else with a name that only one item has.
  package func item(_ text: String) throws(UserError) -> Int32 {
    // The usual case must not wait for all names of a large catalogue.
    if let item = model.items.id(of: text), item > 0 { return Int32(item) }
    return try ItemLookup(model).item(text)
  }

  package func token(of item: Int32) -> String { model.items[Int(item)] }

  package func token(ofSlot slot: Int) -> String { model.relations[slot] }

  /// The number of slots that can be read; 0 for a model without memory.
  package var slotCount: Int { model.settings.memory != .none ? model.relations.count : 0 }

  package func slot(_ text: String) throws(UserError) -> Int {
    guard slotCount > 0 else {
      throw UserError(
        "the model has no memory, so there is no relation to change; "
          + "edits of the history work.")
    }
    if let slot = model.slot(named: text) { return slot }
    let tokens = (0..<slotCount).map { model.relations[$0] }
    let near = nearest(
      to: text, among: tokens + model.relationNames + tokens.map(lastPart))
    throw UserError(
      "the model has no relation \(quoted(text))"
        + (near.map { "; the nearest is \(printable($0))" } ?? "") + ". It has "
        + tokens.prefix(12).map { printable($0) }.joined(separator: ", ")
        + (tokens.count > 12 ? " and \(tokens.count - 12) more." : "."))
  }
}
