import Explanation
import KSRModel
import Workspace

/// A second model that reads the same histories, its items and relations matched by token and name.
public struct ComparedModel {
  package let name: String
  /// The file, as the command line has it.
  let path: String
  let session: Session
  let tails: TailIndex
  /// Its identifier for each of the first model's items; −1 for those it does not know.
  let counterpart: [Int32]
  /// The first model's identifier for each of its items; −1 likewise.
  let original: [Int32]
  /// Its slot for each of the first model's slots.
  let slots: [Int?]
  /// Its slots that the first model does not have.
  let ownSlots: [Int]
  /// Whether the values of a slot lie in the same space in both: the keys are the same numbers.
  let sharesSpace: [Bool]
  /// How the two differ in what they know; nil if they know the same.
  let drift: String?

  package init(_ model: TrainedModel, name: String, path: String, with first: TrainedModel) {
    self.name = name
    self.path = path
    session = Session(model)
    tails = TailIndex(model)
    func places(_ from: TrainedModel, _ to: TrainedModel) -> [Int32] {
      (0..<from.items.count).map { item in
        guard item > 0, let id = to.items.id(of: from.items[item]), id > 0 else { return -1 }
        return Int32(id)
      }
    }
    counterpart = places(first, model)
    original = places(model, first)
    let here = first.settings.memory != .none ? first.relations.count : 0
    let there = model.settings.memory != .none ? model.relations.count : 0
    let slots = (0..<here).map { slot -> Int? in
      if let same = model.relations.id(of: first.relations[slot]), same < there { return same }
      let name = first.relationNames[slot].lowercased()
      return (0..<there).first { model.relationNames[$0].lowercased() == name }
    }
    self.slots = slots
    let matched = Set(slots.compactMap { $0 })
    ownSlots = (0..<there).filter { !matched.contains($0) }
    sharesSpace = slots.enumerated().map { slot, other in
      guard let other,
        first.parameters.relationMatrix.columns == model.parameters.relationMatrix.columns
      else { return false }
      return first.parameters.relationMatrix.row(slot).elementsEqual(
        model.parameters.relationMatrix.row(other))
    }
    let unknownThere = counterpart.dropFirst().count { $0 < 0 }
    let unknownHere = original.dropFirst().count { $0 < 0 }
    var parts: [String] = []
    if unknownThere > 0 {
      parts.append(
        "\(unknownThere) of \(first.items.count - 1) items are unknown to \(name) and left out there"
      )
    }
    if unknownHere > 0 { parts.append("\(unknownHere) of its items are unknown here") }
    let unmatched = slots.count { $0 == nil }
    if unmatched > 0 || !ownSlots.isEmpty {
      parts.append("\(unmatched + ownSlots.count) relations exist in only one model")
    }
    drift = parts.isEmpty ? nil : parts.joined(separator: "; ") + "."
  }

  /// The history as this model reads it, with the edits of what is read that it can follow.
  func states(_ items: [Int32], edits: [Edit]) -> HistoryStates {
    let known = items.map { counterpart[Int($0)] }.filter { $0 > 0 }
    let names = EditNames(session.model)
    var reading = ReadIntervention.none
    // One at a time: a relation that this model lacks must not stop the others.
    var followed: [Edit] = []
    for edit in edits where !edit.concernsHistory {
      guard let run = try? EditedHistory([1], EditScript(followed + [edit]), in: names) else {
        continue
      }
      followed.append(edit)
      reading = run.reading
    }
    return HistoryStates(network: session.network, items: known, reading: reading)
  }
}
