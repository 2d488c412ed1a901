import Foundation
import KSRModel

/// KSR written down plainly in double precision: the reference for the fast one.
///
/// It reads parameters as flat arrays so that any of them can be moved a little for a central
/// difference.
struct ReferenceKSR {
  let settings: KSRSettings
  var tensors: [String: [Double]]

  init(settings: KSRSettings, parameters: KSRParameters) {
    self.settings = settings
    tensors = [:]
    for entry in parameters.entries {
      tensors[entry.name] = parameters[keyPath: entry.path].map(Double.init)
    }
  }

  /// Σ −log softmax(score)[target] over the scored steps of the sequences (target −1: not scored).
  func loss(_ sequences: [(items: [Int32], targets: [Int32])]) -> Double {
    let q = itemVectors()
    var sum = 0.0
    for (items, targets) in sequences {
      for (p, target) in zip(preferences(items), targets) where target >= 0 {
        let scores = q.map { dot(p, $0) }
        let most = scores.max() ?? 0
        let total = scores.reduce(0) { $0 + exp($1 - most) }
        sum += log(total) + most - scores[Int(target)]
      }
    }
    return sum
  }

  /// p_t at every step.
  func preferences(_ items: [Int32]) -> [[Double]] {
    let (k, h) = (settings.kgEmbeddingSize, settings.hiddenSize)
    var states = items.map { row("item_embedding.weight", Int($0), settings.embeddingSize) }
    for layer in 0..<settings.layerCount { states = gru(states, layer) }
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
