import KSRModel
import KSRNumerics

/// A network that reads many changed histories at once and says where one item stands after each.
///
/// What ``AblationRuns`` does for one change, batched: an explanation asks for hundreds of runs, and
/// the score of an explanation for thousands. It keeps its buffers, so that one call at a time can use
/// it.
struct BatchedRuns: Sendable {
  /// A history to read, and the item that is asked about.
  struct Question: Sendable {
    /// The whole history, oldest first; the network reads as many of the last as the window holds.
    var items: [Int32]
    var item: Int32
  }

  private let network: KSRNetwork
  private let threads: Int
  private let reading: ReadIntervention
  private let transposed: TransposedWeights
  private let workers: [Worker]

  private final class Worker: @unchecked Sendable {
    let pass: NetworkPass
    let scores = MatrixBuffer()

    init(_ network: KSRNetwork) { pass = network.pass() }
  }

  init(network: KSRNetwork, threads: Int, reading: ReadIntervention = .none) {
    self.network = network
    self.threads = threads
    self.reading = reading
    transposed = TransposedWeights(network.parameters)
    workers = (0..<max(1, threads)).map { _ in Worker(network) }
  }

  /// The outcomes, in the order of the questions; an empty history leaves the constant part.
  ///
  /// - Parameter score: what the score of every question is; nil for its item's over the mean of the
  ///   catalogue.
  func outcomes(of questions: [Question], as score: ContrastedScore? = nil) -> [AblationOutcome] {
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
    outcomes.withUnsafeMutableBufferPointer { outcomes in
      nonisolated(unsafe) let outcomes = outcomes
      let count = max(1, min(threads, chunks))
      parallel(count, threads: count) { worker in
        let (pass, buffer) = (workers[worker].pass, workers[worker].scores)
        for chunk in stride(from: worker, to: chunks, by: count) {
          let members = read[chunk * size..<min(read.count, (chunk + 1) * size)]
          // Members come longest first, so the packing keeps their order.
          let batch = PackedSequences(
            members.map {
              .init(
                items: questions[$0].items.suffix(window), target: questions[$0].item,
                before: questions[$0].items.dropLast(window))
            })
          pass.forward(
            batch, parameters: network.parameters, transposed: transposed, keepsAll: false,
            reading: reading)
          let rows = max(1, min(members.count, 1_000_000 / network.itemCount))
          for start in stride(from: 0, to: members.count, by: rows) {
            let range = start..<min(members.count, start + rows)
            let found = network.scores(pass, batch, rows: range, into: buffer)
            for row in range {
              let member = members[members.startIndex + row]
              outcomes[member] = outcome(
                found.row(row - start), of: questions[member].item, as: score)
            }
          }
        }
      }
      for member in order[read.count...] {
        outcomes[member] = outcome(
          under: network.emptyTerms, of: questions[member].item, as: score)
      }
    }
    return outcomes
  }

  /// Where an item stands under the terms of a step.
  func outcome(
    under terms: ScoreTerms, of item: Int32, as score: ContrastedScore? = nil
  ) -> AblationOutcome {
    var scores = network.scores(terms)
    return scores.withUnsafeMutableBufferPointer { scores in
      scores.baseAddress.map { outcome($0, of: item, as: score) } ?? Self.none
    }
  }

  private static let none = AblationOutcome(
    score: 0, probability: 0, logProbability: 0, rank: 0)

  /// Where an item stands under the scores of all items [N], which are overwritten.
  private func outcome(
    _ scores: UnsafeMutablePointer<Float>, of target: Int32, as contrasted: ContrastedScore?
  ) -> AblationOutcome {
    let all = UnsafeBufferPointer(start: scores, count: network.itemCount)
    // The padding item 0 is not ranked.
    let standing = Standing(
      of: all[Int(target)], among: UnsafeBufferPointer(rebasing: all.dropFirst()))
    let score = contrasted?.value(under: all) ?? ContrastedScore.overMean(target, under: all)
    let softmax = AblationOutcome.softmax(of: Int(target), scores, count: all.count)
    return AblationOutcome(
      score: score, probability: softmax.probability, logProbability: softmax.logProbability,
      rank: standing.rank)
  }
}
