/// A mean with an interval that it lies in with a probability of 95 %.
package struct MeanInterval: Sendable, Equatable, Encodable {
  package let mean: Double
  package let low: Double
  package let high: Double

  package init(mean: Double, low: Double, high: Double) {
    (self.mean, self.low, self.high) = (mean, low, high)
  }
}
