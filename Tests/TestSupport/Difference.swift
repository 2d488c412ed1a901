/// max|a − b| / max|b|: the tolerance of the design is 1e-4 of this.
public func relativeDifference(_ a: some Collection<Float>, _ b: some Collection<Float>) -> Float {
  precondition(a.count == b.count, "\(a.count) numbers against \(b.count)")
  var (difference, size): (Float, Float) = (0, 0)
  for (x, y) in zip(a, b) {
    // A NaN must not pass as equal.
    difference = (x - y).isNaN ? .infinity : max(difference, abs(x - y))
    size = max(size, abs(y))
  }
  return size > 0 ? difference / size : difference
}
