import CKernels
import KSRModel
import KSRNumerics

/// The exponential moving average (EMA) of the parameters (Polyak and Juditsky 1992; Ruppert 1988).
///
///     mean ← mean + (1 − decay) (parameters − mean)
///
/// Steps of a large learning rate wander about what they seek; their mean is nearer to it. At step t
/// the decay is (1 + t) / (10 + t) where that is less, so that the random beginning is soon forgotten.
package struct EMA: Sendable, Equatable {
  package internal(set) var parameters: KSRParameters
  /// `average_decay`.
  package let decay: Float
  private let frozen: Set<String>

  /// The mean before the first step.
  ///
  /// - Parameter frozen: names of tensors that stay as they are.
  init(of initial: KSRParameters, decay: Float, frozen: Set<String>) {
    parameters = initial
    self.decay = decay
    self.frozen = frozen
  }

  /// Takes in the parameters after step `step`, counted from 1.
  ///
  /// Every number is averaged by itself, so the number of threads changes nothing but the time.
  ///
  /// - Parameter tables: whether the tables of items are taken in, too; ``LazyRows`` does it where they
  ///   are not.
  mutating func take(_ latest: KSRParameters, step: Int, tables: Bool = true, threads: Int) {
    let rate = rate(step: step)
    for entry in latest.entries(tables: tables) where !frozen.contains(entry.name) {
      latest[keyPath: entry.path].withUnsafeBufferPointer { latest in
        parameters[keyPath: entry.path].withUnsafeMutableBufferPointer { mean in
          let count = mean.count
          guard let latest = latest.baseAddress, let mean = mean.baseAddress else { return }
          nonisolated(unsafe) let (from, to) = (latest, mean)
          parallel(stretchesOf: count, threads: threads) { start, length in
            ksr_ema(length, rate, from + start, to + start)
          }
        }
      }
    }
  }

  /// 1 − the decay at a step.
  func rate(step: Int) -> Float { 1 - min(decay, Float(1 + step) / Float(10 + step)) }
}
