import AtomicFiles
import Text

extension CheckedData {
  /// Relations that are of no use as keys, and facts that lead nowhere.
  func graphShape() -> [Finding] {
    [headsNotItems(), inverseRelations(), hubRelations(), singleTails()].compactMap { $0 }
  }

  private func headsNotItems() -> Finding? {
    let ofItems = Set(itemRelations)
    let others = (0..<graph.relations.count).filter { !ofItems.contains($0) }
    guard !others.isEmpty || graph.relations.count == 0 else { return nil }
    var heads = [(all: Int, linked: Int)](repeating: (0, 0), count: graph.relations.count)
    let linked = Set(entityOfItem.compactMap { $0 }.map(Int32.init))
    for (head, relation) in zip(triples.head, triples.relation) {
      heads[Int(relation)].all += 1
      if linked.contains(head) { heads[Int(relation)].linked += 1 }
    }
    let none = ofItems.isEmpty
    return Finding(
      kind: .headsNotItems, severity: none ? .severe : .minor,
      title: none ? "No relation is mainly about items" : "Relations whose heads are not items",
      count: others.count, total: graph.relations.count, unit: "relations",
      meaning: none
        ? "The memory has no key: "
          + (relationsWithItems.isEmpty
            ? "reverse the triples, so that the linked entities are their heads."
            : "less than half of each relation's heads are linked items. Link more items, remove "
              + "facts about other things, or list relations in 'memory_relations'.")
        : "item + relation is meaningless here, so these are not used as keys unless "
          + "'memory_relations: all' says so. RecBole uses them all.",
      examples: others.sorted { heads[$0].all > heads[$1].all }.map { relation in
        let (all, linked) = heads[relation]
        return
          "\(name(ofRelation: relation)): \(grouped(linked)) of \(grouped(all)) heads are items"
      })
  }

  private func inverseRelations() -> Finding? {
    /// Facts that a relation shares backwards with another.
    struct Mirror { var (facts, relation, other) = (0, 0, 0) }
    var relations: [UInt64: [Int32]] = [:]
    var sizes = [Int](repeating: 0, count: graph.relations.count)
    for i in 0..<triples.count {
      sizes[Int(triples.relation[i])] += 1
      relations[pair(triples.head[i], triples.tail[i]), default: []].append(triples.relation[i])
    }
    var mirrored = [Int](repeating: 0, count: sizes.count * sizes.count)
    for i in 0..<triples.count {
      let backwards = relations[pair(triples.tail[i], triples.head[i])] ?? []
      for other in Set(backwards) where other != triples.relation[i] {
        mirrored[Int(triples.relation[i]) * sizes.count + Int(other)] += 1
      }
    }
    var pairs: [Mirror] = []
    for a in sizes.indices {
      for b in sizes.indices.dropFirst(a + 1) {
        let (ab, ba) = (mirrored[a * sizes.count + b], mirrored[b * sizes.count + a])
        guard ab * 5 >= sizes[a] * 4 && ab > 0 || ba * 5 >= sizes[b] * 4 && ba > 0 else { continue }
        // The one that the memory would not take comes first: it is the inverse.
        let isKey = [a, b].map(itemRelations.contains)
        let first = isKey[0] && !isKey[1] || isKey[0] == isKey[1] && sizes[a] > sizes[b] ? b : a
        pairs.append(Mirror(facts: max(ab, ba), relation: first, other: first == a ? b : a))
      }
    }
    guard !pairs.isEmpty else { return nil }
    return Finding(
      kind: .inverseRelations, severity: .minor,
      title: "Relations that are the inverse of another",
      count: Set(pairs.map(\.relation)).count, total: graph.relations.count, unit: "relations",
      meaning:
        "They add no facts, and as keys, as in RecBole, head + relation points the wrong way. "
        + "The default, 'memory_relations: item', drops those whose heads are not items. "
        + "A list in 'memory_relations' drops the others.",
      examples: pairs.sorted { $0.facts > $1.facts }.map { mirror in
        "\(name(ofRelation: mirror.relation)) is the inverse of \(name(ofRelation: mirror.other)), "
          + "\(grouped(mirror.facts)) facts"
      })
  }

  private func pair(_ a: Int32, _ b: Int32) -> UInt64 {
    UInt64(UInt32(bitPattern: a)) << 32 | UInt64(UInt32(bitPattern: b))
  }

  /// The items of each tail under a relation of items, most first, and the items with any.
  private func tailSizes(_ relation: Int) -> (tails: [(tail: Int32, items: Int)], items: Int) {
    var sizes: [Int32: Int] = [:]
    var items = 0
    for entity in Set(entityOfItem.compactMap { $0 }) {
      let tails = graph.tails(of: entity, under: relation)
      if !tails.isEmpty { items += 1 }
      for tail in tails { sizes[tail, default: 0] += 1 }
    }
    let sorted = sizes.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
    return (sorted.map { ($0.key, $0.value) }, items)
  }

  private func hubRelations() -> Finding? {
    var hubs: [(share: Double, text: String)] = []
    for relation in itemRelations {
      let (tails, items) = tailSizes(relation)
      guard items > 1, let top = tails.first, top.items * 5 >= items * 4 else { continue }
      let share = Double(top.items) / Double(items)
      hubs.append(
        (
          share,
          "\(name(ofRelation: relation)): \(percent(share)) of \(grouped(items)) items have "
            + name(ofEntity: Int(top.tail))
        ))
    }
    guard !hubs.isEmpty else { return nil }
    return Finding(
      kind: .hubRelations, severity: .minor,
      title: "Relations under which nearly all items have the same tail", count: hubs.count,
      total: itemRelations.count, unit: "relations of items",
      meaning: "A tail that nearly all items share distinguishes none of them. If its slot draws "
        + "attention, exclude the relation with a list in 'memory_relations'.",
      examples: hubs.sorted { $0.share > $1.share }.map(\.text))
  }

  private func singleTails() -> Finding? {
    var (single, all) = (0, 0)
    var relations: [(share: Double, text: String)] = []
    for relation in itemRelations {
      let tails = tailSizes(relation).tails
      let facts = tails.reduce(0) { $0 + $1.items }
      let once = tails.count { $0.items == 1 }
      guard once * 3 >= facts, facts > 0 else { continue }
      single += once
      all += facts
      let share = Double(once) / Double(facts)
      relations.append(
        (
          share,
          "\(name(ofRelation: relation)): \(grouped(once)) of \(grouped(facts)) facts "
            + "(\(percent(share)))"
        ))
    }
    guard !relations.isEmpty else { return nil }
    return Finding(
      kind: .singleTails, severity: .minor,
      title: "Relations with many tails that only one item has", count: single, total: all,
      unit: "facts of \(relations.count) relation\(relations.count == 1 ? "" : "s")",
      meaning: "A preference for such a tail leads to no other item, and its vector is hardly "
        + "trained. Merge rare tails, or use a graph that covers more items.",
      examples: relations.sorted { $0.share > $1.share }.map(\.text))
  }
}
