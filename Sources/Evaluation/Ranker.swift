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
    var ranks = [Double](repeating: 0, count: cases.count)
    var lists = [[Int32]](repeating: [], count: listLength > 0 ? cases.count : 0)
    ranks.withUnsafeMutableBufferPointer { ranks in
      lists.withUnsafeMutableBufferPointer { lists in
        nonisolated(unsafe) let (ranks, lists) = (ranks, lists)
        score(cases, threads: threads) { index, scores in
          let target = cases[index].target
          ranks[index] = candidates.rank(of: target, case: index) {
            scores[Int($0)]
          } whole: {
            Standing(of: scores[Int(target)], among: UnsafeBufferPointer(rebasing: scores[1...]))
          }
          guard listLength > 0 else { return }
          lists[index] = candidates.first(listLength, case: index, target: target, scores)
            .map(\.item)
        }
      }
    }
    return (ranks, lists)
  }

  /// The first candidates of each case with their scores, best first.
  package func first(
    _ count: Int, _ cases: [RankingCase], among candidates: Candidates = .all, threads: Int = 1
  ) -> [[ScoredItem]] {
    var lists = [[ScoredItem]](repeating: [], count: cases.count)
    lists.withUnsafeMutableBufferPointer { lists in
      nonisolated(unsafe) let lists = lists
      score(cases, threads: threads) { index, scores in
        lists[index] = candidates.first(count, case: index, target: cases[index].target, scores)
      }
    }
    return lists
  }

  /// Calls `body` with each case and the scores of all items after what it reads [N], on several
  /// threads; many cases share a pass and a product.
  package func score(
    _ cases: [RankingCase], threads: Int,
    _ body: @Sendable (Int, UnsafeBufferPointer<Float>) -> Void
  ) {
    let passes = Self.passes(cases)
    let size = 128
    let chunks = (passes.count + size - 1) / size
    let (network, parameters) = (network, network.parameters)
    let gates = ItemGates(of: cases.map(\.items), parameters)
    let transposed = TransposedWeights(parameters)
    let workers = max(1, min(threads, chunks))
    parallel(workers, threads: workers) { worker in
      let pass = network.pass()
      let scores = MatrixBuffer()
      for chunk in stride(from: worker, to: chunks, by: workers) {
        let members = passes[chunk * size..<min(passes.count, (chunk + 1) * size)]
        // Members come longest first, so the packing keeps their order; rows are theirs one by one.
        let batch = Self.batch(members, of: cases)
        pass.forward(
          batch, parameters: parameters, transposed: transposed, itemGates: gates, keepsAll: false)
        score(members.flatMap { $0 }, pass, batch, scores, body)
      }
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

  private func score(
    _ indices: [Int], _ pass: NetworkPass, _ batch: PackedSequences, _ scores: MatrixBuffer,
    _ body: (Int, UnsafeBufferPointer<Float>) -> Void
  ) {
    let n = network.itemCount
    let rows = max(1, min(indices.count, 1_000_000 / n))
    for start in stride(from: 0, to: indices.count, by: rows) {
      let range = start..<min(indices.count, start + rows)
      let tile = network.scores(pass, batch, rows: range, into: scores)
      for (row, index) in indices[range].enumerated() {
        body(index, UnsafeBufferPointer(start: tile.row(row), count: n))
      }
    }
  }
}

extension RankingCase {
  /// Whether the case reads what another read and more, both from the beginning of a history.
  fileprivate func continues(_ other: RankingCase) -> Bool {
    user == other.user && items.startIndex == 0 && other.items.startIndex == 0
      && items.count > other.items.count && items.starts(with: other.items)
  }
}
