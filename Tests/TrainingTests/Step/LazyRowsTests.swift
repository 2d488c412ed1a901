import Foundation
import KSRModel
import KSRNumerics
import Randomness
import TestSupport
import Testing

@testable import Training

/// Rows that are moved only when a batch reads them, against Adam and the EMA over whole tables.
@Suite struct LazyRowsTests {
  struct Shape: CustomTestStringConvertible, Sendable {
    var kind = OptimiserKind.adam
    var decay: Float = 0
    var average: Float? = 0.99
    var freezes = true
    var testDescription: String {
      "\(kind), decay \(decay), average \(average ?? 0), frozen \(freezes)"
    }
  }

  static let shapes = [
    Shape(), Shape(average: nil), Shape(freezes: false), Shape(kind: .adamw, decay: 0.1),
    Shape(kind: .adamw, decay: 0.01, freezes: false), Shape(decay: 0.01),
    Shape(decay: 0.01, average: nil, freezes: false),
  ]

  @Test(arguments: shapes) func rowsEqualWholeTables(shape: Shape) {
    let run = Run(shape)
    let (dense, lazy) = (run.dense(), run.lazy(threads: 1))
    func compare(_ a: KSRParameters, _ b: KSRParameters, _ what: String) {
      for entry in a.entries {
        let difference = relativeDifference(b[keyPath: entry.path], a[keyPath: entry.path])
        #expect(difference < 2e-5, "\(what) of \(entry.name)")
      }
    }
    compare(dense.parameters, lazy.parameters, "value")
    compare(dense.optimiser.mean, lazy.optimiser.mean, "mean")
    compare(dense.optimiser.variance, lazy.optimiser.variance, "variance")
    if let a = dense.average, let b = lazy.average {
      compare(a.parameters, b.parameters, "average")
    }
    #expect((dense.average == nil) == (lazy.average == nil))
    // Steps that are taken one by one are the very same.
    if shape.kind == .adam, shape.decay > 0 { #expect(dense.parameters == lazy.parameters) }
    #expect(run.lazy(threads: 3) == lazy)
  }

  /// Sixty steps in three epochs over 50 items, of which each batch reads a few; some are never read.
  private struct Run {
    let settings: KSRSettings
    let start: TrainingState
    let batches: [(rows: [Int32], inputs: Matrix, entities: Matrix, rate: Float)]

    init(_ shape: Shape) {
      var generator = SeededGenerator(seed: 4)
      var settings = KSRSettings()
      (settings.embeddingSize, settings.kgEmbeddingSize, settings.hiddenSize) = (19, 5, 4)
      settings.freezesKnowledgeGraph = shape.freezes
      var training = TrainingSettings()
      (training.optimiser, training.weightDecay) = (shape.kind, shape.decay)
      training.averageDecay = shape.average
      var parameters = KSRParameters(settings: settings, itemCount: 50, relationCount: 2)
      for entry in parameters.entries {
        for i in parameters[keyPath: entry.path].indices {
          parameters[keyPath: entry.path][i] = generator.uniform(-1, 1)
        }
      }
      start = TrainingState(from: parameters, settings: settings, training: training)
      func gradient(_ rows: Int, _ columns: Int) -> Matrix {
        // Of the sizes that gradients have, some of them zero.
        Matrix(
          rows: rows, columns: columns,
          values: (0..<rows * columns).map { _ in
            Float(generator.integer(below: 3) - 1) * generator.uniform(1e-5, 1e-3)
          })
      }
      batches = (0..<60).map { step in
        let items = (0..<6).map { _ in
          Int32(generator.integer(below: step % 20 < 3 ? 40 : 12))
        }
        let rows = GatheredItems.distinct(items)
        return (
          rows, gradient(rows.count, 19), gradient(rows.count, 5),
          0.01 * Float(min(step + 1, 10)) / 10
        )
      }
      self.settings = settings
    }

    /// A gradient of the weights, the same in every step.
    private func weights(_ p: KSRParameters) -> KSRParameters {
      var gradients = p
      for entry in gradients.entries {
        for i in gradients[keyPath: entry.path].indices {
          gradients[keyPath: entry.path][i] = Float(i % 7) * 1e-4
        }
      }
      return gradients
    }

    func dense() -> TrainingState {
      var state = start
      for batch in batches {
        var gradients = weights(state.parameters)
        gradients.itemEmbedding = Matrix(rows: 50, columns: 19)
        gradients.entityEmbedding = Matrix(rows: 50, columns: 5)
        for (place, row) in batch.rows.enumerated() {
          gradients.itemEmbedding.setRow(Int(row), to: batch.inputs.row(place))
          gradients.entityEmbedding.setRow(Int(row), to: batch.entities.row(place))
        }
        state.optimiser.update(
          &state.parameters, gradients: gradients, learningRate: batch.rate)
        state.average?.take(state.parameters, step: state.optimiser.step, threads: 1)
      }
      return state
    }

    func lazy(threads: Int) -> TrainingState {
      var state = start
      let rows = LazyRows(settings: settings, itemCount: 50, threads: threads)
      for (number, batch) in batches.enumerated() {
        if number % 20 == 0 { rows.begin(at: state) }
        rows.catchUp(batch.rows, in: &state)
        state.optimiser.update(
          &state.parameters, gradients: weights(state.parameters), learningRate: batch.rate,
          tables: false)
        state.average?.take(
          state.parameters, step: state.optimiser.step, tables: false, threads: 1)
        rows.update(
          RowGradients(
            rows: batch.rows, inputs: batch.inputs,
            entities: settings.freezesKnowledgeGraph ? nil : batch.entities),
          in: &state, learningRate: batch.rate)
        if number % 20 == 19 { rows.finish(&state) }
      }
      return state
    }
  }

  /// Σ over a sample estimates Σ over all items: over many samples their mean is the same.
  @Test(arguments: [NegativeDistribution.uniform, .popularity])
  func aSampleStandsForTheCatalogue(distribution: NegativeDistribution) {
    let sequences: [[Int32]] = [[1, 2, 2, 3, 3, 3, 4, 5, 6, 7]]
    let sampler = NegativeSampler(
      distribution, itemCount: 8, sequences: sequences.map { $0[...] })
    let values = (0..<8).map { $0 == 0 ? 0 : Double($0 * $0) }
    var generator = SeededGenerator(seed: 3)
    let means = (0..<4000).map { _ in
      let sample = sampler.sample(5, &generator)
      #expect(sample.items == GatheredItems.distinct(sample.items))
      return zip(sample.items, sample.corrections).reduce(0.0) {
        $0 + values[Int($1.0)] * exp(Double($1.1))
      }
    }
    let mean = means.reduce(0, +) / Double(means.count)
    #expect(abs(mean - values.reduce(0, +)) < 0.02 * values.reduce(0, +))
  }
}
