import Explanation

/// What the model has to say about what a state selects: all that a picture needs beside the state.
///
/// A value without any computing in it; ``SceneCache`` makes it, and each view adds its own.
public struct Scene: Sendable {
  package let model: ModelScene
  /// The user's history; nil where there are no users.
  package let user: UserScene?
  package let step: StepScene?
  /// The slot that is looked at closely.
  package let selectedSlot: Int?
  /// What the attention of the model does on average; nil while that is not known.
  package let attention: AttentionSummary?
  /// What views add, by its type.
  var contents: [ObjectIdentifier: any Sendable] = [:]
}
