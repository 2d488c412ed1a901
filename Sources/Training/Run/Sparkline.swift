/// A series of numbers as a row of small bars.
package struct Sparkline: Sendable {
  private let levels: [Character]

  /// Bars of block elements, or of ASCII where those cannot be shown.
  package init(ascii: Bool) {
    levels = Array(ascii ? "_.-=+*#%" : "▁▂▃▄▅▆▇█")
  }

  /// The numbers in at most `width` bars from the smallest to the largest of them; where there are
  /// more numbers, a bar is the mean of its share of them.
  package func text(_ values: [Double], width: Int) -> String {
    guard width > 0 else { return "" }
    let count = min(width, values.count)
    let bars = (0..<count).map { bar in
      let range = bar * values.count / count..<(bar + 1) * values.count / count
      return values[range].reduce(0, +) / Double(range.count)
    }
    guard let least = bars.min(), let most = bars.max() else { return "" }
    return String(
      bars.map { bar in
        guard most > least, bar.isFinite else { return levels[levels.count / 2] }
        let share = (bar - least) / (most - least)
        return levels[min(levels.count - 1, Int(share * Double(levels.count)))]
      })
  }
}
