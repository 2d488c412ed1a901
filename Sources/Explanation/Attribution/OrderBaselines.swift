import Randomness

/// The last step first, whatever the model says.
struct MostRecentFirst: Attribution {
  let id = "recency"
  let name = "most recent first"
  let quantity = AttributedQuantity.nothing

  func steps(_ question: AttributionQuestion, _ runs: AblationOutcomes) -> [Double?] {
    question.window.indices.map { Double($0 - question.window.lowerBound + 1) }
  }

  func relations(_ question: AttributionQuestion, _ runs: AblationOutcomes) -> [Double?]? { nil }
}

/// An order drawn at random.
struct RandomOrder: Attribution {
  let id = "random"
  let name = "random order"
  let quantity = AttributedQuantity.nothing

  func steps(_ question: AttributionQuestion, _ runs: AblationOutcomes) -> [Double?] {
    Array(drawn(question).prefix(question.window.count))
  }

  func relations(_ question: AttributionQuestion, _ runs: AblationOutcomes) -> [Double?]? {
    Array(drawn(question).dropFirst(question.window.count))
  }

  /// A number for each step, then one for each slot.
  private func drawn(_ question: AttributionQuestion) -> [Double] {
    var generator = SeededGenerator(seed: question.stream.seed, stream: question.stream.number)
    return (0..<question.window.count + question.slots.count).map { _ in generator.unit() }
  }
}
