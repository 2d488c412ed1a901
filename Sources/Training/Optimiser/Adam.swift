import CKernels
import KSRModel

/// Adam (Kingma and Ba 2015) as PyTorch computes it, weight decay added to the gradient.
public struct Adam: Sendable {
  /// `learning_rate`.
  public var learningRate: Float
  /// `weight_decay`.
  public var weightDecay: Float
  /// Steps taken.
  public private(set) var step = 0
  private var mean: KSRParameters
  private var variance: KSRParameters
  private let frozen: Set<String>

  /// An optimiser that has taken no step.
  ///
  /// - Parameter frozen: names of tensors that stay as they are.
  public init(
    settings: KSRSettings, itemCount: Int, relationCount: Int, learningRate: Float,
    weightDecay: Float = 0, frozen: Set<String>
  ) {
    self.learningRate = learningRate
    self.weightDecay = weightDecay
    self.frozen = frozen
    mean = KSRParameters(settings: settings, itemCount: itemCount, relationCount: relationCount)
    variance = mean
  }

  /// Moves the parameters one step against the gradients.
  public mutating func update(_ parameters: inout KSRParameters, gradients: KSRParameters) {
    step += 1
    let (beta1, beta2) = (0.9, 0.999)
    let settings = ksr_adam(
      rate: learningRate, beta1: Float(beta1), beta2: Float(beta2), epsilon: 1e-8,
      weight_decay: weightDecay, correction1: Float(1 / (1 - power(beta1, step))),
      correction2: Float(1 / (1 - power(beta2, step))))
    for entry in parameters.entries where !frozen.contains(entry.name) {
      let count = parameters[keyPath: entry.path].count
      ksr_adam_step(
        count, settings, &parameters[keyPath: entry.path], gradients[keyPath: entry.path],
        &mean[keyPath: entry.path], &variance[keyPath: entry.path])
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
