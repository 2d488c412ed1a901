import AtomicFiles

extension CheckedData {
  /// Vectors of the graph that are missing or say nothing, where there are files of them.
  func vectors() -> [Finding] {
    var findings: [Finding] = []
    if (entityVectors == nil) != (relationVectors == nil) {
      let (there, missing) =
        entityVectors == nil ? ("rel_feature", "ent_feature") : ("ent_feature", "rel_feature")
      findings.append(
        Finding(
          kind: .halfVectors, severity: .severe, title: "Half of a pair of files of vectors",
          count: 1, total: 1, unit: "pair of files",
          meaning: "Training refuses one without the other: add the missing file, make both with "
            + "'ksr embed', or take the one away.",
          examples: ["\(folder.name).\(there) is there, \(folder.name).\(missing) is not"]))
    }
    if let entityVectors, let relationVectors, entityVectors.width != relationVectors.width {
      findings.append(
        Finding(
          kind: .vectorWidths, severity: .severe,
          title: "Entity and relation vectors of different widths", count: 1, total: 1,
          unit: "pair of files",
          meaning: "Entity + relation is undefined, and training refuses them: make both with one "
            + "run of 'ksr embed'.",
          examples: [
            "\(folder.name).ent_feature: \(entityVectors.width) numbers each",
            "\(folder.name).rel_feature: \(relationVectors.width) numbers each",
          ]))
    }
    if let entityVectors {
      let missing = linkedItems.filter { item in
        linkedEntity(item).map { entityVectors.tokens.id(of: $0) == nil } ?? false
      }
      if !missing.isEmpty {
        findings.append(
          Finding(
            kind: .missingVectors, severity: .minor, title: "Linked items without entity vector",
            count: missing.count, total: linkedItems.count, unit: "linked items",
            meaning: "KSR takes zeros for them, so they write the bare relation into every slot. "
              + "'ksr embed' makes vectors of all entities of the graph.",
            examples: missing.map { item in
              "\(name(ofItem: item)) → \(linkedEntity(item).map { name(ofEntity: $0) } ?? "")"
            }
          ).graded(severe: 0.5, moderate: 0.02))
      }
      findings += dead(entityVectors, "ent_feature", "entity") { self.name(ofEntity: $0) }
    }
    if let relationVectors {
      let missing = itemRelations.filter {
        relationVectors.tokens.id(of: graph.relations[$0]) == nil
      }
      if !missing.isEmpty {
        findings.append(
          Finding(
            kind: .missingRelationVectors, severity: .severe,
            title: "Relations of items without vector", count: missing.count,
            total: itemRelations.count, unit: "relations of items",
            meaning: "They are keys of the memory, and training refuses to begin without them: "
              + "'ksr embed' makes vectors of all relations.",
            examples: missing.map { name(ofRelation: $0) }))
      }
      findings += dead(relationVectors, "rel_feature", "relation") {
        printable(relationNames.name(of: $0) ?? $0)
      }
    }
    return findings
  }

  private func dead(
    _ vectors: FeatureVectors, _ suffix: String, _ what: String, name: (String) -> String
  ) -> [Finding] {
    let dead = (0..<vectors.tokens.count).filter { isConstant(vectors[$0]) }
    guard !dead.isEmpty else { return [] }
    return [
      Finding(
        kind: .deadVectors, severity: .minor,
        title: "Vectors in \(folder.name).\(suffix) that are one number repeated",
        count: dead.count, total: vectors.tokens.count, unit: "vectors",
        meaning: "Such a vector says nothing about its \(what): it was probably never trained. "
          + "Make the file anew with 'ksr embed'.",
        examples: dead.map { id in
          "\(name(vectors.tokens[id])): all \(vectors[id].first.map { "\($0)" } ?? "empty")"
        }
      ).graded(severe: 0.5, moderate: 0.02)
    ]
  }

  /// Rows that a reader set aside, as it says.
  func oddities() -> [Finding] {
    let warnings =
      links.warnings + (attributes?.warnings ?? []) + entityNames.warnings
      + relationNames.warnings + (entityVectors?.warnings ?? [])
      + (relationVectors?.warnings ?? [])
    guard !warnings.isEmpty else { return [] }
    return [
      Finding(
        kind: .odditiesInFiles, severity: .minor, title: "Files with unused rows or columns",
        count: warnings.count, total: warnings.count, unit: "files",
        meaning:
          "Of several rows for one token, the one that RecBole would use is used. Columns that "
          + "nothing asks for are ignored. Make sure that nothing is lost.",
        examples: warnings.map { warning in
          var warning = warning
          warning.file = String(warning.file.split(separator: "/").last ?? "")
          return warning.description
        })
    ]
  }
}

/// Whether a vector is one number repeated, zero for instance; the empty and the single are not.
func isConstant(_ vector: ArraySlice<Float>) -> Bool {
  guard vector.count > 1, let first = vector.first else { return false }
  return vector.allSatisfy { $0 == first }
}
