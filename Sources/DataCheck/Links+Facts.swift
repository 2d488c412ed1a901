import AtomicFiles
import Workspace

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
