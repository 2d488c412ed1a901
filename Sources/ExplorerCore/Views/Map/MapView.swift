import Explanation

/// Where on the map we are, and what on it is selected.
package struct MapView: Equatable, Sendable {
  /// The item whose neighbours are listed; nil for the selected recommendation.
  package internal(set) var item: Int32?
  /// Items that were in its place before, the last at the end.
  var trail: [Int32?] = []
  /// The selected row of the list beside the map; nil for none.
  package internal(set) var row: Int?
  package internal(set) var likeness = ItemLikeness.cosine
  var centre = Centre.everything
  /// How often the map has been made larger; below 0, smaller.
  package internal(set) var zoom = 0

  enum Centre: Equatable, Sendable {
    /// The middle of all items.
    case everything
    /// An item, wherever it lies.
    case item(Int32)
    case point(PlanePoint)
  }

  /// How much larger one zoom makes it.
  static let zoomFactor: Float = 1.5
  /// How often it can be made larger or smaller.
  static let zooms = -4...16
}

package struct MapScene: Sendable {
  package struct Item: Sendable, Equatable {
    /// The item.
    public let item: Int32
    package let title: String
    /// Its probability or score as a recommendation, or its likeness as a neighbour.
    package let value: Float
    /// Whether the user watched it, or it came next.
    package let isSeen: Bool
    package let isTruth: Bool
  }

  /// The plane; nil while it is being found.
  package let plane: PrincipalPlane?
  /// How many items have been counted for it, and all of them.
  package let counted: (done: Int, of: Int)
  /// The number of components E of the vectors.
  package let width: Int
  /// The items watched up to the present step, oldest first.
  package let path: [Int32]
  /// What to call the last of them.
  package let presentTitle: String
  package let recommendations: [Item]
  /// The item whose neighbours are listed; nil in a catalogue without items.
  package let subject: Item?
  /// The token of the subject, if it was chosen on the map.
  let token: String?
  /// The items nearest to it.
  package let neighbours: [Item]

  /// The items in the list beside the map: recommendations, then neighbours.
  var rows: [Item] { recommendations + neighbours }
}
