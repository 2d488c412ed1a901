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
    let order = Self.longestFirst(questions)
    let read = order.prefix { !questions[$0].items.isEmpty }
    let size = 128
    let chunks = (read.count + size - 1) / size
    var outcomes = [AblationOutcome](repeating: Self.none, count: questions.count)
    outcomes.withUnsafeMutableBufferPointer { outcomes in
      nonisolated(unsafe) let outcomes = outcomes
      let count = max(1, min(threads, chunks))
      parallel(count, threads: count) { worker in
        for chunk in stride(from: worker, to: chunks, by: count) {
          let members = read[chunk * size..<min(read.count, (chunk + 1) * size)]
          let batch = self.read(members.map { questions[$0] }, worker: worker)
          self.score(batch, 0..<members.count, as: score, worker: worker) { row, outcome in
            outcomes[members[members.startIndex + row]] = outcome
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

  /// Questions of similar length together leave little of a batch idle.
  private static func longestFirst(_ questions: [Question]) -> [Int] {
    questions.indices.sorted {
      let (a, b) = (questions[$0].items.count, questions[$1].items.count)
      return a != b ? a > b : $0 < $1
    }
  }

  /// Reads histories that are not empty and come longest first, so that the packing keeps their order.
  private func read(_ questions: [Question], worker: Int) -> PackedSequences {
    let window = network.settings.maxItemListLength
    let batch = PackedSequences(
      questions.map {
        .init(
          items: $0.items.suffix(window), target: $0.item, before: $0.items.dropLast(window))
      })
    workers[worker].pass.forward(
      batch, parameters: network.parameters, transposed: transposed, keepsAll: false,
      reading: reading)
    return batch
  }

  /// Says where the items stand after some of the histories that were read last.
  private func score(
    _ batch: PackedSequences, _ range: Range<Int>, as score: ContrastedScore?, worker: Int,
    _ found: (Int, AblationOutcome) -> Void
  ) {
    let (pass, buffer) = (workers[worker].pass, workers[worker].scores)
    let rows = max(1, min(range.count, 1_000_000 / network.itemCount))
    for start in stride(from: range.lowerBound, to: range.upperBound, by: rows) {
      let part = start..<min(range.upperBound, start + rows)
      let scores = network.scores(pass, batch, rows: part, into: buffer)
      for row in part {
        found(row, outcome(scores.row(row - start), of: batch.target[row], as: score))
      }
    }
  }

  /// Many histories read in portions: first a batch of them, then where an item stands after some.
  struct Portions: Sendable {
    private let runs: BatchedRuns
    private let score: ContrastedScore
    private let questions: [Question]
    private let order: [Int]
    private var batch: (members: ArraySlice<Int>, sequences: PackedSequences)?
    private var next = 0
    private var scored = 0

    /// Nothing read yet.
    init(_ runs: BatchedRuns, _ questions: [Question], as score: ContrastedScore) {
      (self.runs, self.questions, self.score) = (runs, questions, score)
      order = BatchedRuns.longestFirst(questions)
    }

    /// Does a portion and returns the outcomes that it found, by question; nil where none are left.
    ///
    /// - Parameters:
    ///   - size: how many histories are read at once.
    ///   - rows: after how many of them the items are scored at once.
    mutating func work(size: Int, rows: Int) -> [(question: Int, outcome: AblationOutcome)]? {
      guard let batch else {
        guard next < order.count else { return nil }
        let members = order[next..<min(order.count, next + size)].prefix {
          !questions[$0].items.isEmpty
        }
        guard !members.isEmpty else {
          let member = order[next]
          next += 1
          let terms = runs.network.emptyTerms
          return [(member, runs.outcome(under: terms, of: questions[member].item, as: score))]
        }
        let sequences = runs.read(members.map { questions[$0] }, worker: 0)
        (batch, scored) = ((members, sequences), 0)
        next += members.count
        // Where scoring costs little it is not put off.
        return rows >= members.count ? work(size: size, rows: rows) : []
      }
      let range = scored..<min(batch.members.count, scored + rows)
      var found: [(question: Int, outcome: AblationOutcome)] = []
      runs.score(batch.sequences, range, as: score, worker: 0) { row, outcome in
        found.append((batch.members[batch.members.startIndex + row], outcome))
      }
      scored = range.upperBound
      if scored == batch.members.count { self.batch = nil }
      return found
    }
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
