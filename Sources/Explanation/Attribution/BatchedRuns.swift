import KSRModel
import KSRNumerics

/// A network that reads many changed histories at once and says where one item stands after each.
///
/// What ``AblationRuns`` does for one change, batched: an explanation is scored by thousands of runs.
/// Scores are over the mean of the catalogue.
struct BatchedRuns: Sendable {
  /// A history to read, and the item that is asked about.
  struct Question: Sendable {
    /// The items read, oldest first; of more than the window holds, the last.
    var items: [Int32]
    var item: Int32
  }

  private let network: KSRNetwork
  private let threads: Int

  init(network: KSRNetwork, threads: Int) {
    self.network = network
    self.threads = threads
  }

  /// The outcomes, in the order of the questions; an empty history leaves the constant part.
  func outcomes(of questions: [Question]) -> [AblationOutcome] {
    let window = network.settings.maxItemListLength
    // Questions of similar length together leave little of a batch idle.
    let order = questions.indices.sorted {
      let (a, b) = (questions[$0].items.count, questions[$1].items.count)
      return a != b ? a > b : $0 < $1
    }
    let read = order.prefix { !questions[$0].items.isEmpty }
    let size = 128
    let chunks = (read.count + size - 1) / size
    var outcomes = [AblationOutcome](repeating: Self.none, count: questions.count)
    let transposed = TransposedWeights(network.parameters)
    outcomes.withUnsafeMutableBufferPointer { outcomes in
      nonisolated(unsafe) let outcomes = outcomes
      let workers = max(1, min(threads, chunks))
      parallel(workers, threads: workers) { worker in
        let pass = NetworkPass(settings: network.settings)
        for chunk in stride(from: worker, to: chunks, by: workers) {
          let members = read[chunk * size..<min(read.count, (chunk + 1) * size)]
          // Members come longest first, so the packing keeps their order.
          let batch = PackedSequences(
            members.map {
              .init(items: questions[$0].items.suffix(window), target: questions[$0].item)
            })
          pass.forward(
            batch, parameters: network.parameters, transposed: transposed, keepsAll: false)
          let found = self.outcomes(pass.preferences, of: members.map { questions[$0].item })
          for (member, outcome) in zip(members, found) { outcomes[member] = outcome }
        }
      }
      for member in order[read.count...] {
        outcomes[member] = outcome(
          under: network.parameters.denseLayerU.bias, of: questions[member].item)
      }
    }
    return outcomes
  }

  /// Where an item stands under a preference.
  func outcome(under preference: [Float], of item: Int32) -> AblationOutcome {
    var row = Matrix(rows: 1, columns: preference.count, values: preference)
    return row.withMutableView { outcomes($0, of: [item])[0] }
  }

  private static let none = AblationOutcome(
    score: 0, probability: 0, logProbability: 0, rank: 0)

  private func outcomes(
    _ preferences: MutableMatrixView, of targets: [Int32]
  ) -> [AblationOutcome] {
    let (vectors, mean) = (network.itemVectors, network.meanItemVector)
    let (n, e) = (vectors.rows, vectors.columns)
    let rows = max(1, min(targets.count, 1_000_000 / n))
    let scores = MatrixBuffer()
    var result: [AblationOutcome] = []
    for start in stride(from: 0, to: targets.count, by: rows) {
      let count = min(rows, targets.count - start)
      let tile = scores.reserve(rows: count, columns: n)
      multiply(
        preferences.rows(start..<start + count).view, vectors.view.transposed, into: tile)
      for row in 0..<count {
        let own = tile.row(row)
        let target = Int(targets[start + row])
        let score = own[target]
        // The padding item 0 is not ranked.
        let standing = Standing(
          of: score, among: UnsafeBufferPointer(start: own + 1, count: n - 1))
        var average: Double = 0
        for k in 0..<e { average += Double(preferences[start + row, k]) * Double(mean[k]) }
        let softmax = AblationOutcome.softmax(of: target, own, count: n)
        result.append(
          AblationOutcome(
            score: Double(score) - average, probability: softmax.probability,
            logProbability: softmax.logProbability, rank: standing.rank))
      }
    }
    return result
  }
}
