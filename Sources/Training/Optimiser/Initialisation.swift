import Foundation
import KSRModel
import KSRNumerics
import Randomness

extension KSRParameters {
  /// Random parameters as RecBole starts from (`ksr.py` and `xavier_normal_initialization`).
  ///
  /// The item table is drawn from a normal distribution (Xavier), row 0 included; GRU layer 0 from
  /// Xavier's uniform; upper layers and linear maps as PyTorch does by default. Entity and relation
  /// vectors are given. ρ starts at −1, λ and κ at 1, the null slot's logit at 0.
  public static func initial(
    settings: KSRSettings, entityVectors: Matrix, relationVectors: Matrix,
    generator: inout SeededGenerator
  ) -> KSRParameters {
    var p = KSRParameters(
      settings: settings, itemCount: entityVectors.rows, relationCount: relationVectors.rows)
    p.entityEmbedding = entityVectors
    p.relationMatrix = relationVectors
    let table = p.itemEmbedding
    let deviation = (2 / Double(table.rows + table.columns)).squareRoot()
    for i in p.itemEmbedding.values.indices {
      p.itemEmbedding.values[i] = Float(generator.normal() * deviation)
    }
    for layer in p.gru.indices {
      let uniform = 1 / Float(settings.hiddenSize).squareRoot()
      func bound(_ weight: Matrix) -> Float {
        layer == 0 ? (6 / Float(weight.rows + weight.columns)).squareRoot() : uniform
      }
      p.gru[layer].inputWeight.fill(within: bound(p.gru[layer].inputWeight), &generator)
      p.gru[layer].hiddenWeight.fill(within: bound(p.gru[layer].hiddenWeight), &generator)
    }
    p.dense.fill(&generator)
    p.denseLayerU.fill(&generator)
    p.denseLayerI.fill(&generator)
    p.repeatBias = p.repeatBias.map { _ in -1 }
    p.factStrength = p.factStrength.map { _ in FactMemory.initialStrength }
    p.factFocus = p.factFocus.map { _ in FactMemory.initialFocus }
    return p
  }
}

extension SeededGenerator {
  /// A number from the standard normal distribution (Box and Muller).
  fileprivate mutating func normal() -> Double {
    let radius = (-2 * log(1 - unit())).squareRoot()
    return radius * cos(2 * .pi * unit())
  }
}

extension Matrix {
  fileprivate mutating func fill(within bound: Float, _ generator: inout SeededGenerator) {
    for i in values.indices { values[i] = generator.uniform(-bound, bound) }
  }
}

extension LinearMap {
  /// PyTorch's `nn.Linear`: weight and bias uniform within 1/√inputs.
  fileprivate mutating func fill(_ generator: inout SeededGenerator) {
    let bound = 1 / Float(weight.columns).squareRoot()
    weight.fill(within: bound, &generator)
    for i in bias.indices { bias[i] = generator.uniform(-bound, bound) }
  }
}
