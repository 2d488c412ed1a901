import AtomicFiles
import Text

extension CheckedData {
  /// Items that the graph cannot speak about: no link, a link into nowhere, an entity shared.
  func linkCoverage() -> [Finding] {
    [unlinkedItems(), missingEntities(), withoutFacts(), sharedEntities()].compactMap { $0 }
  }

  private func unlinkedItems() -> Finding? {
    let unlinked = itemsByPopularity.filter { $0 < chosenItemCount && linkedEntity($0) == nil }
    return leftOut(
      unlinked, .unlinkedItems, "Items without a link into the graph",
      advice: "Add them to \(folder.name).link, or accept the loss."
    ) { _ in "" }
  }

  private func missingEntities() -> Finding? {
    let missing = itemsByPopularity.filter {
      $0 < chosenItemCount && linkedEntity($0) != nil && entityOfItem[$0] == nil
    }
    return leftOut(
      missing, .missingEntities, "Items linked to entities that the graph does not have",
      advice: "Correct \(folder.name).link, or add their facts to \(folder.name).kg."
    ) { " → \(linkedEntity($0).map { printable($0) } ?? "")" }
  }

  private func leftOut(
    _ items: [Int], _ kind: FindingKind, _ title: String, advice: String, detail: (Int) -> String
  ) -> Finding? {
    guard !items.isEmpty else { return nil }
    let lost = items.reduce(0) { $0 + popularity[$1] }
    let share = Double(lost) / Double(max(1, interactions.count))
    return Finding(
      kind: kind, severity: Severity(share: share, severe: 0.2, moderate: 0.02), title: title,
      count: items.count, total: chosenItemCount, unit: "items",
      meaning: "KSR leaves out their \(grouped(lost)) interactions (\(percent(share))), as RecBole "
        + "does. " + advice,
      examples: items.map { "\(name(ofItem: $0))\(detail($0)), \(popularity[$0]) interactions" },
      measures: ["interactions": Double(lost)])
  }

  private func withoutFacts() -> Finding? {
    // Where no relation is headed by items this would be said of every item; that is said apart.
    guard !itemRelations.isEmpty else { return nil }
    let linked = linkedItems
    let empty = linked.filter { item in
      guard let entity = entityOfItem[item] else { return false }
      return itemRelations.allSatisfy { graph.tails(of: entity, under: $0).isEmpty }
    }
    guard !empty.isEmpty else { return nil }
    let finding = Finding(
      kind: .withoutFacts, severity: .minor,
      title: "Linked items about which the graph says nothing",
      count: empty.count, total: linked.count, unit: "linked items",
      meaning: "They are in the graph, but are the head of no fact under a relation of the memory: "
        + "their slots have no known tails and nothing explains them. Add their facts.",
      examples: empty.map { item in
        "\(name(ofItem: item)) → \(linkedEntity(item).map { name(ofEntity: $0) } ?? "")"
      })
    return finding.graded(severe: 0.5, moderate: 0.05)
  }

  private func sharedEntities() -> Finding? {
    var sharing = [[Int]](repeating: [], count: links.entities.count)
    for item in itemsByPopularity {
      guard let link = links.items.id(of: items[item]) else { continue }
      sharing[Int(links.entity[link])].append(item)
    }
    let groups = sharing.indices.filter { sharing[$0].count > 1 }.sorted {
      (sharing[$1].count, $0) < (sharing[$0].count, $1)
    }
    guard !groups.isEmpty else { return nil }
    let finding = Finding(
      kind: .sharedEntities, severity: .minor, title: "Several items linked to one entity",
      count: groups.reduce(0) { $0 + sharing[$1].count }, total: links.items.count,
      unit: "linked items",
      meaning: "Items of one entity write the same into the memory and have the same known tails, "
        + "and RecBole merges them with it. Unless they are editions of one thing, correct "
        + "\(folder.name).link.",
      examples: groups.map { group in
        let named = sharing[group].prefix(4).map { name(ofItem: $0) }.joined(separator: ", ")
        let more = sharing[group].count > 4 ? ", …" : ""
        return "\(name(ofEntity: links.entities[group])) ← \(sharing[group].count): \(named)\(more)"
      })
    return finding.graded(severe: 0.3, moderate: 0.05)
  }
}

extension Finding {
  /// The finding with the severity that goes with its share.
  func graded(severe: Double, moderate: Double) -> Finding {
    var finding = self
    finding.severity = Severity(share: share, severe: severe, moderate: moderate)
    return finding
  }
}
