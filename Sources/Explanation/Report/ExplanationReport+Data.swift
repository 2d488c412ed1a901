import KSRModel
import Text

/// An explanation as JSON; the keys are the names of these properties, absent where there is nothing.
///
/// Steps count from 1. Lists by relation are in the order of `model.relations`. Numbers have the
/// digits that tell a 32-bit float from its neighbours.
struct ExplanationDocument: Encodable {
  struct Name: Encodable { let token, name: String }

  struct Model: Encodable {
    let data, loss, memory: String
    let layers, window: Int
    let gamma: Float
    let relations: [Name]
  }

  /// Where an item stands among all items.
  struct Standing: Encodable {
    let token, name: String
    let rank: Double
    let score: Float
    let probability: Float?
  }

  /// A step of the history: `sequence` + Σ `cells` = `written`; `cells` = `itemParts` +
  /// `relationParts`.
  struct Step: Encodable {
    let step: Int
    let token, name: String
    let sequence: Float
    let cells, itemParts, relationParts: [Float]
    let attention, writeGates: [Float]
  }

  /// What the removal values add up to: Σ `history.removal` + `carriedTogether` + `bias` = `all`.
  struct Removal: Encodable {
    /// `log p` or `score`.
    let quantity: String
    let all, carriedTogether, bias: Float?
  }

  /// Two steps, of which the loss together is `amount` more than the sum of both.
  struct Pair: Encodable {
    let steps: [Int]
    let amount, standardError: Float
    /// `say the same` or `need each other`.
    let kind: String
  }

  /// A step with the values of the columns under their own keys.
  struct AttributedStep: Encodable {
    struct Key: CodingKey {
      let stringValue: String
      var intValue: Int? { nil }

      init(stringValue: String) { self.stringValue = stringValue }

      init?(intValue: Int) { nil }
    }

    let step: Step
    let values: [(key: String, value: Float)]

    func encode(to encoder: any Encoder) throws {
      try step.encode(to: encoder)
      var container = encoder.container(keyedBy: Key.self)
      for (key, value) in values { try container.encode(value, forKey: Key(stringValue: key)) }
    }
  }

  /// The steps that share a known fact with the item.
  struct Group: Encodable {
    struct Amount: Encodable {
      let step: Int
      let amount: Float
    }
    let relation, tail, name: String
    let amount: Float
    /// The share of the steps, and of all items, that have the tail.
    let historyShare, catalogueShare: Float
    let steps: [Amount]
  }

  /// A change tried: what the sum says of it and what happens when the model runs again.
  struct Check: Encodable {
    /// The steps left out; absent where a relation is silenced.
    let withoutSteps: [Int]?
    /// The relation silenced; absent where steps are left out.
    let silenced: String?
    let score, predictedScore, realScore: Float
    let rank, predictedRank, realRank: Double
    /// What the removal values are of, before, as they forecast it, and really; absent for a relation.
    let value, forecast, real: Double?
    /// `agrees`, `otherSign` or `otherSize`.
    let verdict: String
  }

  /// What a slot holds: `held` is exact, `nearest` a comparison of vectors.
  struct Slot: Encodable {
    struct Held: Encodable {
      let tail, name: String
      let weight: Float
      let steps: [Int]
    }
    struct Near: Encodable {
      let tail, name: String
      let cosine: Float
    }
    let relation: String
    let attention: Float
    let held: [Held]
    let withoutFact, unwritten: Float
    let nearest: [Near]
    let note: String?
  }

  let model: Model
  let user: String?
  let step, steps: Int
  /// As `--edit` takes it.
  let edit: String?
  let item: Standing
  let unedited: Standing?
  let next: Standing?
  /// `score`, `catalogue mean`, `rivals`, or the token of another item.
  let over: String
  let removal: Removal
  let pairs: [Pair]
  /// The score over the contrast: Σ `history.written` + `bias` + `alreadySeen` + `residual`.
  let score: Float
  let bias, residual: Float
  /// ρ, where the item is in the history, less that of the contrast; 0 without a repeat bias.
  let alreadySeen: Float
  let sequenceSum: Float
  let relationSums: [Float]
  /// What is lost of `removal.quantity` when each relation is silenced.
  let relationsLeftOutAlone: [Float?]
  let history: [AttributedStep]
  /// The most telling first; those that many items have are in `commonFacts`.
  let sharedFacts, commonFacts: [Group]
  /// What the steps add that share no known fact with the item.
  let otherSteps: Float
  let why: String
  let checks: [Check]
  let slots: [Slot]
  /// The cosine of h_s and h_t, step by step of `history`.
  let similarity: [[Float]]
  let remarks: [String]
  let warning: String?
}

extension ExplanationReport {
  package var json: String {
    get throws(UserError) { try JSON.text(document) }
  }

  private var document: ExplanationDocument {
    let table = contributions
    let slotRange = 0..<table.relationCount
    return ExplanationDocument(
      model: .init(
        data: model.provenance.dataName, loss: model.settings.loss.rawValue,
        memory: model.settings.memory.rawValue, layers: model.settings.layerCount,
        window: model.settings.maxItemListLength,
        gamma: question.edited?.reading.gamma ?? model.settings.gamma,
        relations: slotRange.map {
          .init(token: model.relations[$0], name: model.relationNames[$0])
        }),
      user: question.user, step: question.step + 1, steps: stepCount,
      edit: question.edits, item: document(standing), unedited: unedited.map { document($0) },
      next: next.map { document($0) }, over: overToken,
      removal: .init(
        quantity: quantity, all: attributions.whole?.value,
        carriedTogether: attributions.whole?.together, bias: attributions.whole?.bias),
      pairs: attributions.pairs.map {
        .init(
          steps: [$0.first + 1, $0.second + 1], amount: $0.amount, standardError: $0.error,
          kind: $0.isAlike ? "say the same" : "need each other")
      },
      score: table.score, bias: table.bias, residual: table.residual,
      alreadySeen: table.repeated,
      sequenceSum: table.sequenceSum, relationSums: table.relationSums,
      relationsLeftOutAlone: attributions.slots,
      history: table.items.indices.map { row in
        .init(
          step: .init(
            step: table.steps.lowerBound + row + 1, token: model.items[Int(table.items[row])],
            name: model.itemNames[Int(table.items[row])], sequence: table.sequence[row],
            cells: slotRange.map { table.cell(row: row, relation: $0) },
            itemParts: Array(table.itemParts.row(row)),
            relationParts: Array(table.relationParts.row(row)),
            attention: Array(attention.row(row)), writeGates: Array(writeGates.row(row))),
          values: zip(Attributions.columns, self.table.steps[row].values).compactMap {
            column, value in
            value.map { (column.key, $0) }
          })
      },
      sharedFacts: facts.groups.map { document($0) },
      commonFacts: facts.common.map { document($0) },
      otherSteps: facts.other, why: facts.whySentence(in: model, missed: attributions.missed),
      checks: checks.map { document($0) },
      slots: slots.map { document($0) },
      similarity: (0..<similarity.cosines.rows).map { Array(similarity.cosines.row($0)) },
      remarks: remarks, warning: attentionWarning)
  }

  private var overToken: String {
    switch question.contrast {
    case .none: "score"
    case .catalogueMean: "catalogue mean"
    case .rivals: "rivals"
    case .item(let other): model.items[Int(other)]
    }
  }

  private func document(_ standing: Standing) -> ExplanationDocument.Standing {
    .init(
      token: model.items[Int(standing.item)], name: model.itemNames[Int(standing.item)],
      rank: standing.rank, score: standing.score, probability: standing.probability)
  }

  private func document(_ group: SharedFacts.Group) -> ExplanationDocument.Group {
    .init(
      relation: model.relations[group.slot], tail: model.tails.tokens[Int(group.tail)],
      name: group.name, amount: group.amount, historyShare: group.historyShare,
      catalogueShare: group.catalogueShare,
      steps: group.steps.map { .init(step: $0.step + 1, amount: $0.amount) })
  }

  private func document(_ check: AblationCheck) -> ExplanationDocument.Check {
    var (steps, relation): ([Int]?, String?) = (nil, nil)
    switch check.ablation {
    case .steps(let all): steps = all.map { $0 + 1 }
    case .slot(let slot): relation = model.relations[slot]
    }
    return .init(
      withoutSteps: steps, silenced: relation, score: check.scoreBefore,
      predictedScore: check.scorePredicted, realScore: check.scoreAfter, rank: check.rankBefore,
      predictedRank: check.rankPredicted, realRank: check.rankAfter,
      value: check.forecast?.before, forecast: check.forecast?.forecast,
      real: check.forecast?.after,
      verdict: check.verdict.rawValue)
  }

  private func document(_ slot: SlotReading) -> ExplanationDocument.Slot {
    var near: [ExplanationDocument.Slot.Near] = []
    var note: String?
    switch slot.nearest {
    case .found(let tails, let said):
      near = tails.map {
        .init(tail: model.tails.tokens[Int($0.tail)], name: $0.name, cosine: $0.cosine)
      }
      note = said
    case .unavailable(let said): note = said
    }
    return .init(
      relation: model.relations[slot.slot], attention: attention[attention.rows - 1, slot.slot],
      held: slot.facts.map {
        .init(
          tail: model.tails.tokens[Int($0.tail)], name: $0.name, weight: $0.weight,
          steps: $0.steps.map { $0 + 1 })
      },
      withoutFact: slot.weightWithoutFact, unwritten: slot.unwritten, nearest: near, note: note)
  }
}

extension ExplanationReport {
  /// The explanation as CSV: one row per cell, whose `value`s add up to the score over the contrast
  /// but for rounding.
  ///
  /// Columns: `step` (from 1), `item`, `name`, `part` (sequence, relation, carried_together, already_seen
  /// or bias), `relation`, `value`, of a relation cell its `item_part` and `relation_part`; then, said of
  /// the whole step and the same in all its rows, the columns of ``Attributions/columns``.
  package var csv: String {
    var lines = [
      "step,item,name,part,relation,value,item_part,relation_part,"
        + Attributions.columns.map(\.field).joined(separator: ",")
    ]
    func whole(_ row: StepTable.Row) -> [String] { row.values.map { $0.map { "\($0)" } ?? "" } }
    for (row, step) in contributions.steps.enumerated() {
      let item = Int(contributions.items[row])
      let start = ["\(step + 1)", field(model.items[item]), field(model.itemNames[item])]
      let columns = whole(table.steps[row])
      lines.append(
        (start + ["sequence", "", "\(contributions.sequence[row])", "", ""] + columns)
          .joined(separator: ","))
      for a in 0..<contributions.relationCount {
        let cell = [
          "relation", field(model.relations[a]), "\(contributions.cell(row: row, relation: a))",
          "\(contributions.itemParts[row, a])", "\(contributions.relationParts[row, a])",
        ]
        lines.append((start + cell + columns).joined(separator: ","))
      }
    }
    for row in table.rest {
      let value = row.values[StepTable.Order.written.column].map { "\($0)" } ?? ""
      let part = row.kind == .together ? "carried_together" : StepTable.name(row.kind)
      lines.append(
        (["", "", "", part.replacing(" ", with: "_"), "", value, "", ""] + whole(row))
          .joined(separator: ","))
    }
    return lines.joined(separator: "\n") + "\n"
  }

  /// A field as RFC 4180 has it.
  private func field(_ text: String) -> String {
    guard text.contains(where: { ",\"".contains($0) || $0.isNewline }) else { return text }
    let doubled = text.split(separator: "\"", omittingEmptySubsequences: false)
    return "\"" + doubled.joined(separator: "\"\"") + "\""
  }
}
