import AtomicFiles
import Text
import Workspace

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
    let cause = Dataset.cause(ofMissing: items.map { self.items[$0] }, links, graph, folder)
    return Finding(
      kind: kind, severity: Severity(share: share, severe: 0.2, moderate: 0.02), title: title,
      count: items.count, total: chosenItemCount, unit: "items",
      meaning: "KSR leaves out their \(grouped(lost)) interactions (\(percent(share))), as RecBole "
        + "does. " + advice + (cause.map { " \($0)" } ?? ""),
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
      title: "Linked items without facts",
      count: empty.count, total: linked.count, unit: "linked items",
      meaning: "They are not the head of any fact under a relation of the memory: their slots have "
        + "no known tails, and nothing explains them. Add their facts.",
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

extension CheckedData {
  /// Items whose class in a column is not among the tails of the relation that says the same.
  ///
  /// The relation is the one whose tails have the names of the classes; where several do, the one
  /// that contradicts the column least.
  func contradictedClasses(column: String) -> Finding? {
    guard classColumns.contains(column) else { return nil }
    let found = relationsWithItems.compactMap { contradictions(column: column, relation: $0) }
    guard let best = found.min(by: { $0.share < $1.share }), !best.items.isEmpty else { return nil }
    let relation = name(ofRelation: best.relation)
    let finding = Finding(
      kind: .linkClasses, severity: .minor,
      title: "Links whose facts contradict the items' \(column)", count: best.items.count,
      total: best.compared, unit: "items with both",
      meaning: "Under \(relation), where the graph has the same names, it gives these items none "
        + "of the classes of their own column: the link is wrong, or one of the two is.",
      examples: best.items.map { item in
        let own = attributeRow[item].flatMap { attributes?.value(column, of: $0) } ?? ""
        return "\(name(ofItem: item)), \(column) \(printable(own)) → "
          + "\(tailNames(item, best.relation).joined(separator: ", "))"
      })
    return finding.graded(severe: 0.3, moderate: 0.02)
  }

  private struct Contradictions {
    let relation: Int
    let items: [Int]
    let compared: Int
    var share: Double { Double(items.count) / Double(max(1, compared)) }
  }

  private func contradictions(column: String, relation: Int) -> Contradictions? {
    var names: Set<String> = []
    var tailsOfItem: [(item: Int, tails: Set<String>)] = []
    for item in linkedItems {
      guard let entity = entityOfItem[item] else { continue }
      let tails = graph.tails(of: entity, under: relation).flatMap { comparedNames(Int($0)) }
      guard !tails.isEmpty else { continue }
      names.formUnion(tails)
      tailsOfItem.append((item, Set(tails)))
    }
    var (occurrences, known) = (0, 0)
    var seen: Set<String> = []
    var compared = 0
    var contradicted: [Int] = []
    for (item, tails) in tailsOfItem {
      let pieces = self.pieces(column, of: item)
      let whole = ComparedText(pieces.joined(separator: " ")).joined
      let own = Set(pieces.map { ComparedText($0).joined } + [whole]).intersection(names)
      occurrences += pieces.count
      known += names.contains(whole) ? pieces.count : own.count
      seen.formUnion(own)
      guard !own.isEmpty else { continue }
      compared += 1
      if own.isDisjoint(with: tails) { contradicted.append(item) }
    }
    // Only a relation that has the column's vocabulary says the same thing.
    guard seen.count > 1, known * 2 >= occurrences else { return nil }
    return Contradictions(relation: relation, items: contradicted, compared: compared)
  }

  /// An entity's name and the readable end of its token, made comparable.
  private func comparedNames(_ entity: Int) -> [String] {
    let token = graph.entities[entity]
    let end = token.split(whereSeparator: { $0 == ":" || $0 == "/" }).last.map(String.init)
    return [entityNames.name(of: token), end].compactMap { $0.map { ComparedText($0).joined } }
      .filter { !$0.isEmpty }
  }

  private func tailNames(_ item: Int, _ relation: Int) -> [String] {
    guard let entity = entityOfItem[item] else { return [] }
    return graph.tails(of: entity, under: relation).prefix(5).map { name(ofEntity: Int($0)) }
  }

  /// Items whose year is not the one that the graph gives them.
  func contradictedYears() -> Finding? {
    var best: Contradictions?
    for relation in relationsWithItems {
      var (read, facts, compared) = (0, 0, 0)
      var items: [Int] = []
      for item in linkedItems {
        guard let entity = entityOfItem[item] else { continue }
        let tails = graph.tails(of: entity, under: relation)
        let years = tails.compactMap { self.years($0) }
        facts += tails.count
        read += years.count
        guard let own = year(item), !years.isEmpty else { continue }
        compared += 1
        // The year of making and that of showing differ by one.
        let isNear = years.contains { $0.lowerBound - 1 <= own && own <= $0.upperBound + 1 }
        if !isNear { items.append(item) }
      }
      guard compared > 0, read * 10 >= facts * 9 else { continue }
      let found = Contradictions(relation: relation, items: items, compared: compared)
      // A decade contradicts less than a year, but of a wrong link it contradicts enough.
      if best.map({ found.share < $0.share }) ?? true { best = found }
    }
    guard let best, !best.items.isEmpty else { return nil }
    let finding = Finding(
      kind: .linkYears, severity: .minor, title: "Links whose facts contradict the items' year",
      count: best.items.count, total: best.compared, unit: "items with both",
      meaning: "The year under \(name(ofRelation: best.relation)) is more than one off: often a "
        + "remake or another item of the same title. Correct \(folder.name).link.",
      examples: best.items.map { item in
        "\(name(ofItem: item)) → \(tailNames(item, best.relation).joined(separator: ", "))"
      })
    return finding.graded(severe: 0.3, moderate: 0.02)
  }

  /// The years that an entity stands for: 1995, 1995-03-02 or 1990s, by name or end of token.
  private func years(_ entity: Int32) -> ClosedRange<Int>? {
    let token = graph.entities[Int(entity)]
    let end = token.split(whereSeparator: { $0 == ":" || $0 == "/" }).last.map(String.init)
    for text in [entityNames.name(of: token), end].compactMap({ $0 }) {
      let digits = text.prefix { $0.isASCII && $0.isNumber }
      guard digits.count == 4, let year = Int(digits), (1000...2999).contains(year) else {
        continue
      }
      let rest = text.dropFirst(4)
      if rest.isEmpty || rest.first == "-" { return year...year }
      if rest == "s", year % 10 == 0 { return year...year + 9 }
    }
    return nil
  }
}
