import KSRModel

/// A way to say how much each step of a history, and each relation of the memory, has to do with a
/// recommendation.
///
/// A method is one file with a type of this kind, and one line in ``Attributions``. Text, JSON, CSV,
/// figure and screen have a column for each method that has one, and
/// `ksr evaluate --explanations` puts all of them to the test.
///
/// A method that needs the model to run again names the ablations; whoever asks runs them, batched or
/// one at a time, and shares the runs among all methods.
package protocol Attribution: Sendable {
  /// What it is called in the JSON of `ksr evaluate --explanations`.
  var id: String { get }
  var name: String { get }
  var quantity: AttributedQuantity { get }
  /// Whether the values of all steps and the constant part add up to ``quantity``.
  var addsUp: Bool { get }
  /// Its column in an explanation; nil where it is only put to the test.
  var column: AttributionColumn? { get }
  /// Whether the model has to run again for its values.
  var runsModel: Bool { get }

  /// The steps whose removal has to be tried before all values of steps are known.
  func stepAblations(_ question: AttributionQuestion) -> [Ablation]
  /// The value of each step that the model sees, oldest first; nil where a run is missing.
  func steps(_ question: AttributionQuestion, _ runs: AblationOutcomes) -> [Double?]

  /// The relations whose silence has to be tried before all values of relations are known.
  func relationAblations(_ question: AttributionQuestion) -> [Ablation]
  /// The value of each relation by slot; nil where the method says nothing about relations.
  func relations(_ question: AttributionQuestion, _ runs: AblationOutcomes) -> [Double?]?
}

extension Attribution {
  package var addsUp: Bool { false }
  package var column: AttributionColumn? { nil }
  package var runsModel: Bool { false }
  package func stepAblations(_ question: AttributionQuestion) -> [Ablation] { [] }
  package func relationAblations(_ question: AttributionQuestion) -> [Ablation] { [] }
}

package enum AttributedQuantity: Sendable {
  case score
  /// log p(item) under the softmax over all items. Where the model was trained by BPR, whose scores
  /// are no logits of a softmax, and where the item is compared with another one or with nothing, the
  /// score over the contrast; over another item that is the log of their odds.
  case logProbability
  /// Nothing that the model says: what the methods that look into it have to beat.
  case nothing
}

/// A column of an explanation: one name wherever it is written.
package struct AttributionColumn: Sendable, Equatable {
  /// Its heading on the screen, in the text and in the figure.
  package let name: String
  /// The heading of a narrow column.
  package let short: String
  /// What it holds, in the text above the table.
  let meaning: String

  /// The rank of the item without a step, which is nobody's value.
  package static let rankWithout = AttributionColumn(
    name: "rank without", short: "rank", meaning: "the item's rank without it")

  /// The name as a key of the JSON: `leftOutAlone`.
  package var key: String {
    let words = words
    return words[0] + words.dropFirst().map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
  }
  /// The name as a field of the CSV: `left_out_alone`.
  package var field: String { words.joined(separator: "_") }

  private var words: [String] {
    name.replacing("×", with: "times").split(separator: " ").map(String.init)
  }
}

/// What is asked of a method: why an item after a step, over a contrast.
package struct AttributionQuestion: Sendable {
  package let states: HistoryStates
  package let step: Int
  package let item: Int32
  package let contrast: Contrast
  /// The pass that the model sees the step in, and the row of the step.
  let trace: Trace
  let row: Int
  /// Which numbers a method draws that draws any.
  var stream: (seed: UInt64, number: UInt64) = (1, 0)

  package init(
    _ states: HistoryStates, step: Int, item: Int32, over contrast: Contrast = .catalogueMean
  ) {
    (self.states, self.step, self.item, self.contrast) = (states, step, item, contrast)
    (trace, row) = states.pass(through: step)
  }

  var network: KSRNetwork { states.network }
  /// The steps that the model sees.
  package var window: Range<Int> { step - row..<step + 1 }
  /// All items up to the step, those before the window included.
  var history: ArraySlice<Int32> { states.items[...step] }
  /// The terms of the score had only some slots been read.
  func terms(reading slots: [Int]) -> ScoreTerms {
    network.terms(trace, row: row, reading: slots, history: history)
  }
  var slots: Range<Int> { 0..<trace.relationCount }
  /// Whether ``AttributedQuantity/logProbability`` is log p here, and not the score over the contrast.
  package var isOfLogProbability: Bool {
    network.settings.loss == .crossEntropy && (contrast == .catalogueMean || contrast == .rivals)
  }
}
