import AtomicFiles
import Foundation
import Randomness
import Testing

@testable import KnowledgeGraph

/// The gradient of a chunk is the one that finite differences of its plainly written loss give.
@Suite struct EmbeddingGradientTests {
  /// A chunk that has run once, and what it ran on.
  private struct Run {
    let settings: EmbeddingSettings
    let chunk: EmbeddingChunk
    let questions: Int
    let known: KnownAnswers
    let rows: [Double]
    let entityCount: Int

    func row(_ number: Int32, _ rows: [Double]) -> [Double] {
      Array(rows[Int(number) * settings.stride..<(Int(number) + 1) * settings.stride])
    }

    /// The distance of question `q` from a row.
    func distance(_ q: Int, _ other: Int32, _ rows: [Double]) -> Double {
      let sign = Double(chunk.sign.start[q])
      let from = row(chunk.from.start[q], rows)
      let by = row(chunk.by.start[q], rows)
      let gaps = zip(zip(from, by), row(other, rows)).map { $0.0 + sign * $0.1 - $1 }
      return settings.norm == 1
        ? gaps.reduce(0) { $0 + abs($1) } : gaps.reduce(0) { $0 + $1 * $1 }.squareRoot()
    }

    /// The negatives that count for question `q`.
    func negatives(_ q: Int) -> [Int32] {
      let relation = chunk.by.start[q] - Int32(entityCount)
      let range = known.range(
        chunk.from.start[q], relation, asksForHead: chunk.sign.start[q] < 0)
      let answers = Set(known.answers[range])
      return (0..<chunk.negatives.count).map { chunk.negatives.start[$0] }.filter {
        settings.filtersNegatives ? !answers.contains($0) : $0 != chunk.answer.start[q]
      }
    }

    /// The loss, with the weights of the self-adversarial one as they are at `base`.
    func loss(_ rows: [Double], base: [Double]) -> Double {
      func softplus(_ x: Double) -> Double { max(x, 0) + log1p(exp(-abs(x))) }
      return (0..<questions).reduce(0.0) { total, q in
        let p = distance(q, chunk.answer.start[q], rows)
        let others = negatives(q)
        let d = others.map { distance(q, $0, rows) }
        let margin = Double(settings.margin)
        switch settings.loss {
        case .margin:
          return total + d.reduce(0) { $0 + max(0, margin + p - $1) } / Double(max(1, d.count))
        case .softmax:
          return total + log(1 + d.reduce(0) { $0 + exp(p - $1) })
        case .selfAdversarial:
          let weights = others.map {
            exp(-Double(settings.temperature) * distance(q, $0, base))
          }
          let sum = weights.reduce(0, +)
          let part = zip(weights, d).reduce(0) { $0 + $1.0 / sum * softplus(margin - $1.1) }
          return total + (softplus(p - margin) + part) / 2
        }
      }
    }
  }

  private func run(_ settings: EmbeddingSettings) -> Run {
    var generator = SeededGenerator(seed: 31)
    let triples = TripleColumns(randomTriples(40, entities: 9, relations: 3, &generator))
    let table = EmbeddingTable(
      settings, entityCount: 9, relationCount: 3, sharesInStep: 1000)
    let chunk = EmbeddingChunk(settings, entityCount: 9)
    let questions = TrainingQuestions(triples, relationCount: 3, side: settings.side)
    let used: [Int32] = [3, 17, 4, 30, 21]
    chunk.run(used[...], of: questions, table: table.rows.start, scale: 1, &generator)
    return Run(
      settings: settings, chunk: chunk, questions: used.count,
      known: KnownAnswers([triples], relationCount: 3),
      rows: (0..<table.rows.count).map { Double(table.rows.start[$0]) }, entityCount: 9)
  }

  @Test(arguments: EmbeddingSettings.Loss.allCases, [1, 2])
  func isThatOfFiniteDifferences(loss: EmbeddingSettings.Loss, norm: Int) {
    for (dimension, negatives, filters) in [(5, 4, true), (16, 7, false), (19, 9, true)] {
      var settings = EmbeddingSettings()
      settings.dimension = dimension
      settings.loss = loss
      settings.norm = norm
      settings.negatives = negatives
      settings.margin = 3
      settings.filtersNegatives = filters
      settings.chunkSize = 5
      let run = run(settings)
      #expect(abs(run.chunk.loss - run.loss(run.rows, base: run.rows)) < 1e-4)
      var gradient = [Double](repeating: 0, count: run.rows.count)
      for place in 0..<run.chunk.shares.count {
        let share = run.chunk.shares.start[place]
        for column in 0..<dimension {
          gradient[Int(share.row) * settings.stride + column] +=
            Double(share.sign)
            * Double(run.chunk.gradients.start[Int(share.source) * settings.stride + column])
        }
      }
      for row in 0..<12 {
        for column in 0..<dimension {
          let index = row * settings.stride + column
          var (up, down) = (run.rows, run.rows)
          up[index] += 1e-5
          down[index] -= 1e-5
          let slope =
            (run.loss(up, base: run.rows) - run.loss(down, base: run.rows)) / 2e-5
          #expect(
            abs(slope - gradient[index]) < 2e-3 * max(1, abs(slope)),
            "\(loss) norm \(norm) row \(row) column \(column)")
        }
      }
    }
  }

  /// Every gradient reaches its row, and those of a part of the table stand in the order taken.
  @Test func sharesKeepTheirOrder() {
    var generator = SeededGenerator(seed: 3)
    let rows = (0..<500).map { _ in Int32(generator.integer(below: 700)) }
    let shares = EmbeddingShares(capacity: 500)
    for _ in 0..<2 {
      shares.begin()
      for counts in [true, false] {
        for (source, row) in rows.enumerated() {
          shares.take(row, Int32(source), 1, counts: counts)
        }
        if counts { shares.layOut() }
      }
      #expect(shares.count == 500)
      for part in 0..<EmbeddingShares.partCount {
        let found = shares.range(ofPart: part).map { Int(shares.start[$0].source) }
        #expect(found == rows.indices.filter { EmbeddingShares.part(of: rows[$0]) == part })
      }
    }
  }
}
