import AtomicFiles
import Explanation
import KSRModel
import Text
import Workspace

/// What is wrong with a model, on its own and beside the data.
struct ModelCheck {
  let model: TrainedModel
  let data: CheckedData

  init(_ model: TrainedModel, _ data: CheckedData) {
    self.model = model
    self.data = data
  }

  func findings() throws(DataError) -> [Finding] {
    let broken = notFinite()
    var findings = broken + deadRows()
    let drift = itemDrift()
    findings += drift
    findings += [otherFacts()].compactMap { $0 }
    guard !drift.contains(where: { $0.kind == .otherItems }) else { return findings + slots([]) }
    let session = try Session(model, folder: data.folder)
    findings += [otherTraining(session)].compactMap { $0 }
    // Numbers that are not finite make all attention that.
    return findings + slots(broken.isEmpty ? session.users.map(\.items) : [])
  }

  private func notFinite() -> [Finding] {
    var count = 0
    var total = 0
    var examples: [String] = []
    var tensors = model.parameters.entries.map { entry in
      (name: entry.name, shape: entry.shape, values: model.parameters[keyPath: entry.path])
    }
    if let tails = model.tails.vectors {
      tensors.append(("vectors of known tails", [tails.rows, tails.columns], tails.values))
    }
    for entry in tensors {
      let values = entry.values
      total += values.count
      let places = values.indices.filter { !values[$0].isFinite }
      guard let first = places.first else { continue }
      count += places.count
      let width = entry.shape.count > 1 ? entry.shape[1] : 1
      examples.append(
        "\(entry.name): \(grouped(places.count)) of \(grouped(values.count)), first in row "
          + rowName(first / max(1, width), of: entry.name))
    }
    guard count > 0 else { return [] }
    return [
      Finding(
        kind: .notFinite, severity: .severe, title: "Parameters that are not finite", count: count,
        total: total, unit: "numbers",
        meaning: "Every score that uses them is NaN: training diverged or the file is damaged. "
          + "Train again with a smaller learning rate.", examples: examples)
    ]
  }

  private func rowName(_ row: Int, of tensor: String) -> String {
    switch tensor {
    case "item_embedding.weight", "entity_embedding.weight":
      "\(row) (\(printable(model.itemNames[row])))"
    case "relation_Matrix": "\(row) (\(printable(model.relationNames[row])))"
    case "vectors of known tails": "\(row) (\(printable(model.tails.names[row])))"
    default: "\(row)"
    }
  }

  private func deadRows() -> [Finding] {
    let tables = [
      (
        "item_embedding.weight", model.parameters.itemEmbedding,
        "They were never trained: such "
          + "items differ from each other only by the graph."
      ),
      (
        "entity_embedding.weight", model.parameters.entityEmbedding,
        "Their entities had no vector: "
          + "they write the bare relation into every slot. Run 'ksr embed' and train again."
      ),
    ]
    return tables.compactMap { name, table, meaning in
      let dead = (1..<max(1, table.rows)).filter { isConstant(table.row($0)) }
      guard !dead.isEmpty else { return nil }
      return Finding(
        kind: .deadRows, severity: .minor,
        title: "Rows of \(name) that are one number repeated", count: dead.count,
        total: table.rows - 1, unit: "items", meaning: meaning,
        examples: dead.map { "\(printable(model.itemNames[$0])): all \(table[$0, 0])" }
      ).graded(severe: 0.5, moderate: 0.02)
    }
  }

  /// Items of the data that the model lacks; those it has beyond the data do no harm.
  private func itemDrift() -> [Finding] {
    let linked = data.linkedItems.filter { $0 < data.chosenItemCount }
    let unknown = linked.filter { (model.items.id(of: data.items[$0]) ?? 0) == 0 }
    guard !unknown.isEmpty else { return [] }
    let lost = unknown.reduce(0) { $0 + data.popularity[$1] }
    let isOther = unknown.count == linked.count
    let kept = linked.reduce(0) { $0 + data.popularity[$1] }
    let share = Double(lost) / Double(max(1, kept))
    return [
      Finding(
        kind: isOther ? .otherItems : .unknownItems,
        severity: isOther ? .severe : Severity(share: share, severe: 0.2, moderate: 0.01),
        title: isOther
          ? "The model knows no item of this data"
          : "Items of the data that the model does not know",
        count: unknown.count, total: linked.count, unit: "linked items",
        meaning: isOther
          ? "It was trained on \(quoted(model.provenance.dataName)): give it that data, or train on "
            + "this."
          : "Their \(grouped(lost)) interactions (\(percent(share))) are left out of every history "
            + "and they are never recommended: train again on this data.",
        examples: unknown.map { "\(data.name(ofItem: $0)), \(data.popularity[$0]) interactions" })
    ]
  }

  private func otherTraining(_ session: Session) -> Finding? {
    let known = model.provenance.trainingDigest
    let own = session.users.trainingDigest(model.provenance.split, items: model.items)
    guard !known.isEmpty, known != own else { return nil }
    return Finding(
      kind: .otherTraining, severity: .moderate,
      title: "The model was trained on other interactions", count: 1, total: 1, unit: "data folder",
      meaning: "Test interactions may have been training interactions, so metrics are optimistic. "
        + "Use the data it was trained on, or train again.",
      examples: [
        "the model was trained on \(quoted(model.provenance.dataName)), digest \(printable(known))",
        "this is \(quoted(data.folder.name)), digest \(own)",
      ])
  }

  /// Items whose known tails in the model are not those of the graph.
  private func otherFacts() -> Finding? {
    let slots = model.relations.tokens.map { data.graph.relations.id(of: $0) }
    let tails = model.tails.tokens.tokens.map { data.graph.entities.id(of: $0) ?? -1 }
    let pad = model.settings.hasPadRelation ? 1 : 0
    var compared = 0
    var different: [(item: Int, slot: Int)] = []
    for item in data.linkedItems {
      guard let entity = data.entityOfItem[item], let own = model.items.id(of: data.items[item]),
        own > 0
      else { continue }
      compared += 1
      let slot = (pad..<max(pad, slots.count)).first { slot in
        let known = model.tails.of(item: own, slot: slot).map { tails[Int($0)] }.sorted()
        let facts = slots[slot].map { data.graph.tails(of: entity, under: $0) } ?? []
        return !known.elementsEqual(facts.map(Int.init))
      }
      if let slot { different.append((item, slot)) }
    }
    guard !different.isEmpty else { return nil }
    return Finding(
      kind: .otherFacts, severity: .minor,
      title: "Items about which the model knows other facts than the graph", count: different.count,
      total: compared, unit: "items of both",
      meaning:
        "The graph or the links have changed since the training; the model goes on with what "
        + "it was trained on. Train again to use the new facts.",
      examples: different.map { item, slot in
        "\(data.name(ofItem: item)), \(printable(model.relationNames[slot]))"
      }
    ).graded(severe: 2, moderate: 0.05)
  }
}

extension ModelCheck {
  /// A slot that gets less attention than this on average cannot be seen in any score.
  private static let leastAttention: Float = 1e-4

  /// Dead memory slots, and attention that has collapsed.
  func slots(_ histories: [[Int32]]) -> [Finding] {
    guard model.settings.memory == .linear else { return [] }
    let network = KSRNetwork(model)
    let attention = AttentionSummary(network: network, histories: histories)
    return [idleSlots(attention), collapsed(attention)].compactMap { $0 }
  }

  private func idleSlots(_ attention: AttentionSummary) -> Finding? {
    let keys = model.parameters.relationMatrix
    let idle = (0..<keys.rows).compactMap { slot -> String? in
      let name = printable(model.relationNames[slot])
      if keys.row(slot).allSatisfy({ $0 == 0 }) {
        return model.settings.hasPadRelation && slot == 0
          ? "\(name): RecBole's padding relation, a zero key that stands for no taste"
          : "\(name): its key is zero, so no state can ask for it"
      }
      if let twin = (0..<slot).first(where: { keys.row($0).elementsEqual(keys.row(slot)) }) {
        return "\(name): its key is that of \(printable(model.relationNames[twin]))"
      }
      let mean = attention.stepCount > 0 ? attention.mean[slot] : 1
      guard mean < Self.leastAttention else { return nil }
      return "\(name): mean attention below .0001"
    }
    guard !idle.isEmpty else { return nil }
    return Finding(
      kind: .idleSlots, severity: .minor, title: "Dead memory slots",
      count: idle.count, total: keys.rows, unit: "slots",
      meaning: "They are hardly read, or cannot be told from another slot. Exclude these relations "
        + "with a list in 'memory_relations', or with 'pad_relation: false'.",
      examples: idle
    ).graded(severe: 2, moderate: 0.5)
  }

  private func collapsed(_ attention: AttentionSummary) -> Finding? {
    // Facts make the attention narrow at each step; that is no fault while no relation always leads.
    guard attention.isCollapsed, !attention.followsFacts || attention.hasOneLeader else {
      return nil
    }
    let cause =
      attention.followsFacts
      ? "One relation leads everywhere: look at its facts, or leave it out with 'memory_relations'."
      : "γ‖r‖ is \(decimal(Double(attention.sharpness))), too large: train with a smaller 'gamma' or"
        + " 'relation_scale'."
    let order = attention.mean.indices.sorted { attention.mean[$0] > attention.mean[$1] }
    let (entropy, most) = (Double(attention.meanEntropy), Double(attention.largestEntropy))
    return Finding(
      kind: .collapsedAttention, severity: .moderate, title: "Attention that has collapsed",
      count: attention.stepCount, total: attention.stepCount, unit: "steps looked at",
      meaning: "Its mean entropy is \(decimal(entropy)) of at most \(decimal(most)): nearly all is "
        + "read from one slot, and weights tell little. " + cause,
      examples: order.map { slot in
        "\(printable(model.relationNames[slot])): mean attention "
          + decimal(Double(attention.mean[slot]))
      },
      measures: ["entropy": entropy, "largest entropy": most])
  }
}
