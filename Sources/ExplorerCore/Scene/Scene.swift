import Explanation

/// What the model has to say about what a state selects: all that a picture needs beside the state.
///
/// A value without any computing in it; ``SceneCache`` makes it.
public struct Scene: Sendable {
  /// The model and the data.
  public let model: ModelScene
  /// The viewer's history; nil where there are no viewers.
  public let viewer: ViewerScene?
  /// The model at the step.
  public let step: StepScene?
  /// The tails nearest to the selected slot.
  public let selectedSlot: Int?
  /// Why the selected item; nil unless the reasons are on the screen.
  public let why: WhyScene?
  /// The list of viewers, while it is open.
  public let viewers: ViewerList?
  /// The viewer named in the palette, by place.
  public var namedViewer: Int?
  /// The items that a search for one finds.
  var found: [FoundItem] = []
  /// The films to choose from and those chosen, while they are typed.
  let films: FilmChoices?
  /// The card that is open.
  public let card: Card?
  /// What the attention of the model does on average; nil while that is not known.
  public let attention: AttentionSummary?
}
