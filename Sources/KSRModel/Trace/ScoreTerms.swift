import KSRNumerics

/// What the scores of all items follow from at one step.
///
///     score(i) = p · q_i + Σ_{c ∈ T(i)} weight_c + ρ · 1[i is in the history]
///
/// A column c is a relation with one of its tails (``FactTable``), its weight α_a λ_a m_aτ; there are
/// none but in a memory of facts. The network adds them up (``KSRNetwork/scores(_:)``).
public struct ScoreTerms: Sendable, Equatable {
  /// A column and what it adds to the scores of its items.
  package struct Fact: Sendable, Equatable {
    package var column: Int32
    package var weight: Float

    package init(column: Int32, weight: Float) { (self.column, self.weight) = (column, weight) }
  }

  /// p [E].
  package var preference: [Float]
  /// What is held of facts, in ascending order of columns.
  package var facts: [Fact] = []
  /// The items that ρ is added to, each once.
  package var repeated: [Int32] = []

  /// A preference alone.
  public init(preference: some Sequence<Float>) { self.preference = Array(preference) }

  /// These less a part of them.
  package func subtracting(_ part: ScoreTerms) -> ScoreTerms {
    var rest = self
    for k in rest.preference.indices { rest.preference[k] -= part.preference[k] }
    let taken = Dictionary(uniqueKeysWithValues: part.facts.map { ($0.column, $0.weight) })
    for k in rest.facts.indices { rest.facts[k].weight -= taken[rest.facts[k].column] ?? 0 }
    let gone = Set(part.repeated)
    rest.repeated.removeAll(where: gone.contains)
    return rest
  }
}

extension KSRNetwork {
  /// ρ; nil without a repeat bias.
  package var repeatBias: Float? { parameters.repeatBias.first }

  /// What the scores at a row of a trace follow from.
  ///
  /// - Parameters:
  ///   - reading: the change under which the memory is read; that of the trace if none is given.
  ///   - history: all items up to the row; if none are given, those of the trace.
  package func terms(
    _ trace: Trace, row: Int, under reading: ReadIntervention? = nil,
    history: ArraySlice<Int32>? = nil
  ) -> ScoreTerms {
    var terms = ScoreTerms(preference: [])
    if let reading, reading != trace.reading {
      let alpha = attention(trace, row: row, under: reading)
      terms.preference = preference(trace, row: row, alpha: alpha)
      terms.facts = facts(trace, row: row, alpha: alpha)
    } else {
      terms.preference = Array(trace.preferences.row(row))
      terms.facts = facts(trace, row: row, alpha: Array(trace.attention.row(row)))
    }
    if repeatBias != nil {
      var known: Set<Int32> = []
      terms.repeated = (history ?? trace.items[...row]).filter { known.insert($0).inserted }
    }
    return terms
  }

  /// The terms had only the given slots been read, the attention being shared out among them; without
  /// any slot nothing is read.
  ///
  /// A change under which the memory was read already stays, too.
  package func terms(
    _ trace: Trace, row: Int, reading slots: [Int], history: ArraySlice<Int32>? = nil
  ) -> ScoreTerms {
    let silenced = Set(0..<relationCount).subtracting(slots)
    return terms(
      trace, row: row, under: silenced.sorted().reduce(trace.reading) { $0.silencing($1) },
      history: history)
  }

  /// The terms of an empty history: b_u.
  package var emptyTerms: ScoreTerms { ScoreTerms(preference: parameters.denseLayerU.bias) }

  private func facts(_ trace: Trace, row: Int, alpha: [Float]) -> [ScoreTerms.Fact] {
    guard let slots = trace.factSlots else { return [] }
    return slots.row(row).map { k in
      let a = Int(factTable.relation[Int(slots.column[k])])
      return ScoreTerms.Fact(
        column: slots.column[k],
        weight: alpha[a] * FactMemory.strength(parameters.factStrength[a]) * slots.held[k])
    }.sorted { $0.column < $1.column }
  }

  // MARK: Scores

  /// The scores of all items [N]; the padding item's has no meaning.
  public func scores(_ terms: ScoreTerms) -> [Float] {
    var scores = itemVectors.applied(to: terms.preference)
    add(terms, to: &scores, of: 0..<itemCount)
    return scores
  }

  /// The scores of a range of items: the same numbers as among all.
  public func scores(of items: Range<Int>, _ terms: ScoreTerms) -> [Float] {
    var scores = itemVectors(with: items).applied(to: terms.preference, rows: items)
    add(terms, to: &scores, of: items)
    return scores
  }

  /// The scores of all items under several terms: the same numbers as one after the other, but the
  /// catalogue comes from memory only once.
  package func scores(_ terms: [ScoreTerms]) -> [[Float]] {
    var scores = itemVectors.applied(to: terms.map(\.preference))
    for place in terms.indices { add(terms[place], to: &scores[place], of: 0..<itemCount) }
    return scores
  }

  private func add(_ terms: ScoreTerms, to scores: inout [Float], of range: Range<Int>) {
    for fact in terms.facts {
      for item in factTable.items(with: Int(fact.column), among: range) {
        scores[Int(item) - range.lowerBound] += fact.weight
      }
    }
    guard let repeatBias else { return }
    for item in terms.repeated where range.contains(Int(item)) {
      scores[Int(item) - range.lowerBound] += repeatBias
    }
  }

  /// A pass over many sequences, for ``scores(_:_:rows:into:)`` and ``CatalogueScores``.
  package func pass() -> NetworkPass { NetworkPass(settings: settings, facts: factTable) }

  /// The scores of all items at some scored rows of a pass [rows N].
  package func scores(
    _ pass: NetworkPass, _ batch: PackedSequences, rows: Range<Int>, into buffer: MatrixBuffer
  ) -> MutableMatrixView {
    let scores = buffer.reserve(rows: rows.count, columns: itemCount)
    multiply(pass.preferences.rows(rows).view, itemVectors.view.transposed, into: scores)
    if let facts = pass.facts {
      pass.match.arrange(rows, of: facts)
      pass.match.add(0..<itemCount, of: factTable, to: scores)
    }
    guard let repeatBias else { return scores }
    for (place, row) in rows.enumerated() {
      for item in batch.history(ofRow: row) { scores[place, Int(item)] += repeatBias }
    }
    return scores
  }
}
