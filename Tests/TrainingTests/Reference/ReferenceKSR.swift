import Foundation
import KSRModel

/// KSR written down plainly in double precision: the reference for the fast one.
///
/// It reads parameters as flat arrays so that any of them can be moved a little for a central
/// difference.
struct ReferenceKSR {
  let settings: KSRSettings
  /// What a memory of facts reads.
  let tails: KnownTails?
  /// T_a(i) by item and relation.
  private let known: [[Set<Int>]]
  var tensors: [String: [Double]]

  init(settings: KSRSettings, parameters: KSRParameters, tails: KnownTails? = nil) {
    self.settings = settings
    self.tails = tails
    known = (0..<parameters.itemCount).map { item in
      (0..<(tails?.relationCount ?? 0)).map { a in
        Set(item == 0 ? [] : tails?.of(item: item, slot: a).map(Int.init) ?? [])
      }
    }
    tensors = [:]
    for entry in parameters.entries {
      tensors[entry.name] = parameters[keyPath: entry.path].map(Double.init)
    }
  }

  /// Σ −log softmax(score)[target] over the scored steps of the sequences (target −1: not scored).
  ///
  /// - Parameter before: what came before each sequence, for a repeat bias.
  func loss(
    _ sequences: [(items: [Int32], targets: [Int32])], before: [[Int32]] = []
  ) -> Double {
    var sum = 0.0
    for (number, (items, targets)) in sequences.enumerated() {
      let before = before.isEmpty ? [] : before[number]
      for (scores, target) in zip(self.scores(items, before), targets) where target >= 0 {
        let most = scores.max() ?? 0
        let total = scores.reduce(0) { $0 + exp($1 - most) }
        sum += log(total) + most - scores[Int(target)]
      }
    }
    return sum
  }

  /// Σ −log(1e-10 + σ(s⁺ − s⁻)) over the scored steps, with one negative each.
  func rankingLoss(
    _ sequences: [(items: [Int32], targets: [Int32])], before: [[Int32]],
    negative: (Int32) -> Int32
  ) -> Double {
    var sum = 0.0
    for (number, (items, targets)) in sequences.enumerated() {
      for (scores, target) in zip(scores(items, before[number]), targets) where target >= 0 {
        sum -= log(1e-10 + sigmoid(scores[Int(target)] - scores[Int(negative(target))]))
      }
    }
    return sum
  }

  /// Σ −log(e^s⁺ / (e^s⁺ + Σ_j e^(s_j + correction_j))) over the scored steps, j in the sample but not the
  /// target.
  func sampledLoss(
    _ sequences: [(items: [Int32], targets: [Int32])], before: [[Int32]],
    _ sample: PackedSequences.Sample
  ) -> Double {
    var sum = 0.0
    for (number, (items, targets)) in sequences.enumerated() {
      for (scores, target) in zip(scores(items, before[number]), targets) where target >= 0 {
        let own = exp(scores[Int(target)])
        let others = zip(sample.items, sample.corrections).reduce(0.0) { total, drawn in
          drawn.0 == target ? total : total + exp(scores[Int(drawn.0)] + Double(drawn.1))
        }
        sum -= log(own / (own + others))
      }
    }
    return sum
  }

  /// The scores of all items at every step.
  func scores(_ items: [Int32], _ before: [Int32]) -> [[Double]] {
    let q = itemVectors()
    var seen = Set(before)
    let matches = settings.memory == .facts ? factMatches(items) : []
    return preferences(items).enumerated().map { step, p in
      seen.insert(items[step])
      return q.indices.map { item in
        dot(p, q[item]) + (matches.isEmpty ? 0 : matches[step][item])
          + (seen.contains(Int32(item)) ? tensors["repeat_bias"]?[0] ?? 0 : 0)
      }
    }
  }

  /// Σ_a α_a λ_a S_a(i) of all items at every step, every tail of every relation looked at.
  private func factMatches(_ items: [Int32]) -> [[Double]] {
    guard let tails else { return [] }
    let k = settings.kgEmbeddingSize
    let itemCount = known.count
    let keys = rows("relation_Matrix", k)
    let (strength, focus) = (tensors["facts.strength"] ?? [], (tensors["facts.focus"] ?? [0])[0])
    let idf = keys.indices.map { a in
      (0..<tails.tokens.count).map { tail in
        let count = (1..<itemCount).count { known[$0][a].contains(tail) }
        return count == 0 ? 0 : log(Double(itemCount - 1) / Double(count))
      }
    }
    var written = keys.map { _ in [Double](repeating: 0, count: tails.tokens.count) }
    return zip(items, states(items)).map { item, state in
      for a in keys.indices where !known[Int(item)][a].isEmpty {
        for tail in written[a].indices {
          written[a][tail] = 0.7 * written[a][tail] + (known[Int(item)][a].contains(tail) ? 0.3 : 0)
        }
      }
      let held = keys.indices.map { a in
        zip(written[a], idf[a]).map { $0 * $0 * $1 }
      }
      let query = linear("dense", state, k)
      var logits = keys.indices.map {
        Double(settings.gamma) * dot(query, keys[$0]) + focus * (held[$0].max() ?? 0)
      }
      if let null = tensors["facts.null_logit"] { logits.append(null[0]) }
      let total = logits.reduce(0) { $0 + exp($1) }
      return (0..<itemCount).map { item in
        keys.indices.reduce(0.0) { sum, a in
          let match = known[item][a].reduce(0.0) { $0 + held[a][$1] }
          return sum + exp(logits[a]) / total * log(1 + exp(strength[a])) * match
        }
      }
    }
  }

  /// h_t of the top layer at every step.
  private func states(_ items: [Int32]) -> [[Double]] {
    var states = items.map { row("item_embedding.weight", Int($0), settings.embeddingSize) }
    for layer in 0..<settings.layerCount { states = gru(states, layer) }
    return states
  }

  /// p_t at every step.
  func preferences(_ items: [Int32]) -> [[Double]] {
    let (k, h) = (settings.kgEmbeddingSize, settings.hiddenSize)
    let states = states(items)
    let keys = rows("relation_Matrix", k)
    var slots = keys.map { _ in [Double](repeating: 0, count: k) }
    return zip(items, states).map { item, state in
      let entity = row("entity_embedding.weight", Int(item), k)
      var read = [Double](repeating: 0, count: k)
      if settings.memory == .linear {
        for (a, key) in keys.enumerated() {
          let write = zip(entity, key).map { $0 + $1 }
          let gate = sigmoid(dot(slots[a], write))
          slots[a] = zip(slots[a], write).map { $0 + gate * ($1 - $0) }
        }
        let query = linear("dense", state, k)
        let logits = keys.map { Double(settings.gamma) * dot(query, $0) }
        let most = logits.max() ?? 0
        let weights = logits.map { exp($0 - most) }
        let total = weights.reduce(0, +)
        for (a, slot) in slots.enumerated() {
          for i in 0..<k { read[i] += weights[a] / total * slot[i] }
        }
      }
      precondition(state.count == h)
      return linear("dense_layer_u", state + read, settings.embeddingSize)
    }
  }

  /// q_i of every item.
  func itemVectors() -> [[Double]] {
    let x = rows("item_embedding.weight", settings.embeddingSize)
    let e = rows("entity_embedding.weight", settings.kgEmbeddingSize)
    return zip(x, e).map { linear("dense_layer_i", $0 + $1, settings.embeddingSize) }
  }

  private func gru(_ inputs: [[Double]], _ layer: Int) -> [[Double]] {
    let h = settings.hiddenSize
    var state = [Double](repeating: 0, count: h)
    return inputs.map { x in
      let fromInput = product("gru_layers.weight_ih_l\(layer)", x)
      let fromState = product("gru_layers.weight_hh_l\(layer)", state)
      state = (0..<h).map { i in
        let r = sigmoid(fromInput[i] + fromState[i])
        let u = sigmoid(fromInput[h + i] + fromState[h + i])
        let n = tanh(fromInput[2 * h + i] + r * fromState[2 * h + i])
        return (1 - u) * n + u * state[i]
      }
      return state
    }
  }

  private func product(_ name: String, _ x: [Double]) -> [Double] {
    rows(name, x.count).map { dot($0, x) }
  }

  private func linear(_ name: String, _ x: [Double], _ outputs: Int) -> [Double] {
    let bias = tensors[name + ".bias"] ?? []
    precondition(bias.count == outputs)
    return zip(product(name + ".weight", x), bias).map { $0 + $1 }
  }

  private func rows(_ name: String, _ width: Int) -> [[Double]] {
    let values = tensors[name] ?? []
    return stride(from: 0, to: values.count, by: width).map { Array(values[$0..<$0 + width]) }
  }

  private func row(_ name: String, _ index: Int, _ width: Int) -> [Double] {
    Array((tensors[name] ?? [])[index * width..<(index + 1) * width])
  }

  private func dot(_ x: [Double], _ y: [Double]) -> Double {
    zip(x, y).reduce(0) { $0 + $1.0 * $1.1 }
  }

  private func sigmoid(_ x: Double) -> Double { 1 / (1 + exp(-x)) }
}
