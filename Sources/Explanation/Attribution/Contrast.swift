import KSRModel
import KSRNumerics

/// What an item's score is compared with.
///
/// A part that all items share changes no ranking, so it is the difference that a person reads.
package enum Contrast: Sendable, Hashable {
  /// Nothing: the score itself.
  case none
  /// The mean over all items of the catalogue, q_i − q̄.
  case catalogueMean
  /// What the model would recommend instead: the mean over all items by their probability at this
  /// step, q_i − Σ_j p_j q_j, along which log p_i changes.
  case rivals
  /// Another item, q_i − q_j: why this one over that one.
  case item(Int32)
}

/// An item less what it is compared with: what the terms of a score are multiplied with.
///
/// Every term is linear in the item: q_i, 1[i has a fact] and 1[i is in the history] less their means
/// over what the item is compared with.
struct ContrastedItem: Sendable {
  let item: Int32
  let contrast: Contrast
  /// q_i less that of the contrast [E].
  let vector: [Float]
  private let network: KSRNetwork
  /// The probabilities of all items; empty unless the contrast is the rivals.
  private let weights: [Float]

  /// An item and its contrast under the terms of a step.
  init(
    _ item: Int32, over contrast: Contrast, under terms: ScoreTerms, in network: KSRNetwork
  ) {
    (self.item, self.contrast, self.network) = (item, contrast, network)
    // The padding item included, as in the softmax of the training.
    weights = contrast == .rivals ? probabilities(network.scores(terms)) : []
    let own = network.itemVector(Int(item))
    let other: [Float] =
      switch contrast {
      case .none: []
      case .catalogueMean: network.meanItemVector
      case .rivals: network.itemVectors.applied(transposedTo: weights)
      case .item(let other): Array(network.itemVector(Int(other)))
      }
    vector = other.isEmpty ? Array(own) : zip(own, other).map { $0 - $1 }
  }

  /// 1[i has the column's tail] less the contrast's.
  func fact(_ column: Int32) -> Float {
    let table = network.factTable
    return share(of: table.items(with: Int(column))) { table.has(Int($0), column) }
  }

  /// 1[i is among the items] less the contrast's.
  func repeated(_ items: [Int32]) -> Float {
    guard network.repeatBias != nil else { return 0 }
    return share(of: items[...], contains: items.contains)
  }

  private func share(of items: ArraySlice<Int32>, contains: (Int32) -> Bool) -> Float {
    let own: Float = contains(item) ? 1 : 0
    switch contrast {
    case .none: return own
    case .catalogueMean: return own - Float(items.count) / Float(max(1, network.itemCount - 1))
    case .rivals: return own - items.reduce(0) { $0 + weights[Int($1)] }
    case .item(let other): return own - (contains(other) ? 1 : 0)
    }
  }

  /// The score under some terms, added up in the order of ``KSRNetwork/scores(_:)``: the same bits
  /// where there is nothing to compare with.
  func score(_ terms: ScoreTerms) -> Float {
    var score = dotProduct(vector, terms.preference)
    for term in terms.facts { score += term.weight * fact(term.column) }
    return network.repeatBias.map { score + $0 * repeated(terms.repeated) } ?? score
  }
}

/// An item's score over a contrast, also under scores that something has changed.
///
/// The weights of the rivals are those under the scores it was made with, whatever becomes of them
/// later.
package struct ContrastedScore: Sendable {
  package let item: Int32
  package let contrast: Contrast
  /// The score over the contrast under the scores it was made with.
  package let before: Double

  /// The probabilities of all items; empty unless the contrast is the rivals.
  private let weights: [Float]

  /// An item and its contrast under the scores of all items [N].
  package init(of item: Int32, over contrast: Contrast, under scores: [Float]) {
    self.item = item
    self.contrast = contrast
    weights = contrast == .rivals ? probabilities(scores) : []
    before = Self.value(item, contrast, weights, scores)
  }

  /// The score over the contrast under changed scores of all items [N].
  package func value(under scores: [Float]) -> Double {
    Self.value(item, contrast, weights, scores)
  }

  func value(under scores: UnsafeBufferPointer<Float>) -> Double {
    Self.value(item, contrast, weights, scores)
  }

  /// An item's score over the mean of the catalogue under scores of all items [N].
  static func overMean(_ item: Int32, under scores: UnsafeBufferPointer<Float>) -> Double {
    value(item, .catalogueMean, [], scores)
  }

  private static func value(
    _ item: Int32, _ contrast: Contrast, _ weights: [Float], _ scores: [Float]
  ) -> Double {
    scores.withUnsafeBufferPointer { value(item, contrast, weights, $0) }
  }

  private static func value(
    _ item: Int32, _ contrast: Contrast, _ weights: [Float], _ scores: UnsafeBufferPointer<Float>
  ) -> Double {
    let own = Double(scores[Int(item)])
    switch contrast {
    case .none: return own
    case .catalogueMean:
      // The padding item 0 is not in the mean.
      let mean = sum(scores) { Double(scores[$0]) } - Double(scores[0])
      return own - mean / Double(max(1, scores.count - 1))
    case .rivals: return own - sum(scores) { Double(weights[$0]) * Double(scores[$0]) }
    case .item(let other): return own - Double(scores[Int(other)])
    }
  }

  /// The sum over all items, in four parts that need not wait for each other.
  private static func sum(
    _ scores: UnsafeBufferPointer<Float>, _ term: (Int) -> Double
  ) -> Double {
    var parts = SIMD4<Double>.zero
    var item = 0
    while item + 4 <= scores.count {
      parts += SIMD4(term(item), term(item + 1), term(item + 2), term(item + 3))
      item += 4
    }
    var sum = parts.sum()
    while item < scores.count {
      sum += term(item)
      item += 1
    }
    return sum
  }
}
