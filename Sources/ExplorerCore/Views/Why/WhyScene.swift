import Explanation
import KSRModel
import Workspace

/// Why an item: the table that adds up to its score, and what it shares with the history.
package struct WhyScene: Sendable {
  package let item: Int32
  package let title: String
  /// Its place among all items, from 1.
  package let rank: Double
  /// What the item it is compared with is called; nil unless it is compared with one.
  package let otherTitle: String?
  /// The table, grouped by known facts.
  package let facts: SharedFacts
  package let sentence: String
  /// The same in plain words.
  let plainSentence: String
  /// What has to be known to read the table; empty where it goes without saying.
  package let note: String
  /// The steps of the table, oldest first.
  package let steps: [Step]
  /// What to call each slot; empty for a model without memory.
  package let relationNames: [String]
  /// What to call the relation of each known fact; without memory the graph still has facts.
  let factRelationNames: [String]
  /// α at the step; empty for a model without memory.
  package let attention: [Float]
  /// What other methods say about the steps, as far as it has been computed.
  var comparison = StepAttributions.Known()
  var claim: AblationCheck?

  package struct Step: Sendable {
    /// The step, from 0.
    package let step: Int
    package let title: String
    /// The sequence's cell, then one for each slot.
    package let cells: [Float]
    package let sum: Float
    /// The known tails of its item by slot, those that it shares with the explained one first.
    package let tails: [[Tail]]
  }

  /// A known fact of a step's item.
  package struct Tail: Sendable, Equatable {
    package let name: String
    /// Whether the explained item has it, too.
    package let isShared: Bool
  }

  /// The reasons in the words that are in use.
  func sentence(isPlain: Bool) -> String { isPlain ? plainSentence : sentence }

  package var contributions: Contributions { facts.contributions }
  package var contrast: Contrast { contributions.contrast }

  /// The row of a step of the history.
  func row(of step: Int) -> Int? {
    contributions.steps.contains(step) ? step - contributions.steps.lowerBound : nil
  }
}

extension WhyScene {
  /// Why an item is ranked where it is at a step of a history.
  init(
    _ item: Int32, over contrast: Contrast, at step: Int, of states: HistoryStates,
    session: Session, tails: TailIndex
  ) {
    let model = session.model
    let table = Contributions(states, step: step, item: item, over: contrast)
    let facts = SharedFacts(table, index: tails)
    self.item = item
    title = model.itemNames[Int(item)]
    rank = KSRModel.rank(of: item, in: states.scores(at: step))
    if case .item(let other) = contrast {
      otherTitle = model.itemNames[Int(other)]
    } else {
      otherTitle = nil
    }
    self.facts = facts
    sentence = facts.whySentence(in: model)
    plainSentence = facts.whySentence(in: model, isPlain: true)
    note = WhyScene.note(table, model)
    let (trace, row) = states.pass(through: step)
    let readsMemory = model.settings.memory == .knowledge
    relationNames = readsMemory ? model.relationNames : []
    factRelationNames = model.relationNames
    attention = readsMemory ? Array(trace.attention.row(row)) : []
    let slots = readsMemory ? table.relationCount : 0
    steps = zip(table.steps, table.stepSums).enumerated().map { row, entry in
      Step(
        step: entry.0, title: model.itemNames[Int(table.items[row])],
        cells: [table.sequence[row]] + (0..<slots).map { table.cell(row: row, relation: $0) },
        sum: entry.1,
        tails: (0..<slots).map { WhyScene.tails(of: table.items[row], under: $0, item, tails) })
    }
  }

  private static func note(_ table: Contributions, _ model: TrainedModel) -> String {
    var parts: [String] = []
    if !table.unseen.isEmpty {
      let last = table.unseen.upperBound
      parts.append(
        "The model does not see \(last == 1 ? "step 1" : "steps 1 to \(last)"), before its window of "
          + "\(model.settings.maxItemListLength).")
    }
    if model.settings.layerCount > 1 {
      parts.append(
        "Of the GRU's \(model.settings.layerCount) layers, sequence cells are those of the top one."
      )
    }
    return parts.joined(separator: " ")
  }

  private static func tails(
    of item: Int32, under slot: Int, _ explained: Int32, _ index: TailIndex
  ) -> [Tail] {
    let known = index.tails.of(item: Int(explained), slot: slot)
    let all = index.tails.of(item: Int(item), slot: slot)
    return (all.filter(known.contains) + all.filter { !known.contains($0) }).map {
      Tail(name: index.tails.names[Int($0)], isShared: known.contains($0))
    }
  }
}
