import Foundation

/// How the learning rate changes over the steps of a run (`learning_rate_schedule`).
package enum LearningRateSchedule: String, Sendable, CaseIterable {
  case constant
  /// It rises evenly over the first steps and then falls to zero along half a cosine.
  case cosine

  /// What the learning rate is multiplied with at a step, from 0, of `total`.
  ///
  /// - Parameter warmUp: the number of steps over which a cosine schedule rises.
  package func factor(step: Int, of total: Int, warmUp: Int) -> Float {
    switch self {
    case .constant: return 1
    case .cosine:
      if step < warmUp { return Float(step + 1) / Float(warmUp + 1) }
      let done = Double(step - warmUp) / Double(max(1, total - warmUp))
      return Float(0.5 * (1 + cos(.pi * min(1, done))))
    }
  }
}
