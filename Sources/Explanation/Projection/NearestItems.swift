import KSRModel
import KSRNumerics

/// How near two items are to each other.
package enum ItemLikeness: String, Sendable, CaseIterable {
  /// The cosine of the angle between their vectors.
  case cosine
  /// The product of their vectors, in which long ones are near to many.
  case dotProduct = "dot product"

  package var other: ItemLikeness { self == .cosine ? .dotProduct : .cosine }
}

/// The items nearest to one, in the space in which the model scores them: by their whole vectors
/// q_i, not by a projection.
public struct NearestItems: Sendable {
  private let network: KSRNetwork
  private let lengths: [Float]

  /// Measures the vectors of all items.
  package init(_ network: KSRNetwork) {
    self.network = network
    lengths = network.itemVectors.rowLengths
  }

  /// The `count` items most like an item, the nearest first, with their likeness; neither the item
  /// itself nor the padding item is among them.
  package func nearest(
    to item: Int32, by likeness: ItemLikeness = .cosine, count: Int
  ) -> [ScoredItem] {
    let vectors = network.itemVectors
    var products = vectors.applied(to: vectors.row(Int(item)))
    if likeness == .cosine {
      let own = lengths[Int(item)]
      for other in products.indices {
        let norms = lengths[other] * own
        products[other] = norms > 0 ? products[other] / norms : -.infinity
      }
    }
    return topItems(products, count: count) { $0 == item }
  }
}
