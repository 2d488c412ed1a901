import KSRModel
import KSRNumerics

/// Ranks targets among the catalogue, many cases at a time.
public struct Ranker: Sendable {
  private let settings: KSRSettings
  private let parameters: KSRParameters
  private let itemVectors: Matrix

  /// A ranker for the given parameters.
  public init(settings: KSRSettings, parameters: KSRParameters) {
    self.settings = settings
    self.parameters = parameters
    itemVectors = KSRNetwork.itemVectors(parameters)
  }

  /// The rank of each case's target among the candidates, from 1; the padding item is never one.
  ///
  /// If nothing else is said, all items are ranked and nothing of the history is left out, as in
  /// RecBole's sequential models. Items with equal scores share the mean of their places. The number
  /// of threads changes nothing.
  public func ranks(
    _ cases: [RankingCase], among candidates: Candidates = .all, threads: Int = 1
  ) -> [Double] {
    var ranks = [Double](repeating: 0, count: cases.count)
    let passes = Self.passes(cases)
    let size = 128
    let chunks = (passes.count + size - 1) / size
    let gates = ItemGates(of: cases.map(\.items), parameters)
    let transposed = TransposedWeights(parameters)
    ranks.withUnsafeMutableBufferPointer { ranks in
      nonisolated(unsafe) let ranks = ranks
      let workers = max(1, min(threads, chunks))
      parallel(workers, threads: workers) { worker in
        let pass = NetworkPass(settings: settings)
        let scores = MatrixBuffer()
        for chunk in stride(from: worker, to: chunks, by: workers) {
          let members = passes[chunk * size..<min(passes.count, (chunk + 1) * size)]
          // Members come longest first, so the packing keeps their order; rows are theirs one by one.
          pass.forward(
            Self.batch(members, of: cases), parameters: parameters, transposed: transposed,
            itemGates: gates, keepsAll: false)
          rank(cases, members.flatMap { $0 }, candidates, pass.preferences, scores) {
            ranks[$0] = $1
          }
        }
      }
    }
    return ranks
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
        return .init(items: items, targets: targets)
      })
  }

  private func rank(
    _ cases: [RankingCase], _ indices: [Int], _ candidates: Candidates,
    _ preferences: MutableMatrixView, _ scores: MatrixBuffer, _ store: (Int, Double) -> Void
  ) {
    let n = itemVectors.rows
    let rows = max(1, min(indices.count, 1_000_000 / n))
    for start in stride(from: 0, to: indices.count, by: rows) {
      let range = start..<min(indices.count, start + rows)
      let tile = scores.reserve(rows: range.count, columns: n)
      multiply(preferences.rows(range).view, itemVectors.view.transposed, into: tile)
      for (row, index) in indices[range].enumerated() {
        let scores = UnsafeBufferPointer(start: tile.row(row), count: n)
        let target = cases[index].target
        store(
          index,
          candidates.rank(of: target, case: index) {
            scores[Int($0)]
          } whole: {
            Standing(of: scores[Int(target)], among: UnsafeBufferPointer(rebasing: scores[1...]))
          })
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
