import KSRModel
import KSRNumerics

/// A network that reads many changed histories at once and says where one item stands after each.
///
/// What ``AblationRuns`` does for one change, batched: an explanation is scored by thousands of runs.
/// Scores are over the mean of the catalogue.
struct BatchedRuns: Sendable {
  /// A history to read, and the item that is asked about.
  struct Question: Sendable {
    /// The whole history, oldest first; the network reads as many of the last as the window holds.
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
        let pass = network.pass()
        let scores = MatrixBuffer()
        for chunk in stride(from: worker, to: chunks, by: workers) {
          let members = read[chunk * size..<min(read.count, (chunk + 1) * size)]
          // Members come longest first, so the packing keeps their order.
          let batch = PackedSequences(
            members.map {
              .init(
                items: questions[$0].items.suffix(window), target: questions[$0].item,
                before: questions[$0].items.dropLast(window))
            })
          pass.forward(
            batch, parameters: network.parameters, transposed: transposed, keepsAll: false)
          let rows = max(1, min(members.count, 1_000_000 / self.network.itemCount))
          for start in stride(from: 0, to: members.count, by: rows) {
            let range = start..<min(members.count, start + rows)
            let found = self.network.scores(pass, batch, rows: range, into: scores)
            for row in range {
              let member = members[members.startIndex + row]
              outcomes[member] = self.outcome(
                found.row(row - start), of: questions[member].item)
            }
          }
        }
      }
      for member in order[read.count...] {
        outcomes[member] = outcome(
          under: network.emptyTerms, of: questions[member].item)
      }
    }
    return outcomes
  }

  /// Where an item stands under the terms of a step.
  func outcome(under terms: ScoreTerms, of item: Int32) -> AblationOutcome {
    var scores = network.scores(terms)
    return scores.withUnsafeMutableBufferPointer { scores in
      scores.baseAddress.map { outcome($0, of: item) } ?? Self.none
    }
  }

  private static let none = AblationOutcome(
    score: 0, probability: 0, logProbability: 0, rank: 0)

  /// Where an item stands under the scores of all items [N], which are overwritten.
  private func outcome(
    _ scores: UnsafeMutablePointer<Float>, of target: Int32
  ) -> AblationOutcome {
    let (n, score) = (network.itemCount, scores[Int(target)])
    // The padding item 0 is neither ranked nor in the mean.
    let items = UnsafeBufferPointer(start: scores + 1, count: n - 1)
    let standing = Standing(of: score, among: items)
    let mean = items.reduce(0.0) { $0 + Double($1) } / Double(max(1, n - 1))
    let softmax = AblationOutcome.softmax(of: Int(target), scores, count: n)
    return AblationOutcome(
      score: Double(score) - mean, probability: softmax.probability,
      logProbability: softmax.logProbability, rank: standing.rank)
  }
}
