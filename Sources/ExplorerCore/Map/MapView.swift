import Explanation

/// Where on the map we are, and what on it is selected.
public struct MapView: Equatable, Sendable {
  /// The item whose neighbours are listed; nil for the selected recommendation.
  public internal(set) var item: Int32?
  /// Items that were in its place before, the last at the end.
  var trail: [Int32?] = []
  /// The selected row of the list beside the map; nil for none.
  public internal(set) var row: Int?
  /// What nearness is.
  public internal(set) var likeness = ItemLikeness.cosine
  /// What is in the middle of the map.
  var centre = Centre.everything
  /// How often the map has been made larger; below 0, smaller.
  public internal(set) var zoom = 0

  /// What can be in the middle.
  enum Centre: Equatable, Sendable {
    /// The middle of all items.
    case everything
    /// An item, wherever it lies.
    case item(Int32)
    /// A point of the plane.
    case point(PlanePoint)
  }

  /// How much larger one zoom makes it.
  static let zoomFactor: Float = 1.5
  /// How often it can be made larger or smaller.
  static let zooms = -4...16
}

/// A view that takes the place of the panes.
public enum FullView: Equatable, Sendable {
  /// The map of the items.
  case map(MapView)
  /// The model as a whole.
  case diagnosis(DiagnosisView)
}

/// What stands on the map.
public struct MapScene: Sendable {
  /// An item that is named.
  public struct Item: Sendable, Equatable {
    /// The item.
    public let item: Int32
    /// What to call it.
    public let title: String
    /// Its probability or score as a recommendation, or its likeness as a neighbour.
    public let value: Float
    /// Whether the viewer watched it, or it came next.
    public let isSeen: Bool
    /// Whether it is what came next.
    public let isTruth: Bool
  }

  /// The plane; nil while it is being found.
  public let plane: PrincipalPlane?
  /// How many items have been counted for it, and all of them.
  public let counted: (done: Int, of: Int)
  /// The number of components E of the vectors.
  public let width: Int
  /// The items watched up to the present step, oldest first.
  public let path: [Int32]
  /// What to call the last of them.
  public let presentTitle: String
  /// The first recommendations.
  public let recommendations: [Item]
  /// The item whose neighbours are listed; nil in a catalogue without items.
  public let subject: Item?
  /// The token of the subject, if it was chosen on the map.
  let token: String?
  /// The items nearest to it.
  public let neighbours: [Item]

  /// The items in the list beside the map: recommendations, then neighbours.
  var rows: [Item] { recommendations + neighbours }
}
