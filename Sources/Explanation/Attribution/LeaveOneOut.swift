/// What is really lost of a quantity when the model runs again without a step, or without reading a
/// slot.
protocol LeavesOneOut: Attribution {}

extension LeavesOneOut {
  var runsModel: Bool { true }

  func stepAblations(_ question: AttributionQuestion) -> [Ablation] { question.eachStep }

  func steps(_ question: AttributionQuestion, _ runs: AblationOutcomes) -> [Double?] {
    question.eachStep.map { runs.loss(of: quantity, under: $0) }
  }

  func relationAblations(_ question: AttributionQuestion) -> [Ablation] { question.eachSlot }

  func relations(_ question: AttributionQuestion, _ runs: AblationOutcomes) -> [Double?]? {
    question.eachSlot.map { runs.loss(of: quantity, under: $0) }
  }
}

struct LeaveOneOut: LeavesOneOut {
  let id = "leaveOneOut"
  let name = "leave-one-out"
  let quantity = AttributedQuantity.score
}

/// What is lost of log p(item); of a model trained by BPR, of the score.
///
/// The score says how much less the item is liked, log p how much less it stands out: what its rivals
/// lose counts against the loss.
struct LeaveOneOutOfLogProbability: LeavesOneOut {
  let id = "leaveOneOutOfLogProbability"
  let name = "leave-one-out, log p"
  let quantity = AttributedQuantity.logProbability
  let column: AttributionColumn? = AttributionColumn(
    name: "left out alone", short: "alone", meaning: "what is lost without it alone (run again)")
}
