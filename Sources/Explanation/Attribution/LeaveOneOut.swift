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
  let columns = AttributionColumns(
    text: .init(
      heading: "without", width: 9,
      meaning: "what is lost without it (run again), and the rank then",
      hasRank: true),
    json: "leaveOneOut", csv: "step_leave_one_out",
    figure: .init(shape: .line, caption: "lost without it"), screen: "left out")
}
