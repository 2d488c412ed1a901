import AtomicFiles
import Explanation
import KSRModel
import Text

extension ModelCheck {
  /// A slot that gets less attention than this on average cannot be seen in any score.
  private static let leastAttention: Float = 1e-4

  /// Slots of the memory that cannot matter, and attention that has collapsed.
  func slots(_ histories: [[Int32]]) -> [Finding] {
    guard model.settings.memory == .knowledge else { return [] }
    let network = KSRNetwork(settings: model.settings, parameters: model.parameters)
    let attention = AttentionSummary(network: network, histories: histories)
    return [idleSlots(attention), collapsed(attention)].compactMap { $0 }
  }

  private func idleSlots(_ attention: AttentionSummary) -> Finding? {
    let keys = model.parameters.relationMatrix
    let idle = (0..<keys.rows).compactMap { slot -> String? in
      let name = printable(model.relationNames[slot])
      if keys.row(slot).allSatisfy({ $0 == 0 }) {
        return model.settings.hasPadRelation && slot == 0
          ? "\(name): RecBole's padding relation, a zero key that stands for no taste"
          : "\(name): its key is zero, so no state can ask for it"
      }
      if let twin = (0..<slot).first(where: { keys.row($0).elementsEqual(keys.row(slot)) }) {
        return "\(name): its key is that of \(printable(model.relationNames[twin]))"
      }
      let mean = attention.stepCount > 0 ? attention.mean[slot] : 1
      guard mean < Self.leastAttention else { return nil }
      return "\(name): mean attention below .0001"
    }
    guard !idle.isEmpty else { return nil }
    return Finding(
      kind: .idleSlots, severity: .minor, title: "Slots of the memory that cannot matter",
      count: idle.count, total: keys.rows, unit: "slots",
      meaning: "What is written there is hardly read, or cannot be told from another slot: leave "
        + "these relations out with a list in 'memory_relations', or 'pad_relation: false'.",
      examples: idle
    ).graded(severe: 2, moderate: 0.5)
  }

  private func collapsed(_ attention: AttentionSummary) -> Finding? {
    guard attention.isCollapsed else { return nil }
    let order = attention.mean.indices.sorted { attention.mean[$0] > attention.mean[$1] }
    let (entropy, most) = (Double(attention.meanEntropy), Double(attention.largestEntropy))
    return Finding(
      kind: .collapsedAttention, severity: .moderate, title: "Attention that has collapsed",
      count: attention.stepCount, total: attention.stepCount, unit: "steps looked at",
      meaning: "Its mean entropy is \(decimal(entropy)) of at most \(decimal(most)): nearly all is "
        + "read from one slot, and weights tell little. γ‖r‖ is \(decimal(Double(attention.sharpness)))"
        + ", too large: train with a smaller 'gamma' or 'relation_scale'.",
      examples: order.map { slot in
        "\(printable(model.relationNames[slot])): mean attention "
          + decimal(Double(attention.mean[slot]))
      },
      measures: ["entropy": entropy, "largest entropy": most])
  }
}
