import KSRModel
import KSRNumerics

/// Ranks targets among the catalogue, many cases at a time.
public struct Ranker: Sendable {
  private let network: KSRNetwork

  /// A ranker for a network.
  public init(_ network: KSRNetwork) { self.network = network }

  /// A ranker for the given parameters.
  public init(settings: KSRSettings, parameters: KSRParameters, facts: FactTable = .none) {
    self.init(KSRNetwork(settings: settings, parameters: parameters, facts: facts))
  }

  /// The rank of each case's target among the candidates, from 1; the padding item is never one.
  ///
  /// If nothing else is said, all items are ranked and nothing of the history is left out, as in
  /// RecBole's sequential models. Items with equal scores share the mean of their places. The number
  /// of threads changes nothing.
  public func ranks(
    _ cases: [RankingCase], among candidates: Candidates = .all, threads: Int = 1
  ) -> [Double] {
    ranked(cases, among: candidates, listLength: 0, threads: threads).ranks
  }

  /// The rank of each case's target as ``ranks(_:among:threads:)`` has it, and the first candidates of
  /// each case, best first; no lists for a length of 0.
  package func ranked(
    _ cases: [RankingCase], among candidates: Candidates = .all, listLength: Int, threads: Int = 1
  ) -> (ranks: [Double], lists: [[Int32]]) {
    let results = results(cases, among: candidates, listLength: listLength, threads: threads)
    return (results.map(\.rank), listLength > 0 ? results.map { $0.list.map(\.item) } : [])
  }

  /// The first candidates of each case with their scores, best first.
  package func first(
    _ count: Int, _ cases: [RankingCase], among candidates: Candidates = .all, threads: Int = 1
  ) -> [[ScoredItem]] {
    results(cases, among: candidates, listLength: count, threads: threads).map(\.list)
  }

  /// What is found of a case.
  private struct Result: Sendable {
    var rank = 0.0
    var list: [ScoredItem] = []
  }

  /// Ranks on several threads; many cases share a pass and the products with the catalogue.
  private func results(
    _ cases: [RankingCase], among candidates: Candidates, listLength: Int, threads: Int
  ) -> [Result] {
    let passes = Self.passes(cases)
    // The catalogue is walked once a chunk.
    let size = passes.count > 4096 ? 1024 : 128
    let chunks = (passes.count + size - 1) / size
    let (network, parameters) = (network, network.parameters)
    let gates = ItemGates(of: cases.map(\.items), parameters)
    let transposed = TransposedWeights(parameters)
    let workers = max(1, min(threads, chunks))
    var results = [Result](repeating: Result(), count: cases.count)
    results.withUnsafeMutableBufferPointer { results in
      nonisolated(unsafe) let results = results
      parallel(workers, threads: workers) { worker in
        let pass = network.pass()
        let scores = CatalogueScores(network)
        for chunk in stride(from: worker, to: chunks, by: workers) {
          let members = passes[chunk * size..<min(passes.count, (chunk + 1) * size)]
          // Members come longest first, so the packing keeps their order; rows are theirs one by one.
          let batch = Self.batch(members, of: cases)
          pass.forward(
            batch, parameters: parameters, transposed: transposed, itemGates: gates,
            keepsAll: false)
          let indices = members.flatMap { $0 }
          let questions = Questions(
            cases: cases, indices: indices, candidates: candidates, listLength: listLength)
          let found =
            questions.amongDrawn(pass, batch, scores)
            ?? questions.amongAll(pass, batch, scores)
          for (index, result) in zip(indices, found) { results[index] = result }
        }
      }
    }
    return results
  }

  /// The cases of a chunk, a scored row of its pass each.
  private struct Questions {
    let cases: [RankingCase]
    let indices: [Int]
    let candidates: Candidates
    let listLength: Int

    /// Where the candidates are drawn, which are all that is scored; nil elsewhere.
    func amongDrawn(
      _ pass: NetworkPass, _ batch: PackedSequences, _ scores: CatalogueScores
    ) -> [Result]? {
      var results: [Result] = []
      for (row, index) in indices.enumerated() {
        let target = cases[index].target
        guard let items = candidates.drawn(index, with: target) else { return nil }
        let scores = scores.scores(of: items, pass, batch, row: row)
        let own = scores[scores.count - 1]
        var standing = Standing()
        for score in scores.dropLast() { standing.count(score, against: own) }
        let list =
          listLength > 0
          ? zip(items, scores).map { ScoredItem(item: $0, score: $1) }.sorted(by: >)
            .prefix(listLength) : []
        results.append(Result(rank: standing.rank, list: Array(list)))
      }
      return results
    }

    /// Where all items are candidates but the hidden ones.
    func amongAll(
      _ pass: NetworkPass, _ batch: PackedSequences, _ scores: CatalogueScores
    ) -> [Result] {
      let isWhole = scores.isWhole
      let targets = indices.map { cases[$0].target }
      let hidden = indices.map { candidates.hidden($0) }
      // One tile has the target's score; of several, which one does is not known beforehand.
      var own =
        isWhole
        ? targets.map { _ in Float(0) }
        : targets.enumerated().map { row, target in
          scores.scores(of: [target], pass, batch, row: row)[0]
        }
      var standings = targets.map { _ in Standing() }
      var lists = targets.map { _ in BestItems(listLength) }
      scores.forEachBlock(pass, batch) { rows, items, block in
        for row in rows {
          let all = UnsafeBufferPointer(start: block.row(row - rows.lowerBound), count: items.count)
          let first = items.lowerBound
          if isWhole { own[row] = all[Int(targets[row])] }
          standings[row].count(
            first == 0 ? UnsafeBufferPointer(rebasing: all[1...]) : all, against: own[row])
          if items.contains(Int(targets[row])), targets[row] > 0 {
            standings[row].count(all[Int(targets[row]) - first], against: own[row], -1)
          }
          for item in hidden[row] where items.contains(Int(item)) {
            standings[row].count(all[Int(item) - first], against: own[row], -1)
          }
          guard listLength > 0 else { continue }
          lists[row].take(all, from: first) { item in
            let place = GatheredItems.place(of: item, in: hidden[row])
            return place < hidden[row].count && hidden[row][place] == item
          }
        }
      }
      return zip(standings, lists).map { Result(rank: $0.rank, list: $1.sorted) }
    }
  }

  /// The cases that one pass from the zero state answers, the longest last.
  private typealias Pass = [Int]

  /// Puts the cases of a user together that read the same from the beginning, and sorts by length:
  /// passes of similar length leave little of a batch idle.
  private static func passes(_ cases: [RankingCase]) -> [Pass] {
    var passes: [Pass] = []
    for index in cases.indices {
      if let last = passes.last?.last, cases[index].continues(cases[last]) {
        passes[passes.count - 1].append(index)
      } else {
        passes.append([index])
      }
    }
    func length(_ pass: Pass) -> Int { pass.last.map { cases[$0].items.count } ?? 0 }
    return passes.indices.sorted {
      let (a, b) = (length(passes[$0]), length(passes[$1]))
      return a != b ? a > b : $0 < $1
    }.map { passes[$0] }
  }

  private static func batch(_ members: ArraySlice<Pass>, of cases: [RankingCase]) -> PackedSequences
  {
    PackedSequences(
      members.map { member in
        let items = cases[member[member.count - 1]].items
        var targets = [Int32](repeating: -1, count: items.count)
        for index in member { targets[cases[index].items.count - 1] = cases[index].target }
        var entry = PackedSequences.Entry(items: items, targets: targets)
        entry.before = cases[member[member.count - 1]].before
        return entry
      })
  }
}

extension RankingCase {
  /// Whether the case reads what another read and more, both from the beginning of a history.
  fileprivate func continues(_ other: RankingCase) -> Bool {
    user == other.user && items.startIndex == 0 && other.items.startIndex == 0
      && items.count > other.items.count && items.starts(with: other.items)
  }
}
