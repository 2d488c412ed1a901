import CKernels
import KSRModel

/// Ranks targets among the whole catalogue, many cases at a time.
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

  /// The rank of each case's target among all items but the padding item, from 1.
  ///
  /// Nothing of the history is left out of the ranking, as in RecBole's sequential models. Items
  /// with equal scores share the mean of their places.
  public func ranks(_ cases: [RankingCase], threads: Int = 1) -> [Double] {
    var ranks = [Double](repeating: 0, count: cases.count)
    // Cases of similar length together leave little of a batch idle.
    let order = cases.indices.sorted {
      let (a, b) = (cases[$0].items.count, cases[$1].items.count)
      return a != b ? a > b : $0 < $1
    }
    let size = 128
    let chunks = (order.count + size - 1) / size
    ranks.withUnsafeMutableBufferPointer { ranks in
      nonisolated(unsafe) let ranks = ranks
      let workers = max(1, min(threads, chunks))
      parallel(workers, threads: workers) { worker in
        let pass = BatchPass(settings: settings)
        let scores = FloatBuffer()
        for chunk in stride(from: worker, to: chunks, by: workers) {
          let members = order[chunk * size..<min(order.count, (chunk + 1) * size)]
          rank(cases, members, pass, scores) { ranks[$0] = $1 }
        }
      }
    }
    return ranks
  }

  private func rank(
    _ cases: [RankingCase], _ members: ArraySlice<Int>, _ pass: BatchPass, _ scores: FloatBuffer,
    _ store: (Int, Double) -> Void
  ) {
    // Members come longest first, so the packing keeps their order.
    let batch = PackedSequences(
      members.map { .init(items: cases[$0].items, target: cases[$0].target) })
    pass.run(batch, parameters: parameters)
    let (n, e) = (itemVectors.rows, itemVectors.columns)
    let rows = max(1, min(members.count, 1_000_000 / n))
    for start in stride(from: 0, to: members.count, by: rows) {
      let count = min(rows, members.count - start)
      let tile = scores.reserve(count * n)
      ksr_sgemm(
        false, true, count, n, e, pass.preferences.base + start * e, e, itemVectors.values, e, 0,
        tile, n)
      for row in 0..<count {
        let member = members[members.startIndex + start + row]
        let own = tile[row * n + Int(cases[member].target)]
        var (greater, equal) = (0, 0)
        // The padding item 0 is not ranked.
        ksr_count_above(n - 1, tile + row * n + 1, own, &greater, &equal)
        store(member, 1 + Double(greater) + Double(equal - 1) / 2)
      }
    }
  }
}
