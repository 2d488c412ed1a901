import Workspace

/// What the numbers and panes are called on the screen: one word for each, in one of two sets.
///
/// No label has a default, so a set that forgets one does not compile.
public struct Terminology: Equatable, Sendable {
  /// The pane of ``Pane/history``.
  let history: String
  /// The pane of ``Pane/gruState``.
  let gruState: String
  /// The pane of ``Pane/memory``.
  let memory: String
  /// The pane of ``Pane/recommendations``.
  let recommendations: String
  /// The pane of ``Pane/why``.
  let why: String
  let rank: String
  /// α, over its column.
  let attention: String
  /// α, in a line of text.
  let attentionInText: String
  /// z, over its column.
  let gate: String
  /// z, over a narrow column.
  let shortGate: String
  let probability: String
  let score: String
  /// The cosine of a state with the one before, in 15 columns.
  let likePrevious: String
  /// How far the state moved, in 15 columns.
  let change: String
  let mostAlike: String
  let cosine: String
  /// What rounding leaves of a sum.
  let residual: String
  /// Of the steps left out of training, those whose item was among the first ten.
  let hits: String
  /// That a model reads always the same slot.
  let collapsed: String
  let entropy: String
  /// The part of a score that comes from the order of what was watched.
  let sequence: String
  /// The part of a score that no history changes.
  let constant: String
  /// γ, in the title of the memory.
  let gamma: String
  /// The measure of how well a model ranks what came next.
  let ndcg: String
  /// Of a user: left out of training.
  let heldOut: String
  /// The same in a few columns.
  let shortHeldOut: String
  let fitted: String
  /// Of a step: the best epoch was chosen by it.
  let validation: String
  /// What stands for no relation.
  var nullSlot = "none of these"
  /// Of a step: the model never saw it.
  let test: String
  let isPlain: Bool
  /// What the data set calls its users and items.
  var nouns = Nouns()

  /// The words of the model's papers and of its code.
  static func terms(_ glyphs: Glyphs) -> Terminology {
    Terminology(
      history: "History", gruState: "GRU state", memory: "Memory and attention",
      recommendations: "Recommended", why: "Why", rank: "rank", attention: glyphs.alpha,
      attentionInText: glyphs.alpha, gate: "z", shortGate: "z", probability: "p", score: "score",
      likePrevious: "cos(h_t, h_t-1)", change: glyphs.spelled("‖h_t − h_{t−1}‖"),
      mostAlike: "most similar steps",
      cosine: "cos", residual: "residual", hits: "hits@10", collapsed: "attention collapsed",
      entropy: "mean entropy", sequence: "sequence", constant: "bias", gamma: glyphs.gamma,
      ndcg: "NDCG@10", heldOut: "held out", shortHeldOut: "held out", fitted: "fitted",
      validation: "validation", test: "test", isPlain: false)
  }

  /// Plain words, for people who have not read the papers.
  static let plain = Terminology(
    history: "History", gruState: "Running state", memory: "Memory",
    recommendations: "Recommended", why: "Why", rank: "place", attention: "attention",
    attentionInText: "attention", gate: "overwritten", shortGate: "new", probability: "chance",
    score: "points", likePrevious: "like the last", change: "how much moved",
    mostAlike: "most similar steps", cosine: "likeness", residual: "rounding",
    hits: "in first ten", collapsed: "reads one relation only", entropy: "evenness",
    sequence: "order", constant: "always", gamma: "sharpness", ndcg: "foresight",
    heldOut: "not learnt from", shortHeldOut: "unlearnt", fitted: "learnt from",
    validation: "used to choose the model", test: "never used", isPlain: true)

  static func of(_ glyphs: Glyphs, isPlain: Bool, _ nouns: Nouns) -> Terminology {
    var words = isPlain ? plain : terms(glyphs)
    words.nouns = nouns
    return words
  }

  func fill(_ text: String) -> String { nouns.fill(text) }
}
