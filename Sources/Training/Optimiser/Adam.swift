import CKernels
import Foundation
import KSRModel
import KSRNumerics

/// Where weight decay acts (`optimizer`; RecBole's `learner`).
package enum OptimiserKind: String, Sendable, CaseIterable {
  /// Adam (Kingma and Ba 2015): decay is added to the gradient.
  case adam
  /// AdamW (Loshchilov and Hutter 2019): decay is taken off the parameter.
  case adamw
}

/// Adam or AdamW as PyTorch computes them.
package struct Adam: Sendable, Equatable {
  package let kind: OptimiserKind
  /// `weight_decay`.
  package let weightDecay: Float
  package internal(set) var step = 0
  var mean: KSRParameters
  /// The running mean of their squares.
  var variance: KSRParameters
  private let frozen: Set<String>

  /// An optimiser that has taken no step.
  ///
  /// - Parameter frozen: names of tensors that stay as they are.
  package init(
    kind: OptimiserKind = .adam, settings: KSRSettings, itemCount: Int, relationCount: Int,
    weightDecay: Float = 0, frozen: Set<String>
  ) {
    self.kind = kind
    self.weightDecay = weightDecay
    self.frozen = frozen
    mean = KSRParameters(settings: settings, itemCount: itemCount, relationCount: relationCount)
    if frozen.contains("entity_embedding.weight") {
      // The one table that may be as large as all that is trained.
      mean.entityEmbedding = Matrix(rows: 0, columns: settings.kgEmbeddingSize)
    }
    variance = mean
  }

  /// What the kernels take of the step that was counted last.
  func settings(_ learningRate: Float) -> ksr_adam {
    let (beta1, beta2) = (0.9, 0.999)
    return ksr_adam(
      rate: learningRate, beta1: Float(beta1), beta2: Float(beta2), epsilon: 1e-8,
      correction1: Float(1 / (1 - power(beta1, step))),
      correction2: Float(1 / (1 - power(beta2, step))),
      weight_decay: kind == .adam ? weightDecay : 0,
      parameter_decay: kind == .adamw ? weightDecay : 0)
  }

  /// Moves the parameters one step against the gradients.
  ///
  /// Every number is moved by itself, so the number of threads changes nothing but the time.
  ///
  /// - Parameter tables: whether the tables of items are among the gradients; ``LazyRows`` moves them
  ///   where they are not.
  package mutating func update(
    _ parameters: inout KSRParameters, gradients: KSRParameters, learningRate: Float,
    tables: Bool = true, threads: Int = 1
  ) {
    step += 1
    let settings = settings(learningRate)
    for entry in parameters.entries(tables: tables) where !frozen.contains(entry.name) {
      parameters[keyPath: entry.path].withUnsafeMutableBufferPointer { values in
        mean[keyPath: entry.path].withUnsafeMutableBufferPointer { mean in
          variance[keyPath: entry.path].withUnsafeMutableBufferPointer { variance in
            gradients[keyPath: entry.path].withUnsafeBufferPointer { gradients in
              Self.move(values, gradients, mean, variance, settings, threads)
            }
          }
        }
      }
    }
  }

  private static func move(
    _ values: UnsafeMutableBufferPointer<Float>, _ gradients: UnsafeBufferPointer<Float>,
    _ means: UnsafeMutableBufferPointer<Float>, _ variances: UnsafeMutableBufferPointer<Float>,
    _ settings: ksr_adam, _ threads: Int
  ) {
    let count = values.count
    guard let values = values.baseAddress, let gradients = gradients.baseAddress,
      let means = means.baseAddress, let variances = variances.baseAddress
    else { return }
    nonisolated(unsafe) let (value, gradient, mean, variance) = (
      values, gradients, means, variances
    )
    parallel(stretchesOf: count, threads: threads) { start, length in
      ksr_adam_step(
        length, settings, value + start, gradient + start, mean + start, variance + start)
    }
  }

  private func power(_ base: Double, _ exponent: Int) -> Double {
    var (result, factor, rest) = (1.0, base, exponent)
    while rest > 0 {
      if rest & 1 == 1 { result *= factor }
      factor *= factor
      rest >>= 1
    }
    return result
  }
}

extension KSRParameters {
  /// Scales gradients down so that their norm over all tensors is at most `maximum`
  /// (`clip_grad_norm`; PyTorch's `clip_grad_norm_`).
  ///
  /// - Parameter rows: what there is of the tables, where they are not among these gradients.
  /// - Returns: the norm before.
  @discardableResult
  mutating func clipNorm(to maximum: Float, with rows: RowGradients? = nil) -> Double {
    let squares = entries.reduce(0) { sum, entry in
      let values = self[keyPath: entry.path]
      return sum + ksr_sum_of_squares(values.count, values)
    }
    let norm = (squares + (rows?.sumOfSquares ?? 0)).squareRoot()
    let factor = Double(maximum) / (norm + 1e-6)
    guard factor < 1 else { return norm }
    rows?.scale(by: Float(factor))
    for entry in entries {
      self[keyPath: entry.path].withUnsafeMutableBufferPointer { values in
        for i in values.indices { values[i] *= Float(factor) }
      }
    }
    return norm
  }
}

extension KSRParameters {
  /// All tensors, or all but the tables of items.
  func entries(tables: Bool) -> [Entry] {
    tables
      ? entries
      : entries.filter { $0.path != \.itemEmbedding.values && $0.path != \.entityEmbedding.values }
  }
}
