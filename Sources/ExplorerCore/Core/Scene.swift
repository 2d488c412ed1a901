import Explanation

/// What the model has to say about what a state selects: all that a picture needs beside the state.
///
/// A value without any computing in it; ``SceneCache`` makes it.
public struct Scene: Sendable {
  package let model: ModelScene
  /// The viewer's history; nil where there are no viewers.
  package let viewer: ViewerScene?
  package let step: StepScene?
  /// The slot that is looked at closely.
  package let selectedSlot: Int?
  /// The tails nearest to the selected slot; nil without one, and while they are looked for.
  var nearestTails: NearestTails?
  /// Why the selected item; nil unless the reasons are on the screen.
  package let why: WhyScene?
  /// The list of viewers, while it is open.
  package let viewers: ViewerList?
  /// What an edited run is compared with; nil where nothing is edited.
  package internal(set) var whatIf: WhatIfScene?
  /// Both sides of a comparison; nil where nothing is compared.
  package internal(set) var comparison: ComparisonScene?
  /// Whose view is pinned.
  var pinnedUser: String?
  /// The viewer named in the palette.
  var namedViewer: NamedViewer?
  /// The items that a search of the catalogue finds.
  var found: [CatalogueItem] = []
  /// The items of the own viewer that is typed; nil while none is.
  var chosen: [CatalogueItem]?
  /// What views add, by its type.
  var contents: [ObjectIdentifier: any Sendable] = [:]
  package let card: Card?
  /// What the attention of the model does on average; nil while that is not known.
  package let attention: AttentionSummary?

  /// The tokens of the items that were searched for, to explain and to compare with.
  var searched: (item: String?, other: String?) = (nil, nil)

  /// The item that is explained or would be, by title.
  package var explainedTitle = ""
  /// What some of the recommended items share with the history, by item; the facts that add most
  /// come first.
  package var sharedFacts: [Int32: [SharedFacts.Group]] = [:]

  /// A viewer of the data or made here, as a name leads to it.
  struct NamedViewer: Sendable, Equatable {
    /// The place among the viewers of the data, then those made here.
    let place: Int
    let name: String
    let count: Int
    let isOwn: Bool

    /// Where to begin: an own history has nothing after its end, others show what came next.
    var lastStep: Int { max(0, count - (isOwn ? 1 : 2)) }

    var sentence: String {
      "Go to \(isOwn ? "own {user}" : "{user}") \(name), \(count) interactions."
    }
  }
}
