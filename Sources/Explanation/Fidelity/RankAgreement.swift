/// How far two lists of weights agree.
enum RankAgreement {
  /// Kendall's τ-b of two lists of the same length; nil where one of them is constant.
  static func kendall(_ x: [Double], _ y: [Double]) -> Double? {
    precondition(x.count == y.count, "lists of \(x.count) and \(y.count)")
    var (agreeing, onlyX, onlyY) = (0, 0, 0)
    for i in x.indices {
      for j in 0..<i {
        let (a, b) = (sign(x[i] - x[j]), sign(y[i] - y[j]))
        agreeing += a * b
        if a != 0 { onlyX += 1 }
        if b != 0 { onlyY += 1 }
      }
    }
    guard onlyX > 0, onlyY > 0 else { return nil }
    return Double(agreeing) / (Double(onlyX) * Double(onlyY)).squareRoot()
  }

  /// The share of weights whose sign opposes what really happened; nil where nothing happened.
  static func violations(_ weights: [Double], effects: [Double]) -> Double? {
    precondition(weights.count == effects.count)
    let felt = zip(weights, effects).filter { $0.1 != 0 }
    guard !felt.isEmpty else { return nil }
    return Double(felt.count { $0.0 * $0.1 < 0 }) / Double(felt.count)
  }

  /// The places of the weights, the largest first; of equal weights the later place.
  static func order(_ weights: [Double]) -> [Int] {
    weights.indices.sorted { weights[$0] != weights[$1] ? weights[$0] > weights[$1] : $0 > $1 }
  }

  private static func sign(_ x: Double) -> Int { x > 0 ? 1 : x < 0 ? -1 : 0 }
}
