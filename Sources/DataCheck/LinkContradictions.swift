import AtomicFiles
import Text
import Workspace

extension CheckedData {
  /// Links that what is known about the items speaks against.
  func linkContradictions(_ skipped: inout [String]) -> [Finding] {
    guard let attributes else {
      skipped.append(
        "There is no \(folder.name).item: links cannot be compared with titles, classes and years.")
      return []
    }
    let names = comparedNames()
    if names.compared == 0 {
      skipped.append(
        "No linked item has both a title and a named entity (\(folder.name).entity): "
          + "names cannot be compared.")
    }
    var findings = [names.finding].compactMap { $0 }
    findings += attributes.columns.compactMap { contradictedClasses(column: $0) }
    if let years = contradictedYears() { findings.append(years) }
    let columns = itemClasses()
    if columns.isEmpty {
      skipped.append(
        "\(folder.name).item has no column of classes for \(LinkAgreement.leastItems) linked items: "
          + "facts cannot be compared by statistics.")
    } else if !names.confirmLinks {
      // Where the names agree the links are right, whatever the facts are about.
      let agreement = LinkAgreement(self, columns)
      if agreement.pairs.isEmpty {
        skipped.append(
          "No relation of items has facts that recur: they cannot be compared by statistics.")
      }
      if let finding = self.finding(agreement) { findings.append(finding) }
    }
    return findings
  }

  private func comparedNames() -> (compared: Int, confirmLinks: Bool, finding: Finding?) {
    let names = LinkNames(
      linkedItems, title: title,
      entityName: { linkedEntity($0).flatMap { entityNames.name(of: $0) } })
    let (compared, different) = (names.compared, names.different)
    let confirmed = compared * 2 >= linkedItems.count && different.count * 5 <= compared
    guard !different.isEmpty else { return (compared, confirmed && compared > 0, nil) }
    let finding = Finding(
      kind: .linkNames, severity: .minor,
      title: "Links between an item and an entity of another name", count: different.count,
      total: compared, unit: "links with both names",
      meaning: "Title and entity name have no word and few letters in common: unless one is a "
        + "translation, the item gets the facts of something else. Correct \(folder.name).link.",
      examples: different.map { item in
        "\(name(ofItem: item)) → \(linkedEntity(item).map { name(ofEntity: $0) } ?? "")"
      })
    return (compared, confirmed, finding.graded(severe: 0.3, moderate: 0))
  }

  private func finding(_ agreement: LinkAgreement) -> Finding? {
    guard let best = agreement.best else { return nil }
    let column = agreement.columns[best.column].label
    let numbers =
      "Agreement of the items' \(column) with \(name(ofRelation: best.relation)), the relation "
      + "that fits best: \(decimal(best.agreement, places: 3)), by chance \(decimal(best.chance, places: 3)); right links "
      + "usually reach 0.3 or more (0: none, 1: one follows from the other). "
    let byChance = agreement.isByChance
    let labels = agreement.columns.map(\.label).joined(separator: " and ")
    guard byChance || best.excess < LinkAgreement.leastExcess else { return nil }
    let count = linkedItems.count
    return Finding(
      kind: byChance ? .linksByChance : .weakLinks, severity: byChance ? .severe : .minor,
      title: byChance
        ? "Links fit the items' own \(labels) no better than random links"
        : "Links hardly fit the items' own columns",
      count: byChance ? count : 0, total: byChance ? count : 0, unit: "linked items",
      meaning: numbers
        + (byChance
          ? "Nearly all items are linked to something else, so every known tail and every slot is "
            + "about other items: make \(folder.name).link anew by title and year."
          : "Either the graph says little about what the columns say, or many links are wrong: "
            + "compare some by hand."),
      examples: agreement.columns[best.column].items.map { example($0, column: column) },
      measures: [
        "agreement": best.agreement, "chance": best.chance, "p": agreement.probability,
        "permutations": Double(LinkAgreement.permutations),
      ])
  }

  /// What a column says about an item, and what it is linked to.
  private func example(_ item: Int, column: String) -> String {
    let own =
      column == "year"
      ? nil : attributeRow[item].flatMap { attributes?.value(column, of: $0) }
    return name(ofItem: item) + (own.map { ", \(column) \(printable($0))" } ?? "")
      + " → \(linkedEntity(item).map { name(ofEntity: $0) } ?? "")"
  }
}
