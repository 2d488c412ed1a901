import Glibc
import KSRModel
import KSRNumerics
import Text

/// What the attention of a model does on average, against which one step's attention is read.
///
/// The attention does not look into the slots: it is a fact about the model, not about what the
/// user follows. A model whose attention is nearly one-hot everywhere says least.
package struct AttentionSummary: Sendable, Equatable {
  /// The mean of α_a over the steps looked at [R].
  package let mean: [Float]
  /// The mean entropy of α in nats; at most ln R.
  package let meanEntropy: Float
  package let stepCount: Int
  /// γ times the mean length of the relation vectors, `[PAD]` not counted: what sharpens α.
  package let sharpness: Float
  /// Whether what a history holds of facts sharpens α, too (a memory of facts).
  package let followsFacts: Bool
  /// The relation with the largest α in the most steps, and the share of the steps in which it leads.
  package let leader: Int?
  package let leaderShare: Float

  /// Looks at the first `MAX_ITEM_LIST_LENGTH` steps of at most `sampleSize` histories, taken at
  /// even distances so that the same histories give the same summary.
  ///
  /// A model without memory has no attention to look at: no steps.
  package init(network: KSRNetwork, histories: [[Int32]], sampleSize: Int = 200) {
    let used = histories.filter { !$0.isEmpty }
    let count = network.readsMemory ? min(max(0, sampleSize), used.count) : 0
    var sums = [Double](repeating: 0, count: network.relationCount)
    var (entropy, steps) = (0.0, 0)
    var leads = [Int](repeating: 0, count: sums.count)
    for i in 0..<count {
      let history = used[i * used.count / count]
      let trace = network.trace(Array(history.prefix(network.settings.maxItemListLength)))
      for row in 0..<trace.count {
        for a in sums.indices { sums[a] += Double(trace.attention[row, a]) }
        if let most = sums.indices.max(by: { trace.attention[row, $0] < trace.attention[row, $1] })
        {
          leads[most] += 1
        }
        entropy += Double(Self.entropy(trace.attention.row(row)))
      }
      steps += trace.count
    }
    stepCount = steps
    followsFacts = network.settings.memory == .facts
    leader = steps > 0 ? leads.indices.max { leads[$0] < leads[$1] } : nil
    leaderShare = leader.map { Float(leads[$0]) / Float(steps) } ?? 0
    mean = sums.map { steps > 0 ? Float($0 / Double(steps)) : 0 }
    meanEntropy = steps > 0 ? Float(entropy / Double(steps)) : 0
    let keys = network.parameters.relationMatrix
    let lengths = (0..<keys.rows).dropFirst(network.settings.hasPadRelation ? 1 : 0).map {
      norm(keys.row($0))
    }
    sharpness =
      lengths.isEmpty
      ? 0 : network.settings.gamma * lengths.reduce(0, +) / Float(lengths.count)
  }

  /// The largest entropy there can be, ln R.
  package var largestEntropy: Float { log(Float(max(1, mean.count))) }

  /// Whether the attention hardly ever spreads: mean entropy below .3 ln R.
  package var isCollapsed: Bool { stepCount > 0 && meanEntropy < 0.3 * largestEntropy }

  /// Whether one of several relations leads at nearly every step of nearly everybody; which one leads
  /// then says nothing about a user.
  package var hasOneLeader: Bool { mean.count > 1 && leaderShare >= 0.95 }

  /// The sentence to show with attention that has collapsed.
  package var warning: String? {
    guard isCollapsed else { return nil }
    let entropy =
      "mean entropy \(decimal(meanEntropy)) of at most \(decimal(largestEntropy))"
    return followsFacts
      ? "Attention is narrow: \(entropy); the facts of a history decide it, not one relation alone."
      : "Attention collapsed: \(entropy); γ‖r‖ is too large (\(decimal(sharpness)))."
  }

  /// An attention weight as a multiple of the model's mean for that slot.
  package func relative(_ attention: Float, slot: Int) -> Float {
    mean[slot] > 0 ? attention / mean[slot] : 0
  }

  /// −Σ α ln α in nats.
  package static func entropy(_ attention: some Collection<Float>) -> Float {
    attention.reduce(0) { $1 > 0 ? $0 - $1 * log($1) : $0 }
  }
}
